import { isObject } from '../../shared/is-object.ts'
import { memberSpan, rootSpan } from '../../shared/json-spans.ts'

const NEWLINE = 10
const RETURN = 13

/**
 * Takes out of a stream of chat completion chunks what it holds because of `include_usage`: the last chunk,
 * which has no choices, and `usage` in all others. Whole events at a time; every other byte stays.
 */
export function hideUsage() {
  let open: Uint8Array[] = []
  let isLineStart = true
  const decoder = new TextDecoder()
  const encoder = new TextEncoder()

  function close(last: Uint8Array): Uint8Array[] {
    const event = join([...open, last])
    open = []
    const text = decoder.decode(event)
    if (!text.includes('"usage"')) return [event]
    const shown = withoutUsage(text)
    if (shown === undefined) return []
    return [shown === text ? event : encoder.encode(shown)]
  }

  return {
    push(chunk: Uint8Array): Uint8Array[] {
      const ready: Uint8Array[] = []
      let from = 0
      for (let at = 0; at < chunk.length; at++) {
        if (chunk[at] === RETURN) continue
        const wasLineStart = isLineStart
        isLineStart = chunk[at] === NEWLINE
        if (!isLineStart || !wasLineStart) continue
        ready.push(...close(chunk.subarray(from, at + 1)))
        from = at + 1
      }
      if (from < chunk.length) open.push(chunk.slice(from))
      return ready
    },
    /** What a stream that broke off has left. */
    end: (): Uint8Array[] => (open.length > 0 ? close(new Uint8Array(0)) : []),
  }
}

/** An event as it would have come unasked; `undefined` where it would not have come. */
function withoutUsage(event: string): string | undefined {
  const line = /^data: ?(\{.*\})\s*$/s.exec(event)
  const json = line?.[1]
  if (json === undefined) return event
  try {
    const chunk: unknown = JSON.parse(json)
    if (!isObject(chunk) || chunk['usage'] === undefined) return event
    const { choices } = chunk
    if (Array.isArray(choices) && choices.length === 0 && isObject(chunk['usage'])) return undefined
  } catch {
    return event
  }
  return event.replace(json, () => cutMember(json, 'usage'))
}

function cutMember(json: string, name: string): string {
  const value = memberSpan(json, rootSpan(json), name)
  if (!value) return json
  const key = json.lastIndexOf(`"${name}"`, value.start)
  const before = /,\s*$/.exec(json.slice(0, key))
  if (before) return json.slice(0, before.index) + json.slice(value.end)
  return json.slice(0, key) + json.slice(value.end).replace(/^\s*,\s*/, '')
}

function join(pieces: readonly Uint8Array[]): Uint8Array {
  const [first] = pieces
  if (first && pieces.length === 1) return first
  const whole = new Uint8Array(pieces.reduce((sum, { byteLength }) => sum + byteLength, 0))
  let at = 0
  for (const piece of pieces) {
    whole.set(piece, at)
    at += piece.byteLength
  }
  return whole
}
