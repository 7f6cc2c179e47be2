import type * as z from 'zod/mini'
import { limits } from '../../shared/limits.ts'
import { fail, ok, type Result } from '../../shared/problem.ts'
import { schemaProblem } from '../../shared/schema-problem.ts'

export const isJson = (contentType: string | null): boolean =>
  contentType === 'application/json' ||
  /^application\/([\w.-]+\+)?json\s*(;|$)/i.test(contentType ?? '')

/**
 * An own route's body, checked. No body at all counts as `{}`. Errors: `wrong_content_type`,
 * `body_too_large` (64 KiB, or `most` bytes), `bad_json`, `bad_request` with the field and what was expected there.
 */
export async function readJson<T>(
  request: Request,
  schema: z.ZodMiniType<T>,
  most: number = limits.ownBodyBytes,
): Promise<Result<T>> {
  const text = await readText(request, most)
  if (!text.ok) return text
  if (text.value !== '' && !isJson(request.headers.get('content-type'))) {
    return fail('wrong_content_type', { field: 'Content-Type', expected: 'application/json' })
  }
  let json: unknown
  try {
    json = text.value === '' ? {} : JSON.parse(text.value)
  } catch {
    return fail('bad_json', { field: 'body', expected: 'JSON' })
  }
  const read = schema.safeParse(json)
  return read.success ? ok(read.data) : schemaProblem(read.error.issues)
}

async function readText(request: Request, most: number): Promise<Result<string>> {
  const tooLarge = fail('body_too_large', { expected: `at most ${most} bytes` })
  if (Number(request.headers.get('content-length')) > most) return tooLarge
  if (!request.body) return ok('')
  const decoder = new TextDecoder()
  let size = 0
  let text = ''
  for await (const piece of request.body) {
    size += piece.byteLength
    if (size > most) return tooLarge
    text += decoder.decode(piece, { stream: true })
  }
  return ok(text + decoder.decode())
}
