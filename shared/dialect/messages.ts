import { isObject } from '../is-object.ts'
import { lastElement, memberSpan, rootSpan } from '../json-spans.ts'
import { assemble, type Grammar } from './assemble.ts'
import { editRoot, textPart, wordsOfMessage } from './content.ts'
import type { Edit } from './edits.ts'
import { cacheControl as marking } from './marking.ts'
import { contentPieces, messagePieces, piecesOf, type Piece } from './outline.ts'
import type { Dialect, Prompt } from './port.ts'
import { largestOf, readPrompt, saidOf } from './read.ts'

const isBlank = (system: unknown): boolean =>
  system == null ||
  (typeof system === 'string' && system.trim() === '') ||
  (Array.isArray(system) && system.length === 0)

const grammar: Grammar = {
  marking,
  words: wordsOfMessage,
  policy: insertPolicy,
  canMarkPolicy: () => true,
  outline(prompt) {
    return [
      ...toolPieces(prompt),
      ...systemPieces(prompt),
      ...messagePieces(prompt, { field: 'messages', shared: 0, marking }),
    ]
  },
}

/** Anthropic's messages, and its counting of their tokens. */
export const messages: Dialect = {
  name: 'messages',
  alwaysStates: true,
  read: (raw) =>
    readPrompt(raw, 'messages', (body) => ({
      statesUsage: true,
      maxTokens: largestOf(body, ['max_tokens']),
    })),
  assemble: (prompt, addition) => assemble(prompt, grammar, addition),
  promptOf(body, most) {
    if (!isObject(body)) return []
    const list = Array.isArray(body['messages']) ? body['messages'] : []
    return [
      ...saidOf('system', body['system']),
      ...list
        .slice(0, most)
        .filter(isObject)
        .flatMap((message) => saidOf(String(message['role']), message['content'])),
    ]
  },
  isTooLong: (error) =>
    isObject(error) &&
    error['type'] === 'invalid_request_error' &&
    /prompt is too long|exceeds? (the )?context (limit|window)/i.test(String(error['message'])),
}

function toolPieces({ raw, body }: Prompt): Piece[] {
  const values: unknown = body['tools']
  const span = memberSpan(raw, rootSpan(raw), 'tools')
  if (!span || !Array.isArray(values)) return []
  const canMark = (tool: unknown) => isObject(tool) && tool['defer_loading'] !== true
  return piecesOf(raw, { span, values, kind: 'shared', marking: { ...marking, canMark } })
}

function systemPieces({ raw, body }: Prompt): Piece[] {
  const value = body['system']
  const span = memberSpan(raw, rootSpan(raw), 'system')
  if (!span || isBlank(value)) return []
  return contentPieces(
    raw,
    { content: { span, type: 'text' }, value, kind: 'shared' },
    { marking, role: 'system' },
  )
}

/** A block of system text after the app's own. */
function insertPolicy(
  prompt: Prompt,
  { text, mark }: { text: string; mark?: string | undefined },
): Edit[] {
  const { raw, body } = prompt
  const part = textPart('text', text, mark)
  const span = memberSpan(raw, rootSpan(raw), 'system')
  if (!span) return [editRoot(prompt, `"system":[${part}]`)]
  const { start, end } = span
  if (isBlank(body['system'])) return [{ start, end, text: `[${part}]` }]
  if (raw[start] === '"') {
    return [
      { start, text: '[{"type":"text","text":' },
      { start: end, text: `},${part}]` },
    ]
  }
  const last = lastElement(raw, span)
  return last ? [{ start: last.end, text: `,${part}` }] : []
}
