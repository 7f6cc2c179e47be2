import type { Turn } from './gate/port.ts'
import { isObject } from './is-object.ts'

/** A message of a conversation, in any of the dialects. */
export type Message = { role?: unknown; content?: unknown }

/** Where a turn stands: its words, the message that holds them (-1: none does), what was said before. */
export type TurnOf = { query: string; at: number; history: Turn[] }

const textTypes: readonly unknown[] = ['text', 'input_text', 'output_text']

/** The text of a message's content; parts that are not text count as nothing. */
export function textOf(content: unknown): string {
  if (typeof content === 'string') return content
  if (!Array.isArray(content)) return ''
  return content
    .filter((part: unknown) => isObject(part) && textTypes.includes(part['type']))
    .map((part: Record<string, unknown>) => (typeof part['text'] === 'string' ? part['text'] : ''))
    .join('\n')
}

/** Where a dialect has its messages. */
export type MessageField = 'messages' | 'input'

/** The messages of a request's body: Responses' `input` may be one string. Without `field`, whichever it has. */
export function messagesOf(
  body: Readonly<Record<string, unknown>>,
  field?: MessageField,
): readonly Message[] {
  const list = field ? body[field] : (body['messages'] ?? body['input'])
  if (typeof list === 'string') return [{ role: 'user', content: list }]
  if (!Array.isArray(list)) return []
  // Mostly all of them are messages, and the list need not be copied.
  return list.every(isObject) ? list : list.map((item: unknown) => (isObject(item) ? item : {}))
}

/** The last message with words of the user, where it stands, what came before. */
export function turnOf(messages: readonly Message[]): TurnOf {
  const at = messages.findLastIndex(
    ({ role, content }) => role === 'user' && textOf(content).trim() !== '',
  )
  const query = at < 0 ? '' : textOf(messages[at]?.content)
  return { query, at, history: historyOf(messages.slice(0, Math.max(at, 0))) }
}

/** How many messages are the app's own text, in front of all that is said. */
export function leadingCount(messages: readonly Message[]): number {
  const said = messages.findIndex(({ role }) => role !== 'system' && role !== 'developer')
  return said < 0 ? messages.length : said
}

/** User and assistant text; messages without any are left out. */
export function historyOf(messages: readonly Message[]): Turn[] {
  const turns: Turn[] = []
  for (const { role, content } of messages) {
    if (role !== 'user' && role !== 'assistant') continue
    const text = textOf(content)
    if (text.trim() !== '') turns.push({ role, content: text })
  }
  return turns
}
