import type { Source } from '../../shared/schema/fact.ts'
import type { Written } from './origins.ts'

/** A message that was sent; `written` where it stood in an attached field. */
export type Said = { text: string; written?: Written | undefined }

/** A message of which nobody saw the typing counts as pasted from this length on, characters. */
const TYPED = 1000
/** A part of the page's address that stands in a message counts from this length on, characters. */
const COPIED = 12

const sources: Readonly<Record<string, Source>> = { p: 'pasted', f: 'prefilled' }

/** Who wrote a part that stands verbatim in the message: the user's own where it was typed at least once. */
export function sourceOf({ text }: Said, marks: string, span: string): Source {
  let source: Source = 'typed'
  for (let at = text.indexOf(span); at >= 0; at = text.indexOf(span, at + 1)) {
    const part = marks.slice(at, at + span.length)
    const foreign = sources[/[pf]/.exec(part)?.[0] ?? '']
    if (!foreign) return 'typed'
    source = foreign
  }
  return source
}

/** For each UTF-16 unit of a message who wrote it. `addresses`: those that this page had. */
export function marksOf({ text, written }: Said, addresses: readonly string[]): string {
  const marks = Array.from(written ? placeIn(text, written) : untold(text))
  for (const value of addresses.flatMap(valuesOf)) {
    const isAll = value === text.trim()
    if (!isAll && value.length < COPIED) continue
    for (let at = text.indexOf(value); at >= 0; at = text.indexOf(value, at + value.length)) {
      marks.fill('f', at, at + value.length)
    }
  }
  return marks.join('')
}

const untold = (text: string) => (text.length > TYPED ? 'p' : 't').repeat(text.length)

/** What an app puts around the user's words is not theirs. */
function placeIn(text: string, { text: field, marks }: Written): string {
  const words = field.trim()
  const from = field.indexOf(words)
  const at = text.indexOf(words)
  return (
    'f'.repeat(at) +
    marks.slice(from, from + words.length) +
    'f'.repeat(text.length - at - words.length)
  )
}

/** The values that a page's address carries, in its query and behind `#`. */
function valuesOf(address: string): string[] {
  try {
    const { searchParams, hash } = new URL(address)
    const behind = hash.slice(1)
    return [...searchParams.values(), ...new URLSearchParams(behind).values(), decode(behind)]
      .map((value) => value.trim())
      .filter((value) => value !== '')
  } catch {
    return []
  }
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}
