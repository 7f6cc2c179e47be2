import { isObject } from '../is-object.ts'
import { eachMember, rootSpan, type Span } from '../json-spans.ts'
import { fail, ok, type Result } from '../problem.ts'
import { estimateTokens } from '../tokens.ts'
import { leadingCount, messagesOf, turnOf, type MessageField } from '../turn.ts'
import type { Prompt, Said } from './port.ts'

type Body = Readonly<Record<string, unknown>>
/** What OpenAI takes as `n`. */
const MOST_ANSWERS = 128

type Own = Pick<Prompt, 'statesUsage' | 'maxTokens'> & { partial?: boolean; stored?: boolean }

/** What all dialects have in common: `field` holds the messages, `own` reads the rest. */
export function readPrompt(
  raw: string,
  field: MessageField,
  own: (body: Body) => Own,
): Result<Prompt> {
  let parsed: unknown
  try {
    parsed = JSON.parse(raw)
  } catch {
    return fail('bad_json', { field: 'body', expected: 'a JSON object' })
  }
  const body = isObject(parsed) && withNames(raw, parsed)
  if (!body) return fail('bad_request', { field: 'body', expected: 'a JSON object' })
  const messages = messagesOf(body, field)
  const { query, at, history } = turnOf(messages)
  const { statesUsage, maxTokens, partial = false, stored = false } = own(body)
  let tokens: number | undefined
  return ok({
    raw,
    body,
    model: typeof body['model'] === 'string' ? body['model'] : undefined,
    stream: body['stream'] === true,
    statesUsage,
    maxTokens,
    answers: Math.min(Math.max(1, largestOf(body, ['n'])), MOST_ANSWERS),
    messages,
    leading: leadingCount(messages),
    query,
    at,
    history,
    partial,
    stored,
    tokens: () => (tokens ??= estimateTokens(raw)),
  })
}

/** Whether a text may hold one of our names in another spelling: all of them are ASCII letters, or taken for such. */
export const mayRespell = (raw: string): boolean =>
  raw.includes('\\u') && /\\u(?:00[4-7]|017f|212a)/i.test(raw)

/** As Go's encoding/json compares names: in any case, with the long s and the Kelvin sign. */
export const folded = (name: string): string => name.toUpperCase().toLowerCase()

/**
 * The root's members by their true names. V8 reads a name that is written with an escape as another one,
 * once it has seen that one in its place (nodejs/node#63785): a model could be named so that no rule sees it.
 * What it was taken for stays; it holds a backslash, so it is none of ours. Deeper down names may be misread.
 */
function withNames(raw: string, parsed: Record<string, unknown>): Body {
  if (!mayRespell(raw)) return parsed
  const respelled = new Map<string, Span>()
  eachMember(raw, rootSpan(raw), ({ name, escaped, start, end }) => {
    if (escaped) respelled.set(name, { start, end })
    else respelled.delete(name)
  })
  for (const [name, { start, end }] of respelled) {
    const value: unknown = JSON.parse(raw.slice(start, end))
    const own = { value, enumerable: true, writable: true, configurable: true }
    Object.defineProperty(parsed, name, own)
  }
  return parsed
}

/** The largest of the counts under these names, in any case: servers differ in which they take. */
export function largestOf(body: Body, names: readonly string[]): number {
  let most = 0
  for (const name of Object.keys(body)) {
    const count = countOf(body[name])
    if (count > most && names.includes(folded(name))) most = count
  }
  return most
}

const countOf = (value: unknown): number =>
  typeof value === 'number' && Number.isFinite(value) && value > 0 ? value : 0

/** The parts of a content as text, cache markers left out. */
export function saidOf(role: string, content: unknown): Said[] {
  const items: unknown[] = Array.isArray(content) ? content : content == null ? [] : [content]
  return items.map((item) => ({ role, text: partText(item) }))
}

function partText(part: unknown): string {
  if (typeof part === 'string') return part
  if (!isObject(part)) return JSON.stringify(part)
  const { cache_control: _cache, prompt_cache_breakpoint: _point, ...rest } = part
  const isText = ['text', 'input_text', 'output_text'].includes(String(part['type']))
  return isText && typeof part['text'] === 'string' ? part['text'] : JSON.stringify(rest)
}
