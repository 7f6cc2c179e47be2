import { limits } from '../../shared/limits.ts'
import { fail, ok, type Result } from '../../shared/problem.ts'

/** A body as text together with the very bytes it came in, or one that is only passed on. */
export type Body =
  | { text: string; bytes: ArrayBuffer }
  | { text?: undefined; bytes: ArrayBuffer; why: 'unreadable_body' }
  | { text?: undefined; stream: ReadableStream<Uint8Array>; why: 'too_large_to_read' }

/**
 * Reads a request's body where it can be read as text and has at most 4 MiB; above that, up to 32 MiB,
 * it is left a stream. Errors: `body_too_large`, `bad_request` where the caller broke off.
 */
export async function readBody(request: Request): Promise<Result<Body>> {
  const header = request.headers.get('content-length')
  const declared = header === null ? undefined : Number(header)
  if (declared !== undefined && declared > limits.bodyBytes) return tooLarge
  try {
    // The usual body is never touched as a stream: that alone would cost more than reading it.
    if (declared !== undefined && declared <= limits.inspectBytes) {
      return ok(decode(await request.arrayBuffer(), request.headers))
    }
    const { body, headers } = request
    if (!body) return ok({ text: '', bytes: new ArrayBuffer(0) })
    if (declared !== undefined) return ok({ stream: body, why: 'too_large_to_read' })
    return ok(await readUndeclared(body, headers))
  } catch {
    return fail('bad_request', { field: 'body', expected: 'a complete body' })
  }
}

const tooLarge = fail('body_too_large', { expected: `at most ${limits.bodyBytes} bytes` })

/** A byte order mark is no JSON: it is not swallowed here. */
const strict = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })

function decode(bytes: ArrayBuffer, headers: Headers): Body {
  const encoding = headers.get('content-encoding') ?? 'identity'
  if (encoding !== 'identity') return { bytes, why: 'unreadable_body' }
  try {
    return { text: strict.decode(bytes), bytes }
  } catch {
    return { bytes, why: 'unreadable_body' }
  }
}

/** A body sent in pieces says its size only by ending. */
async function readUndeclared(body: ReadableStream<Uint8Array>, headers: Headers): Promise<Body> {
  const reader = body.getReader()
  const pieces: Uint8Array[] = []
  let size = 0
  for (;;) {
    const { done, value } = await reader.read()
    if (done) return decode(join(pieces, size), headers)
    pieces.push(value)
    size += value.byteLength
    if (size > limits.inspectBytes) {
      return { stream: resume(reader, pieces), why: 'too_large_to_read' }
    }
  }
}

function join(pieces: readonly Uint8Array[], size: number): ArrayBuffer {
  const bytes = new Uint8Array(size)
  let at = 0
  for (const piece of pieces) {
    bytes.set(piece, at)
    at += piece.byteLength
  }
  return bytes.buffer
}

/** What was read already, then the rest; breaks off beyond 32 MiB. */
function resume(
  reader: ReadableStreamDefaultReader<Uint8Array>,
  pieces: Uint8Array[],
): ReadableStream<Uint8Array> {
  let size = 0
  return new ReadableStream({
    async pull(controller) {
      const known = pieces.shift()
      const { done, value } = known ? { done: false, value: known } : await reader.read()
      if (done || !value) return controller.close()
      size += value.byteLength
      if (size <= limits.bodyBytes) return controller.enqueue(value)
      await reader.cancel()
      controller.error(new Error('body_too_large'))
    },
    cancel: (reason) => reader.cancel(reason),
  })
}
