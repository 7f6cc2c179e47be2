import { limits } from './limits.ts'
import { fail, ok, type Result } from './problem.ts'
import { ClientContext } from './schema/context.ts'
import { isUsualContext } from './usual-context.ts'

export { encodeContext } from './encode-context.ts'

/** Errors: `bad_context`, with the field that was wrong and what was expected. */
export function decodeContext(value: string): Result<ClientContext> {
  if (value.length > limits.contextBytes) {
    return fail('bad_context', {
      field: 'Edgewise-Context',
      expected: `at most ${limits.contextBytes} bytes`,
    })
  }
  let json: unknown
  try {
    json = JSON.parse(value)
  } catch {
    return fail('bad_context', { field: 'Edgewise-Context', expected: 'JSON' })
  }
  if (isUsualContext(json)) return ok(json)
  const read = ClientContext.safeParse(json)
  if (read.success) return ok(read.data)
  const issue = read.error.issues[0]
  return fail('bad_context', {
    field: ['Edgewise-Context', ...(issue?.path ?? [])].map(String).join('.'),
    expected: issue?.message ?? 'a client context',
  })
}
