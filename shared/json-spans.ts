/** A stretch of a JSON text: `raw.slice(start, end)` is one value. */
export type Span = { start: number; end: number }

/*
 * Finds where values stand in a text that `JSON.parse` has already accepted, so that something can be
 * put between them while every other byte stays as it was (parsing and printing again would change
 * long numbers, escapes and spacing). Strings are skipped by searching for their closing quote, which
 * engines do many characters at a time.
 */

const QUOTE = 34
const BACKSLASH = 92
const COMMA = 44

const isSpace = (c: number) => c === 32 || c === 10 || c === 13 || c === 9
const isOpening = (c: number) => c === 123 || c === 91
const isClosing = (c: number) => c === 125 || c === 93

function skipSpace(raw: string, at: number): number {
  let i = at
  while (isSpace(raw.charCodeAt(i))) i++
  return i
}

/** The end of the string whose opening quote stands at `start`: a quote before which backslashes pair off. */
function endOfString(raw: string, start: number): number {
  let quote = raw.indexOf('"', start + 1)
  for (;;) {
    let slashes = quote
    while (raw.charCodeAt(slashes - 1) === BACKSLASH) slashes--
    if ((quote - slashes) % 2 === 0) return quote + 1
    quote = raw.indexOf('"', quote + 1)
  }
}

/** The end of the value that begins at `start`. */
function endOfValue(raw: string, start: number): number {
  let i = start
  for (let depth = 0; ;) {
    const c = raw.charCodeAt(i)
    if (c === QUOTE) {
      i = endOfString(raw, i)
      if (depth === 0) return i
      continue
    }
    if (isOpening(c)) depth++
    else if (isClosing(c) && --depth === 0) return i + 1
    else if (depth === 0) return endOfWord(raw, i)
    i++
  }
}

/** The end of a number, `true`, `false` or `null`. */
function endOfWord(raw: string, start: number): number {
  let i = start
  for (;;) {
    const c = raw.charCodeAt(i)
    if (c === COMMA || isClosing(c) || isSpace(c) || Number.isNaN(c)) return i
    i++
  }
}

/** Where what stands behind a value begins; its comma, if it has one, is skipped. */
function behind(raw: string, end: number): number {
  const next = skipSpace(raw, end)
  return raw.charCodeAt(next) === COMMA ? skipSpace(raw, next + 1) : next
}

/** The elements of an array, one after the other: of a hostile one there are millions. */
function* elements(raw: string, array: Span): Generator<Span, undefined> {
  if (raw[array.start] !== '[') return
  let start = skipSpace(raw, array.start + 1)
  while (raw[start] !== ']') {
    const end = endOfValue(raw, start)
    yield { start, end }
    start = behind(raw, end)
  }
}

/** Spans of an array's elements; none of what is no array. */
export const elementSpans = (raw: string, array: Span): Span[] => [...elements(raw, array)]

/** The element at an index; the last one without. */
export function elementSpan(raw: string, array: Span, index?: number): Span | undefined {
  let last: Span | undefined
  let at = 0
  for (const element of elements(raw, array)) {
    if (at++ === index) return element
    last = element
  }
  return index === undefined ? last : undefined
}

/** A member of an object: its name, whether that is written with escapes, and where its value stands. */
export type Member = Span & { name: string; escaped: boolean }

/** The members of an object in their order, repeated ones too; none of what is no object. */
export function* members(raw: string, object: Span): Generator<Member, undefined> {
  if (raw[object.start] !== '{') return
  let at = skipSpace(raw, object.start + 1)
  while (raw[at] !== '}') {
    const keyEnd = endOfString(raw, at)
    const written = raw.slice(at + 1, keyEnd - 1)
    const escaped = written.includes('\\')
    const start = skipSpace(raw, skipSpace(raw, keyEnd) + 1)
    const end = endOfValue(raw, start)
    yield { name: escaped ? String(JSON.parse(`"${written}"`)) : written, escaped, start, end }
    at = behind(raw, end)
  }
}

/** Span of an object's member; none of what is no object. Of a repeated name the last one counts, as it does for `JSON.parse`. */
export function memberSpan(raw: string, object: Span, name: string): Span | undefined {
  let found: Span | undefined
  for (const member of members(raw, object)) if (member.name === name) found = member
  return found
}

/** The span of the whole text's one value, with the space behind it. */
export const rootSpan = (raw: string): Span => ({ start: skipSpace(raw, 0), end: raw.length })
