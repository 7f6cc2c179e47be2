import { isObject } from '../is-object.ts'
import { eachMember, rootSpan } from '../json-spans.ts'
import { fail, ok, type Result } from '../problem.ts'
import { estimateTokens } from '../tokens.ts'
import { messagesOf, turnOf, type MessageField } from '../turn.ts'
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
    answers: Math.min(Math.max(1, countOf(body['n'])), MOST_ANSWERS),
    query,
    at,
    history,
    partial,
    stored,
    tokens: () => (tokens ??= estimateTokens(raw)),
  })
}

/** Whether a text may hold one of our names in another spelling: all of them are ASCII letters. */
export const mayRespell = (raw: string): boolean => raw.includes('\\u00')

/**
 * The members by their true names. V8 reads a name that is written with an escape as another one, once it
 * has seen that one in its place (nodejs/node#63785): a model could be named so that no rule sees it.
 */
function withNames(raw: string, parsed: Body): Body {
  if (!mayRespell(raw)) return parsed
  let isRespelled = false
  eachMember(raw, rootSpan(raw), ({ escaped }) => (isRespelled ||= escaped))
  if (!isRespelled) return parsed
  const body = new Map<string, unknown>()
  eachMember(raw, rootSpan(raw), ({ name, start, end }) => {
    body.set(name, JSON.parse(raw.slice(start, end)))
  })
  return Object.fromEntries(body)
}

export const countOf = (value: unknown): number =>
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
