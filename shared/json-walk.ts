import { endOfValue, nameOf, walkArray, walkObject, type Span } from './json-spans.ts'

/** What a walk through a value meets; `C`: what is known of the place. */
export type Visit<C> = {
  /** A member, before its value: what holds inside, or `undefined` where nobody goes in. */
  member(name: string, place: C): C | undefined
  string(value: Span, place: C): void
  /** Something that is nested deeper than `DEEPEST`: nobody goes in. */
  tooDeep(): void
}

/** Levels of a walk: each is a call within a call. */
const DEEPEST = 64

/**
 * Goes once through the value at `start`, in the order of the text, repeated names and all, and makes
 * nothing of it; answers where it ends.
 */
export function walkValue<C>(
  raw: string,
  { start, place, depth = 0 }: { start: number; place: C; depth?: number },
  visit: Visit<C>,
): number {
  const first = raw[start]
  if (first !== '[' && first !== '{') {
    const end = endOfValue(raw, start)
    if (first === '"') visit.string({ start, end }, place)
    return end
  }
  if (depth >= DEEPEST) {
    visit.tooDeep()
    return endOfValue(raw, start)
  }
  const goIn = (at: number, inside: C) =>
    walkValue(raw, { start: at, place: inside, depth: depth + 1 }, visit)
  if (first === '[') return walkArray(raw, start, (element) => goIn(element, place))
  return walkObject(raw, start, (quoted, value) => {
    const inside = visit.member(nameOf(raw, quoted), place)
    return inside === undefined ? endOfValue(raw, value) : goIn(value, inside)
  })
}
