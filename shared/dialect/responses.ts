import { isObject } from '../is-object.ts'
import { elementOfMember, elementSpans, memberSpan, rootSpan, type Span } from '../json-spans.ts'
import { estimateTokens } from '../tokens.ts'
import { assemble, type Grammar } from './assemble.ts'
import { editRoot, joined, textPart, type Content } from './content.ts'
import type { Edit } from './edits.ts'
import { breakpoints } from './marking.ts'
import { contentPieces, messagePieces, type Piece } from './outline.ts'
import type { Dialect, Prompt } from './port.ts'
import { largestOf, readPrompt, saidOf } from './read.ts'

const marking = breakpoints('input_text')
const inputOf = (raw: string): Span | undefined => memberSpan(raw, rootSpan(raw), 'input')

const grammar: Grammar = {
  marking,
  words({ raw, at }): Content | undefined {
    const span = inputOf(raw)
    if (!span) return undefined
    if (raw[span.start] === '"') {
      return { span, type: 'input_text', wrap: ['[{"role":"user","content":', '}]'] }
    }
    const item = elementOfMember(raw, { object: rootSpan(raw), name: 'input', index: at })
    const content = item && memberSpan(raw, item, 'content')
    return content && { span: content, type: 'input_text' }
  },
  policy: insertPolicy,
  canMarkPolicy: ({ leading }) => leading > 0,
  outline(prompt) {
    const { raw, body } = prompt
    const value = body['input']
    const words = typeof value === 'string' ? grammar.words(prompt) : undefined
    return [
      ...['tools', 'instructions'].flatMap((member) => fixedPiece(prompt, member)),
      ...(words
        ? contentPieces(raw, { content: words, value, kind: 'words' }, { marking, role: 'user' })
        : messagePieces(prompt, { field: 'input', shared: prompt.leading, marking })),
    ]
  },
}

/**
 * OpenAI's responses. With `previous_response_id` or `conversation` the earlier turns lie at the provider:
 * only what is in the request is known, and nothing is marked. A request is kept with its answer unless it
 * says `store: false`, and in a `conversation` always: its items become part of that.
 */
export const responses: Dialect = {
  name: 'responses',
  alwaysStates: true,
  read: (raw) =>
    readPrompt(raw, 'input', (body) => ({
      statesUsage: true,
      maxTokens: largestOf(body, ['max_output_tokens']),
      partial: body['previous_response_id'] != null || body['conversation'] != null,
      stored: body['store'] !== false || body['conversation'] != null,
    })),
  assemble: (prompt, addition) => assemble(prompt, grammar, addition),
  promptOf(body, most) {
    if (!isObject(body)) return []
    const input = body['input']
    const items = Array.isArray(input) ? input.slice(0, most).filter(isObject) : []
    return [
      ...saidOf('system', body['instructions']),
      ...(typeof input === 'string' && most !== 0 ? [{ role: 'user', text: input }] : []),
      ...items.flatMap((item) =>
        typeof item['role'] === 'string'
          ? saidOf(item['role'], item['content'])
          : [{ role: String(item['type']), text: JSON.stringify(item) }],
      ),
    ]
  },
  isTooLong: (error) => isObject(error) && error['code'] === 'context_length_exceeded',
}

/** What stands before the input and cannot be marked. */
function fixedPiece({ raw, body }: Prompt, member: string): Piece[] {
  const span = body[member] == null ? undefined : memberSpan(raw, rootSpan(raw), member)
  if (!span) return []
  return [{ kind: 'shared', tokens: estimateTokens(raw.slice(span.start, span.end)), own: [] }]
}

/**
 * An item after the app's own system items. Where it has none, the text goes into `instructions`, which
 * stand first and, other than items, are not kept by the provider with an answer.
 */
function insertPolicy(
  prompt: Prompt,
  { text, mark }: { text: string; mark?: string | undefined },
): Edit[] {
  const { raw, body, messages, leading } = prompt
  const input = inputOf(raw)
  if (leading > 0 && input) {
    const role = JSON.stringify(messages[leading - 1]?.role)
    const content = mark ? `[${textPart('input_text', text, mark)}]` : JSON.stringify(text)
    const last = elementSpans(raw, input)[leading - 1]
    return last ? [{ start: last.end, text: `,{"role":${role},"content":${content}}` }] : []
  }
  const own = memberSpan(raw, rootSpan(raw), 'instructions')
  if (!own) return [editRoot(prompt, `"instructions":${JSON.stringify(text)}`)]
  const said = body['instructions'] ?? ''
  if (said === '') return [{ ...own, text: JSON.stringify(text) }]
  return typeof said === 'string' ? [{ start: own.end - 1, text: joined(text) }] : []
}
