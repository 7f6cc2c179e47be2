import { isObject } from '../../shared/is-object.ts'
import { limits } from '../../shared/limits.ts'
import type { ContextReply } from '../../shared/schema/session.ts'
import { turnOf, type TurnOf } from '../../shared/turn.ts'

/** A prompt of the AI SDK, as far as it matters here (`LanguageModelV4Prompt`). */
export type Message = { role: string; content: string | readonly Part[]; providerOptions?: Options }
type Part = { type: string; text?: string; providerOptions?: Options }
/** By provider. */
type Options = Readonly<Record<string, unknown>>

/** What the edge is asked. */
export type Question = { query: string; messages: TurnOf['history'] }

/** Characters of a question that are told: more than the gate reads, and the ends are what matters. */
const QUERY = 8000
/** For the rest of the question, bytes of JSON. */
const SLACK = 1000

/** `goesOn`: the turn has begun already, with tools or an answer that is continued. */
export function asQuestion(prompt: readonly Message[]): { body: Question; goesOn: boolean } {
  const { query, at, history } = turnOf(prompt)
  // Without words there is still the org's text.
  const body = { query: shortened(query) || ' ' }
  const room = limits.ownBodyBytes - bytesOf(body) - SLACK
  return { body: { ...body, messages: latest(history, room) }, goesOn: at < prompt.length - 1 }
}

const bytesOf = (value: unknown): number => new TextEncoder().encode(JSON.stringify(value)).length

const shortened = (text: string): string =>
  text.length <= QUERY ? text : `${text.slice(0, QUERY / 2)} … ${text.slice(-QUERY / 2)}`

/** The latest of the messages, as many as have room (bytes of JSON). */
function latest<T>(messages: readonly T[], room: number): T[] {
  let size = 0
  const from = messages.findLastIndex((message) => {
    size += bytesOf(message) + 1
    return size > room
  })
  return messages.slice(from + 1)
}

/** The block behind the user's last words, the org's text behind the app's own. */
export function withContext(
  prompt: readonly Message[],
  { block, policy }: Pick<ContextReply, 'block' | 'policy'>,
  content: 'parts' | 'string',
): Message[] {
  const { at } = turnOf(prompt)
  const add = content === 'string' ? joined : appended
  const added = prompt.map((message, i) => (i === at && block ? add(message, block) : message))
  if (!policy) return added
  const own = prompt.findIndex(({ role }) => role !== 'system')
  return added.toSpliced(own < 0 ? prompt.length : own, 0, { role: 'system', content: policy })
}

const partsOf = ({ content }: Message): readonly Part[] =>
  typeof content === 'string' ? [{ type: 'text', text: content }] : content

/** A text part of its own, at the end. */
function appended(message: Message, block: string): Message {
  const words = message.providerOptions ? withMarkOnWords(message) : message
  return { ...words, content: [...partsOf(words), { type: 'text', text: block }] }
}

/** What marks a message for a provider's cache holds for its last part: it stays with that, in front of the block. */
function withMarkOnWords(message: Message): Message {
  const parts = [...partsOf(message)]
  const last = parts.pop()
  if (!last) return message
  const onMessage = { ...message.providerOptions }
  const onPart = { ...last.providerOptions }
  for (const [provider, options] of Object.entries(onMessage)) {
    if (!isObject(options) || options['cacheControl'] === undefined) continue
    const { cacheControl, ...rest } = options
    const own = onPart[provider]
    onMessage[provider] = rest
    onPart[provider] = { cacheControl, ...(isObject(own) ? own : {}) }
  }
  const marked = { ...last, providerOptions: onPart }
  return { ...message, providerOptions: onMessage, content: [...parts, marked] }
}

/** At the end of the last text. */
function joined(message: Message, block: string): Message {
  const parts = partsOf(message)
  const at = parts.findLastIndex(({ type }) => type === 'text')
  const content = parts.map((part, i) =>
    i === at ? { ...part, text: `${part.text ?? ''}\n\n${block}` } : part,
  )
  return { ...message, content }
}
