import type { Range } from './voice.ts'

/** How many words of the next or the same sentence are a slip of the model, not a statement. */
const slip = 4
/** How many words at most may be missing to the end of a clause. */
const missing = 3

const loose =
  'and|or|but|so|because|of|the|a|an|in|to|for|with|from|at|on|by|as|if|that|which|who|when|while|my|our|your|is|are|was|i|we|not|it|be|this'
const looseEnd = new RegExp(`(?:^|[\\s,;:.!?'’(-]+)(?:${loose})$`, 'i')
const looseStart = /^(?:(?:and|or|but|so|because|of|that|which)\s+|['’)/-]\s*)(?=\S)/i

/**
 * Gives a piece that a model marked the borders of a clause: a few words of another sentence are cut
 * off, the last words of its own clause are added, loose ends removed. Undefined when nothing is left.
 * For languages with spaces; a piece in Chinese stays as it is.
 */
export function tidy(text: string, piece: Range): Range | undefined {
  let { start, end } = piece
  const length = text.slice(start, end).length
  const inner = Array.from(text.slice(start, end).matchAll(/[.!?…]+\s+|\n+/g))
  const last = inner.at(-1)
  if (last) {
    const tail = start + last.index + last[0].length
    if (
      countWords(text.slice(tail, end)) < slip &&
      !endsClause(text, end) &&
      tail - start > length / 2
    )
      end = start + last.index
  }
  const first = inner[0]
  if (
    first &&
    countWords(text.slice(start, start + first.index)) < slip &&
    first.index < length / 2 &&
    !beginsClause(text, start)
  )
    start += first.index + first[0].length
  const rest = /^[^.,;:!?()\n—–]{0,40}/.exec(text.slice(end))?.[0] ?? ''
  const next = text[end + rest.length] ?? ''
  if (looseEnd.test(text.slice(start, end)) && countWords(rest) <= missing && next !== '?')
    end += rest.length
  const isClosed = endsClause(text, end)
  for (let round = 0; round < 4; round++) {
    const cut = text
      .slice(start, end)
      .replace(isClosed ? '' : looseEnd, '')
      .replace(/[\s,;:.(–—-]+$/, '')
    end = start + cut.length
    start += cut.length - cut.replace(looseStart, '').length
  }
  const left = text.slice(start, end)
  return /\p{L}{2}/u.test(left) ? { start, end } : undefined
}

const countWords = (text: string): number => (text.match(/[\p{L}\p{N}'’]+/gu) ?? []).length
const endsClause = (text: string, at: number): boolean =>
  /^\s*(?:[.,;:!?()\n]|$)/.test(text.slice(at, at + 4))
const beginsClause = (text: string, at: number): boolean =>
  /(?:^|[.,;:!?()\n])\s*$/.test(text.slice(Math.max(0, at - 4), at))

/**
 * True for a piece without "I" or "my" in the clause that asks: "is a small field enough?". For English,
 * where a statement about oneself needs a subject.
 */
export function standsInQuestion(text: string, { start, end }: Range): boolean {
  const rest = /^[^.,;:!?\n]{0,200}/.exec(text.slice(end))?.[0] ?? ''
  if (text[end + rest.length] !== '?') return false
  return !/\b(?:i|i['’]m|im|ive|i['’]ve|i['’]d|my|me|we|we['’]re|we['’]ve|our|us|mine|myself)\b/i.test(
    text.slice(start, end),
  )
}
