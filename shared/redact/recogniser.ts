/** The closed list of what is taken out of a text before it may become a fact. */
export type RedactedKind =
  | 'email'
  | 'link'
  | 'secret'
  | 'iban'
  | 'card'
  | 'crypto'
  | 'ip'
  | 'id'
  | 'phone'
  | 'address'

/** A found item; UTF-16 offsets, `end` exclusive. */
export type Found = { kind: RedactedKind; start: number; end: number }

/** Finds one kind of matter in any text; total, linear in its length. */
export type Recogniser = (text: string) => Iterable<Found>

export type Match = { text: string; start: number; end: number; before: string; after: string }

/** How far around a number the words are read that say what it is, characters. */
const cueReach = 48

/**
 * A recogniser from a bounded, global pattern. `accept` judges the whole match with what stands before
 * and after it (lower-cased); the first group of the pattern, where it has one, is what is found.
 */
export function byPattern(
  kind: RedactedKind,
  pattern: RegExp,
  accept: (match: Match) => boolean = () => true,
): Recogniser {
  return function* find(text) {
    for (const match of text.matchAll(pattern)) {
      const value = match[1] ?? match[0]
      const start = match.index + match[0].lastIndexOf(value)
      const end = start + value.length
      const before = text.slice(Math.max(0, start - cueReach), start).toLowerCase()
      const after = text.slice(end, end + cueReach / 2).toLowerCase()
      if (value && accept({ text: value, start, end, before, after })) yield { kind, start, end }
    }
  }
}

export const digitsOf = (text: string): string => text.replace(/\D/g, '')
