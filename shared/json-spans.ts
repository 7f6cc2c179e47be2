/** A stretch of a JSON text: `raw.slice(start, end)` is one value. */
export type Span = { start: number; end: number }

/*
 * Finds where values stand in a text that `JSON.parse` has already accepted, so that something can be
 * put between them while every other byte stays as it was (parsing and printing again would change
 * long numbers, escapes and spacing). From the back, for what is looked for mostly stands near the end: the
 * quotes of a string are told from those inside it by the number of backslashes before them, whichever way
 * one comes.
 */

const QUOTE = 34
const BACKSLASH = 92

function skipSpace(raw: string, at: number): number {
  let i = at
  for (;;) {
    const c = raw.charCodeAt(i)
    if (c === 32 || c === 10 || c === 13 || c === 9) i++
    else return i
  }
}

const isOpening = (c: number) => c === 123 || c === 91
const isClosing = (c: number) => c === 125 || c === 93

/** Where the space before `at` begins. */
function beforeSpace(raw: string, at: number): number {
  let i = at
  for (;;) {
    const c = raw.charCodeAt(i - 1)
    if (c === 32 || c === 10 || c === 13 || c === 9) i--
    else return i
  }
}

/** Where what stands before `at`, a comma, ends; without a comma the opening bracket stands there. */
function beforeComma(raw: string, at: number): number {
  const end = beforeSpace(raw, at)
  return raw[end - 1] === ',' ? beforeSpace(raw, end - 1) : end
}

const isQuote = (raw: string, at: number): boolean => {
  let slashes = at
  while (raw.charCodeAt(slashes - 1) === BACKSLASH) slashes--
  return (at - slashes) % 2 === 0
}

function startOfString(raw: string, end: number): number {
  let quote = raw.lastIndexOf('"', end - 2)
  while (!isQuote(raw, quote)) quote = raw.lastIndexOf('"', quote - 1)
  return quote
}

/** The start of the value that ends at `end`. */
function startOfValue(raw: string, end: number): number {
  const last = raw.charCodeAt(end - 1)
  if (last === QUOTE) return startOfString(raw, end)
  let i = end
  if (!isClosing(last)) {
    while (i > 0 && !',:[ \n\r\t'.includes(raw.charAt(i - 1))) i--
    return i
  }
  for (let depth = 0; ;) {
    const c = raw.charCodeAt(i - 1)
    if (c === QUOTE) {
      i = startOfString(raw, i)
      continue
    }
    i--
    if (isClosing(c)) depth++
    else if (isOpening(c) && --depth === 0) return i
  }
}

/** The elements of an array, the last one first; none of what is no array. `array` ends with its bracket. */
function* fromEnd(raw: string, array: Span): Generator<Span, undefined> {
  if (raw[array.start] !== '[') return
  let end = beforeSpace(raw, array.end - 1)
  while (raw[end - 1] !== '[') {
    const start = startOfValue(raw, end)
    yield { start, end }
    end = beforeComma(raw, start)
  }
}

/** Spans of an array's elements. */
export const elementSpans = (raw: string, array: Span): Span[] =>
  [...fromEnd(raw, array)].toReversed()

/** The element that stands `back` places before the last one. */
export function elementFromEnd(raw: string, array: Span, back: number): Span | undefined {
  let left = back
  for (const element of fromEnd(raw, array)) if (left-- === 0) return element
  return undefined
}

/** Span of an object's member; none of what is no object. Of a repeated key the last one counts, as it does for `JSON.parse`. */
export function memberSpan(raw: string, object: Span, key: string): Span | undefined {
  if (raw[object.start] !== '{') return undefined
  let end = beforeSpace(raw, beforeSpace(raw, object.end) - 1)
  while (raw[end - 1] !== '{') {
    const start = startOfValue(raw, end)
    const colon = beforeSpace(raw, start) - 1
    const keyEnd = beforeSpace(raw, colon)
    const keyStart = startOfString(raw, keyEnd)
    const name = raw.slice(keyStart + 1, keyEnd - 1)
    if (name === key || (name.includes('\\') && JSON.parse(`"${name}"`) === key)) {
      return { start, end }
    }
    end = beforeComma(raw, keyStart)
  }
  return undefined
}

/** The span of the whole text's one value, with the space behind it. */
export const rootSpan = (raw: string): Span => ({ start: skipSpace(raw, 0), end: raw.length })
