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
const OPEN_BRACKET = 91
const CLOSE_BRACKET = 93
const OPEN_BRACE = 123
const CLOSE_BRACE = 125

const isSpace = (c: number) => c === 32 || c === 10 || c === 13 || c === 9
const isOpening = (c: number) => c === OPEN_BRACE || c === OPEN_BRACKET
const isClosing = (c: number) => c === CLOSE_BRACE || c === CLOSE_BRACKET

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
export function endOfValue(raw: string, start: number): number {
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

/** Calls `see` with where each element of the array at `start` begins; that and this answer where a value ends. */
export function walkArray(raw: string, start: number, see: (element: number) => number): number {
  let at = skipSpace(raw, start + 1)
  while (raw.charCodeAt(at) !== CLOSE_BRACKET) at = behind(raw, see(at))
  return at + 1
}

/** The same for the members of an object: each by its name, in its quotes, and where its value begins. */
export function walkObject(
  raw: string,
  start: number,
  see: (name: Span, value: number) => number,
): number {
  let at = skipSpace(raw, start + 1)
  while (raw.charCodeAt(at) !== CLOSE_BRACE) {
    const name = { start: at, end: endOfString(raw, at) }
    at = behind(raw, see(name, skipSpace(raw, skipSpace(raw, name.end) + 1)))
  }
  return at + 1
}

const beginsArray = (raw: string, at: number) => raw.charCodeAt(at) === OPEN_BRACKET
const beginsObject = (raw: string, at: number) => raw.charCodeAt(at) === OPEN_BRACE

/** Shows each element of an array, without a list of them: of a hostile one there are millions. */
function eachElement(raw: string, { start }: Span, see: (element: Span) => void): void {
  if (!beginsArray(raw, start)) return
  walkArray(raw, start, (element) => {
    const end = endOfValue(raw, element)
    see({ start: element, end })
    return end
  })
}

/** Spans of an array's elements; none of what is no array. */
export function elementSpans(raw: string, array: Span): Span[] {
  const spans: Span[] = []
  eachElement(raw, array, (element) => spans.push(element))
  return spans
}

/** An array's last element. */
export function lastElement(raw: string, array: Span): Span | undefined {
  let last: Span | undefined
  eachElement(raw, array, (element) => (last = element))
  return last
}

/** The name that stands in quotes; few are written with escapes. */
export function nameOf(raw: string, { start, end }: Span): string {
  const written = raw.slice(start + 1, end - 1)
  return written.includes('\\') ? String(JSON.parse(raw.slice(start, end))) : written
}

/** A member of an object: its name, whether that is written with escapes, and where its value stands. */
export type Member = Span & { name: string; escaped: boolean }

/** Shows the members of an object in their order, repeated ones too. */
export function eachMember(raw: string, object: Span, see: (member: Member) => void): void {
  if (!beginsObject(raw, object.start)) return
  walkObject(raw, object.start, (quoted, start) => {
    const end = endOfValue(raw, start)
    const name = nameOf(raw, quoted)
    see({ name, escaped: name.length !== quoted.end - quoted.start - 2, start, end })
    return end
  })
}

/** Span of an object's member; none of what is no object. Of a repeated name the last one counts, as it does for `JSON.parse`. */
export function memberSpan(raw: string, object: Span, name: string): Span | undefined {
  let found: Span | undefined
  eachMember(raw, object, (member) => {
    if (member.name === name) found = { start: member.start, end: member.end }
  })
  return found
}

/** Span of one element of a member that is an array: the same as both one after the other, in one go. */
export function elementOfMember(
  raw: string,
  { object, name, index }: { object: Span; name: string; index: number },
): Span | undefined {
  let found: Span | undefined
  if (!beginsObject(raw, object.start)) return undefined
  walkObject(raw, object.start, (quoted, value) => {
    if (nameOf(raw, quoted) !== name) return endOfValue(raw, value)
    found = undefined
    if (!beginsArray(raw, value)) return endOfValue(raw, value)
    let at = 0
    return walkArray(raw, value, (start) => {
      const end = endOfValue(raw, start)
      if (at++ === index) found = { start, end }
      return end
    })
  })
  return found
}

/** The span of the whole text's one value, with the space behind it. */
export const rootSpan = (raw: string): Span => ({ start: skipSpace(raw, 0), end: raw.length })
