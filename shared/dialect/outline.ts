import { isObject } from '../is-object.ts'
import { elementSpans, memberSpan, rootSpan, type Span } from '../json-spans.ts'
import type { Segment } from '../cache-plan.ts'
import { estimateTokens } from '../tokens.ts'
import type { Content } from './content.ts'
import { HOUR, type Marking } from './marking.ts'
import type { Prompt } from './port.ts'

/** A piece of a prompt that came, in prompt order. */
export type Piece = Segment & {
  /** Where a marker behind it goes; none where it can have none. */
  place?: { object: Span } | { content: Content }
  /** Seconds that each marker of the app in it lives; empty where the app has set none. */
  own: (number | undefined)[]
}

/** The app's own markers in a part, and in the parts of its content (tool results have them there). */
function ownMarkers(part: unknown, field: Marking['field']): Piece['own'] {
  if (!isObject(part)) return []
  const marker = part[field]
  const inner: unknown[] = Array.isArray(part['content']) ? part['content'] : []
  return [
    ...(isObject(marker) ? [marker['ttl'] === '1h' ? HOUR : undefined] : []),
    ...inner.flatMap((item) => ownMarkers(item, field)),
  ]
}

type List = { span: Span; values: readonly unknown[]; kind: Segment['kind']; marking: Marking }

/** The elements of a list (tools, blocks of system text, parts of a message), each a piece. */
export function piecesOf(raw: string, list: List, role?: unknown): Piece[] {
  const { span, values, kind, marking } = list
  return elementSpans(raw, span).map((object, i) => ({
    kind,
    tokens: estimateTokens(raw.slice(object.start, object.end)),
    own: ownMarkers(values[i], marking.field),
    ...(marking.canMark(values[i], role) ? { place: { object } } : {}),
  }))
}

/** A content as pieces: of the words of a user the last piece is the one that ends them. */
export function contentPieces(
  raw: string,
  { content, value, kind }: { content: Content; value: unknown; kind: Segment['kind'] },
  { marking, role }: { marking: Marking; role?: unknown },
): Piece[] {
  const { span } = content
  if (Array.isArray(value)) {
    const pieces = piecesOf(raw, { span, values: value, kind, marking }, role)
    if (kind !== 'words') return pieces
    return pieces.map((piece, i) => (i < pieces.length - 1 ? { ...piece, kind: 'history' } : piece))
  }
  const isText = typeof value === 'string' && value.trim() !== ''
  const canMark = isText && marking.canMark({ type: marking.type, text: value }, role)
  const tokens = estimateTokens(raw.slice(span.start, span.end))
  return [{ kind, tokens, own: [], ...(canMark ? { place: { content } } : {}) }]
}

/** The conversation as pieces. `shared`: leading messages that are the app's own text. */
export function messagePieces(
  { raw, body, at }: Prompt,
  { field, shared, marking }: { field: 'messages' | 'input'; shared: number; marking: Marking },
): Piece[] {
  const list = memberSpan(raw, rootSpan(raw), field)
  const values: unknown = body[field]
  if (!list || !Array.isArray(values)) return []
  return elementSpans(raw, list).flatMap((span, i) => {
    const message: unknown = values[i]
    const value = isObject(message) ? message['content'] : undefined
    const role = isObject(message) ? message['role'] : undefined
    const kind = kindOf(i, { at, shared, isUser: role === 'user' })
    const content = memberSpan(raw, span, 'content')
    if (!content || value == null) {
      return [{ kind, tokens: estimateTokens(raw.slice(span.start, span.end)), own: [] }]
    }
    return contentPieces(
      raw,
      { content: { span: content, type: marking.type }, value, kind },
      { marking, role },
    )
  })
}

type Place = { at: number; shared: number; isUser: boolean }

function kindOf(i: number, { at, shared, isUser }: Place): Segment['kind'] {
  if (i < shared) return 'shared'
  if (at >= 0 && i > at) return 'turn'
  return isUser ? 'words' : 'history'
}
