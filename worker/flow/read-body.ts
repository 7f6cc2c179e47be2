import { limits } from '../../shared/limits.ts'
import { fail, ok, type Result } from '../../shared/problem.ts'
import { utf8Bytes } from '../../shared/tokens.ts'

/** A body as text, or one that is only passed on. `size`: its bytes, as far as they are known. */
export type Body =
  | { text: string; size: number }
  | { text?: undefined; bytes: ArrayBuffer; size: number; why: 'unreadable_body' }
  | { text?: undefined; bytes: ReadableStream<Uint8Array>; size: number; why: 'too_large_to_read' }

/**
 * Reads a request's body where it has at most 4 MiB, so that its text, in UTF-8, is the very bytes that came;
 * above that, up to 32 MiB, it is left a stream, and compressed it is left as it is. Errors: `body_too_large`,
 * `bad_request` where the caller broke off, or where it is not UTF-8: JSON is (RFC 8259, 8.1).
 */
export async function readBody(request: Request): Promise<Result<Body>> {
  const { headers } = request
  const header = headers.get('content-length')
  const declared = header === null ? undefined : Number(header)
  if (declared !== undefined && declared > limits.bodyBytes) return tooLarge
  const isPlain = (headers.get('content-encoding') ?? 'identity') === 'identity'
  try {
    // The usual body is never touched as a stream, nor as bytes: each costs more than reading its text.
    if (declared !== undefined && declared <= limits.inspectBytes) {
      return isPlain
        ? textOf(await request.text(), declared)
        : ok(compressed(await request.arrayBuffer()))
    }
    const { body } = request
    if (!body) return ok({ text: '', size: 0 })
    if (declared !== undefined) return ok(tooLong(body))
    const read = await readUndeclared(body)
    if (!(read instanceof ArrayBuffer)) return ok(tooLong(read))
    return isPlain ? textOf(decoder.decode(read), read.byteLength) : ok(compressed(read))
  } catch {
    return fail('bad_request', { field: 'body', expected: 'a complete body' })
  }
}

const tooLarge = fail('body_too_large', { expected: `at most ${limits.bodyBytes} bytes` })
const notUtf8 = fail('bad_request', { field: 'body', expected: 'JSON text in UTF-8' })

const compressed = (bytes: ArrayBuffer): Body => ({
  bytes,
  size: bytes.byteLength,
  why: 'unreadable_body',
})

const tooLong = (bytes: ReadableStream<Uint8Array>): Body => ({
  bytes,
  size: limits.inspectBytes,
  why: 'too_large_to_read',
})

const decoder = new TextDecoder()
const REPLACEMENT = '\ufffd'
const BYTE_ORDER_MARK = '\ufeff'

/**
 * What was read from `size` bytes. Reading swallows a byte order mark, which is put back, and puts U+FFFD in the
 * place of what is no UTF-8. That is longer than what was there, or as long as a character whose last byte of four
 * is missing: such a one stays replaced.
 */
function textOf(text: string, size: number): Result<Body> {
  // Mostly all of it is ASCII, and nobody need count.
  if (text.length === size && !text.includes(REPLACEMENT)) return ok({ text, size })
  const swallowed = size - utf8Bytes(text)
  if (swallowed === 0) return ok({ text, size })
  return swallowed === 3 ? ok({ text: BYTE_ORDER_MARK + text, size }) : notUtf8
}

/** A body sent in pieces says its size only by ending. */
async function readUndeclared(
  body: ReadableStream<Uint8Array>,
): Promise<ArrayBuffer | ReadableStream<Uint8Array>> {
  const reader = body.getReader()
  const pieces: Uint8Array[] = []
  let size = 0
  for (;;) {
    const { done, value } = await reader.read()
    if (done) return join(pieces, size)
    pieces.push(value)
    size += value.byteLength
    if (size > limits.inspectBytes) return resume(reader, pieces)
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
