import type { Turn } from './gate/port.ts'
import { elementSpans, memberSpan, rootSpan, type Span } from './json-spans.ts'
import { fail, ok, type Result } from './problem.ts'
import { estimateTokens } from './tokens.ts'

/** A request in OpenAI's chat completions dialect, read once and never changed. */
export type Chat = {
  raw: string
  model: string | undefined
  stream: boolean
  /** The app asked for the usage chunk itself. */
  includeUsage: boolean
  maxTokens: number
  /** The user's own words that are to be answered: the last user message that holds any. */
  query: string
  /** Where in `messages` that message stands; -1 where there is none. */
  at: number
  /** Messages in all: those after `at` go on with the same turn. */
  messages: number
  /** User and assistant text before the query. */
  history: Turn[]
  /** Estimated tokens of everything sent; computed when it is asked for. */
  tokens: number
  /** Leading messages of role system or developer, and the role of the last of them. */
  system: { count: number; role: string }
}

type Message = { role?: unknown; content?: unknown }

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/** The text of a message's content; parts that are not text count as nothing. */
export function textOf(content: unknown): string {
  if (typeof content === 'string') return content
  if (!Array.isArray(content)) return ''
  return content
    .filter((part: unknown) => isObject(part) && part['type'] === 'text')
    .map((part: Record<string, unknown>) => (typeof part['text'] === 'string' ? part['text'] : ''))
    .join('\n')
}

const count = (value: unknown): number =>
  typeof value === 'number' && Number.isFinite(value) && value > 0 ? value : 0

/** Errors: `bad_json`; `bad_request` where the root is no object. All else is left to the provider. */
export function readChat(raw: string): Result<Chat> {
  let body: unknown
  try {
    body = JSON.parse(raw)
  } catch {
    return fail('bad_json', { field: 'body', expected: 'a JSON object' })
  }
  if (!isObject(body)) return fail('bad_request', { field: 'body', expected: 'a JSON object' })
  const messages: Message[] = Array.isArray(body['messages'])
    ? body['messages'].map((message: unknown) => (isObject(message) ? message : {}))
    : []
  const options = body['stream_options']
  return ok({
    raw,
    model: typeof body['model'] === 'string' ? body['model'] : undefined,
    stream: body['stream'] === true,
    includeUsage: isObject(options) && options['include_usage'] === true,
    maxTokens: count(body['max_completion_tokens']) || count(body['max_tokens']),
    ...turnOf(messages),
    messages: messages.length,
    get tokens() {
      return estimateTokens(raw)
    },
    system: leadingSystem(messages),
  })
}

/** The last message with words of the user, where it stands (-1 where there is none), what came before. */
export function turnOf(messages: readonly Message[]): Pick<Chat, 'query' | 'at' | 'history'> {
  const at = messages.findLastIndex(
    ({ role, content }) => role === 'user' && textOf(content).trim() !== '',
  )
  const query = at < 0 ? '' : textOf(messages[at]?.content)
  return { query, at, history: historyOf(messages.slice(0, Math.max(at, 0))) }
}

/** User and assistant text; messages without any are left out. */
export function historyOf(messages: readonly Message[]): Turn[] {
  return messages.flatMap(({ role, content }) => {
    const text = role === 'user' || role === 'assistant' ? textOf(content) : ''
    return text.trim() === '' ? [] : [{ role: String(role), content: text }]
  })
}

function leadingSystem(messages: readonly Message[]): Chat['system'] {
  const isSystem = ({ role }: Message) => role === 'system' || role === 'developer'
  const rest = messages.findIndex((message) => !isSystem(message))
  const leading = rest < 0 ? messages.length : rest
  return { count: leading, role: leading > 0 ? String(messages[leading - 1]?.role) : 'system' }
}

/** What is added to a request; `parts: false` for providers that take strings only. */
export type Addition = { policy?: string; block?: string; parts: boolean }

/**
 * The body with org text after the app's own system text and the block after the user's own words.
 * Every byte that the app sent stays, in its order; with nothing to add the result is `chat.raw`.
 */
export function assembleChat(chat: Chat, { policy, block, parts }: Addition): string {
  const { raw } = chat
  const list = policy || block ? memberSpan(raw, rootSpan(raw), 'messages') : undefined
  if (!list || raw[list.start] !== '[') return raw
  const spans = elementSpans(raw, list)
  let body = raw
  const target = block ? spans[chat.at] : undefined
  // From the end to the start, so that earlier positions stay true.
  if (block && target)
    body = insertBlock(body, memberSpan(raw, target, 'content'), { block, parts })
  if (policy) body = insertPolicy(body, { spans, list, system: chat.system, policy })
  return body
}

function insertBlock(
  raw: string,
  content: Span | undefined,
  { block, parts }: { block: string; parts: boolean },
): string {
  if (!content) return raw
  const words = raw.slice(content.start, content.end)
  const part = `{"type":"text","text":${JSON.stringify(block)}}`
  const put = (value: string) => raw.slice(0, content.start) + value + raw.slice(content.end)
  if (words.startsWith('[')) return put(`${words.slice(0, -1).trimEnd()},${part}]`)
  if (parts) return put(`[{"type":"text","text":${words}},${part}]`)
  return put(words.slice(0, -1) + JSON.stringify(`\n\n${block}`).slice(1))
}

type PolicyPlace = { spans: Span[]; list: Span; system: Chat['system']; policy: string }

function insertPolicy(raw: string, { spans, list, system, policy }: PolicyPlace): string {
  const message = JSON.stringify({ role: system.role, content: policy })
  const next = spans[system.count]
  if (next) return `${raw.slice(0, next.start)}${message},${raw.slice(next.start)}`
  const at = spans.at(-1)?.end ?? list.start + 1
  return `${raw.slice(0, at)}${spans.length > 0 ? ',' : ''}${message}${raw.slice(at)}`
}

/**
 * A request as the model reads it: the list of (role, text), in order. A string equals one text part;
 * cache markers are left out; parts, calls and results that are not text stand as their JSON.
 */
export function promptOf(body: unknown): { role: string; text: string }[] {
  const messages = isObject(body) && Array.isArray(body['messages']) ? body['messages'] : []
  return messages.filter(isObject).flatMap((message) => {
    const role = String(message['role'])
    const { content } = message
    const items: unknown[] = Array.isArray(content) ? content : content == null ? [] : [content]
    const rest = ['tool_calls', 'tool_call_id'].flatMap((key) =>
      message[key] === undefined ? [] : [JSON.stringify(message[key])],
    )
    return [...items.map(partText), ...rest].map((text) => ({ role, text }))
  })
}

function partText(part: unknown): string {
  if (typeof part === 'string') return part
  if (!isObject(part)) return JSON.stringify(part)
  if (part['type'] === 'text' && typeof part['text'] === 'string') return part['text']
  const { cache_control: _cache, prompt_cache_breakpoint: _point, ...rest } = part
  return JSON.stringify(rest)
}
