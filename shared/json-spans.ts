/** A stretch of a JSON text: `raw.slice(start, end)` is one value. */
export type Span = { start: number; end: number }

/*
 * Finds where values stand in a text that `JSON.parse` has already accepted, so that something can be
 * put between them while every other byte stays as it was (parsing and printing again would change
 * long numbers, escapes and spacing). One pass, no allocation but for the spans.
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

function skipString(raw: string, at: number): number {
  // Searching for the quote is many times faster than looking at each character.
  for (let quote = raw.indexOf('"', at + 1); ; quote = raw.indexOf('"', quote + 1)) {
    let slashes = quote
    while (raw.charCodeAt(slashes - 1) === BACKSLASH) slashes--
    if ((quote - slashes) % 2 === 0) return quote + 1
  }
}

const isOpening = (c: number) => c === 123 || c === 91
const isClosing = (c: number) => c === 125 || c === 93

/** The end of the value that starts at `at`. */
function skipValue(raw: string, at: number): number {
  const first = raw.charCodeAt(at)
  if (first === QUOTE) return skipString(raw, at)
  let i = at
  if (!isOpening(first)) {
    while (i < raw.length && !',]} \n\r\t'.includes(raw.charAt(i))) i++
    return i
  }
  for (let depth = 0; ;) {
    const c = raw.charCodeAt(i)
    if (c === QUOTE) {
      i = skipString(raw, i)
      continue
    }
    if (isOpening(c)) depth++
    else if (isClosing(c) && --depth === 0) return i + 1
    i++
  }
}

/** Spans of an array's elements; `array` starts at its bracket. */
export function elementSpans(raw: string, array: Span): Span[] {
  const spans: Span[] = []
  let i = skipSpace(raw, array.start + 1)
  while (raw[i] !== ']') {
    const end = skipValue(raw, i)
    spans.push({ start: i, end })
    i = skipSpace(raw, end)
    if (raw[i] === ',') i = skipSpace(raw, i + 1)
  }
  return spans
}

/** Span of an object's member; of a repeated key the last one counts, as it does for `JSON.parse`. */
export function memberSpan(raw: string, object: Span, key: string): Span | undefined {
  let found: Span | undefined
  let i = skipSpace(raw, object.start + 1)
  while (raw[i] !== '}') {
    const keyEnd = skipString(raw, i)
    const name = raw.slice(i, keyEnd)
    const colon = skipSpace(raw, keyEnd)
    const start = skipSpace(raw, colon + 1)
    const end = skipValue(raw, start)
    if (name === `"${key}"` || (name.includes('\\') && JSON.parse(name) === key)) {
      found = { start, end }
    }
    i = skipSpace(raw, end)
    if (raw[i] === ',') i = skipSpace(raw, i + 1)
  }
  return found
}

/** The span of the whole text's one value, with the space behind it. */
export const rootSpan = (raw: string): Span => ({ start: skipSpace(raw, 0), end: raw.length })
