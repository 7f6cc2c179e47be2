import { limits } from './limits.ts'

export type Term = { term: string; meaning: string }

const isLetter = (character: string | undefined): boolean =>
  character !== undefined && /[\p{L}\p{N}]/u.test(character)

/**
 * The terms of an org that texts use as whole words, at most five, in the order in which they are first
 * used; longer terms win over the shorter ones inside them. Upper and lower case count the same.
 */
export function usedTerms(
  terms: Readonly<Record<string, string>>,
  texts: readonly string[],
): Term[] {
  const text = texts.join('\n').toLowerCase()
  const found = Object.entries(terms).flatMap(([term, meaning]) => {
    const at = placeOf(term.toLowerCase(), text)
    return at < 0 ? [] : [{ term, meaning, at, end: at + term.length }]
  })
  const inside = (a: (typeof found)[number]) =>
    found.some((b) => b !== a && b.term.length > a.term.length && b.at <= a.at && b.end >= a.end)
  return found
    .filter((each) => !inside(each))
    .toSorted((a, b) => a.at - b.at)
    .slice(0, limits.blockTerms)
    .map(({ term, meaning }) => ({ term, meaning }))
}

function placeOf(term: string, text: string): number {
  if (term.trim() === '') return -1
  for (let at = text.indexOf(term); at >= 0; at = text.indexOf(term, at + 1)) {
    const isWhole =
      !(isLetter(term[0]) && isLetter(text[at - 1])) &&
      !(isLetter(term.at(-1)) && isLetter(text[at + term.length]))
    if (isWhole) return at
  }
  return -1
}
