import { elementOfMember, lastElement, memberSpan, rootSpan, type Span } from '../json-spans.ts'
import type { Edit } from './edits.ts'
import type { Prompt } from './port.ts'

/**
 * The content of a message, as a string or as parts. `type`: what a text part is called; `wrap`: what
 * comes around it where a bare string has to become a list of messages.
 */
export type Content = { span: Span; type: string; wrap?: readonly [string, string] }

/** Where the content of the message to be answered stands, in dialects that list `messages`. */
export function wordsOfMessage({ raw, at }: Prompt): Content | undefined {
  const message = elementOfMember(raw, { object: rootSpan(raw), name: 'messages', index: at })
  const span = message && memberSpan(raw, message, 'content')
  return span && { span, type: 'text' }
}

type Added = {
  /** A further text, as a part of its own. */
  text?: string | undefined
  /** Member of a part that marks it for the cache; set on a string's one part. */
  mark?: string | undefined
  parts: boolean
}

const member = (mark: string | undefined): string => (mark ? `,${mark}` : '')

export const textPart = (type: string, text: string, mark?: string): string =>
  `{"type":"${type}","text":${JSON.stringify(text)}${member(mark)}}`

/** Adds to a content; its own words stay as they are, byte for byte. */
export function editContent(raw: string, content: Content, { text, mark, parts }: Added): Edit[] {
  const { span, type, wrap = ['', ''] } = content
  const { start, end } = span
  if (!text && !mark) return []
  const part = text ? textPart(type, text) : ''
  if (raw[start] === '[') {
    if (!text) return []
    const last = lastElement(raw, span)
    return last ? [{ start: last.end, text: `,${part}` }] : [{ start: start + 1, text: part }]
  }
  if (raw[start] !== '"') return []
  if (!parts) return text ? [{ start: end - 1, text: joined(text) }] : []
  return [
    { start, text: `${wrap[0]}[{"type":"${type}","text":` },
    { start: end, text: `${member(mark)}}${part && `,${part}`}]${wrap[1]}` },
  ]
}

/** A text that follows another inside the same JSON string. */
export const joined = (text: string): string => JSON.stringify(`\n\n${text}`).slice(1, -1)

/** Adds a member to an object that has some. */
export const editObject = ({ end }: Span, added: string): Edit => ({
  start: end - 1,
  text: `,${added}`,
})

/** Adds a member to a request, before its first. */
export const editRoot = ({ raw, body }: Pick<Prompt, 'raw' | 'body'>, added: string): Edit => ({
  start: rootSpan(raw).start + 1,
  text: Object.keys(body).length > 0 ? `${added},` : added,
})
