import { contentWords } from './words.ts'

/** Share of the expected strings that are there, and none of those to avoid; 0 to 1. */
export function stringScore(
  answer: string,
  { expect = [], avoid = [] }: { expect?: readonly string[]; avoid?: readonly string[] },
): number {
  const text = answer.toLowerCase()
  const has = (part: string) => text.includes(part.toLowerCase())
  if (avoid.some(has)) return 0
  return expect.length === 0 ? 1 : expect.filter(has).length / expect.length
}

/** A judge's number from 0 to 10, as 0 to 1; `undefined` where it gave none. */
export function judgedScore(answer: string): number | undefined {
  const found = /\b(10(?:\.0+)?|\d(?:\.\d+)?)(?:\s*\/\s*10)?\b/.exec(answer)?.[1]
  return found === undefined ? undefined : Number(found) / 10
}

/**
 * The letter that was chosen; `undefined` where the answer names none of them. The first of: a letter alone on
 * its line or with a mark behind it, one that is called the answer, the last one that is no article.
 */
export function choiceOf(answer: string, choices: number): string | undefined {
  const letter = `([A-${String.fromCharCode(64 + choices)}])`
  const ways = [
    new RegExp(`^\\W*${letter}(?:[).:]|\\W*$)`, 'm'),
    new RegExp(`\\b(?:[Aa]nswer|[Cc]hoice|[Oo]ption)(?:\\W+is)?\\W+${letter}\\b`),
  ]
  const named = ways.flatMap((way) => way.exec(answer)?.[1] ?? [])[0]
  const letters = answer.matchAll(new RegExp(`\\b${letter}\\b(?! [a-z])`, 'g'))
  return named ?? [...letters].at(-1)?.[1]
}

/** Content words of a fact that make a mention of it, where the question has none of them. */
const MENTION = 2

/**
 * The facts that an answer brings up unasked: two of a fact's content words (all, where it has fewer) stand
 * in the answer, and not in the question. It counts words, so that a paraphrase can escape it.
 */
export function quotedFacts(
  answer: string,
  { query, facts }: { query: string; facts: readonly { text: string }[] },
): string[] {
  const said = new Set(contentWords(answer))
  const asked = new Set(contentWords(query))
  return facts.flatMap(({ text }) => {
    const own = [...new Set(contentWords(text))].filter((word) => !asked.has(word))
    const found = own.filter((word) => said.has(word)).length
    return own.length > 0 && found >= Math.min(MENTION, own.length) ? [text] : []
  })
}

export type Rate = { n: number; share: number; low: number; high: number }

/** A share with its 95% interval: E. B. Wilson, Journal of the American Statistical Association 22, 1927. */
export function wilson(count: number, n: number): Rate {
  if (n === 0) return { n, share: 0, low: 0, high: 1 }
  const z = 1.959964
  const share = count / n
  const middle = (share + (z * z) / (2 * n)) / (1 + (z * z) / n)
  const half =
    (z / (1 + (z * z) / n)) * Math.sqrt((share * (1 - share)) / n + (z * z) / (4 * n * n))
  return { n, share, low: Math.max(0, middle - half), high: Math.min(1, middle + half) }
}
