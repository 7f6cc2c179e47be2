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

type See = (start: number, end: number) => void

/** Shows each element of the array at `start`: of a hostile one there are millions. Answers where it ends. */
function walkArray(raw: string, start: number, see: See): number {
  let at = skipSpace(raw, start + 1)
  while (raw.charCodeAt(at) !== CLOSE_BRACKET) {
    const end = endOfValue(raw, at)
    see(at, end)
    at = behind(raw, end)
  }
  return at + 1
}

/** Shows each member of the object at `start`, by its quoted name and where its value begins; `see` answers where that ends. */
function walkObject(raw: string, start: number, see: (name: Span, value: number) => number): void {
  let at = skipSpace(raw, start + 1)
  while (raw.charCodeAt(at) !== CLOSE_BRACE) {
    const name = { start: at, end: endOfString(raw, at) }
    at = behind(raw, see(name, skipSpace(raw, skipSpace(raw, name.end) + 1)))
  }
}

const isArray = (raw: string, { start }: Span) => raw.charCodeAt(start) === OPEN_BRACKET
const isObject = (raw: string, { start }: Span) => raw.charCodeAt(start) === OPEN_BRACE

/** Spans of an array's elements; none of what is no array. */
export function elementSpans(raw: string, array: Span): Span[] {
  const spans: Span[] = []
  if (isArray(raw, array)) walkArray(raw, array.start, (start, end) => spans.push({ start, end }))
  return spans
}

/** An array's last element. */
export function lastElement(raw: string, array: Span): Span | undefined {
  let last: Span | undefined
  if (isArray(raw, array)) walkArray(raw, array.start, (start, end) => (last = { start, end }))
  return last
}

/** The name that stands in quotes; few are written with escapes. */
function nameOf(raw: string, { start, end }: Span): string {
  const written = raw.slice(start + 1, end - 1)
  return written.includes('\\') ? String(JSON.parse(raw.slice(start, end))) : written
}

/** Span of an object's member; none of what is no object. Of a repeated name the last one counts, as it does for `JSON.parse`. */
export function memberSpan(raw: string, object: Span, name: string): Span | undefined {
  let found: Span | undefined
  if (!isObject(raw, object)) return undefined
  walkObject(raw, object.start, (quoted, start) => {
    const end = endOfValue(raw, start)
    if (nameOf(raw, quoted) === name) found = { start, end }
    return end
  })
  return found
}

/** Span of one element of a member that is an array: the same as both one after the other, in one go. */
export function elementOfMember(
  raw: string,
  { object, name, index }: { object: Span; name: string; index: number },
): Span | undefined {
  let found: Span | undefined
  if (!isObject(raw, object)) return undefined
  walkObject(raw, object.start, (quoted, value) => {
    if (nameOf(raw, quoted) !== name) return endOfValue(raw, value)
    found = undefined
    if (raw.charCodeAt(value) !== OPEN_BRACKET) return endOfValue(raw, value)
    let at = 0
    return walkArray(raw, value, (start, end) => {
      if (at++ === index) found = { start, end }
    })
  })
  return found
}

/** A member of an object: its name, whether that is written with escapes, and where its value stands. */
export type Member = Span & { name: string; escaped: boolean }

/** Shows the members of an object in their order, repeated ones too. */
export function eachMember(raw: string, object: Span, see: (member: Member) => void): void {
  if (!isObject(raw, object)) return
  walkObject(raw, object.start, (quoted, start) => {
    const end = endOfValue(raw, start)
    const name = nameOf(raw, quoted)
    see({ name, escaped: name.length !== quoted.end - quoted.start - 2, start, end })
    return end
  })
}

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

/** Goes once through the value at `start`, in the order of the text; answers where it ends. */
export function walkValue<C>(
  raw: string,
  { start, place, depth = 0 }: { start: number; place: C; depth?: number },
  visit: Visit<C>,
): number {
  const first = raw.charCodeAt(start)
  if (first === QUOTE) {
    const end = endOfString(raw, start)
    visit.string({ start, end }, place)
    return end
  }
  if (!isOpening(first)) return endOfWord(raw, start)
  if (depth >= DEEPEST) {
    visit.tooDeep()
    return endOfValue(raw, start)
  }
  const close = first === OPEN_BRACE ? CLOSE_BRACE : CLOSE_BRACKET
  let at = skipSpace(raw, start + 1)
  while (raw.charCodeAt(at) !== close) {
    let inside: C | undefined = place
    if (first === OPEN_BRACE) {
      const name = { start: at, end: endOfString(raw, at) }
      inside = visit.member(nameOf(raw, name), place)
      at = skipSpace(raw, skipSpace(raw, name.end) + 1)
    }
    const end =
      inside === undefined
        ? endOfValue(raw, at)
        : walkValue(raw, { start: at, place: inside, depth: depth + 1 }, visit)
    at = behind(raw, end)
  }
  return at + 1
}

/** The span of the whole text's one value, with the space behind it. */
export const rootSpan = (raw: string): Span => ({ start: skipSpace(raw, 0), end: raw.length })
