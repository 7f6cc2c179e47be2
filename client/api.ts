import type * as z from 'zod/mini'
import type { Routes } from '../shared/contract.ts'
import { fail, ok, type Problem, type Result } from '../shared/problem.ts'
import { isObject } from '../shared/is-object.ts'
import type { Tokens } from './token.ts'
import type { Fetch } from './types.ts'

/** One own route as the page calls it. `takes` is never there: it carries the type of the body. */
type Call<Reply, Body> = {
  method: string
  path: string
  is: (value: unknown) => value is Reply
  takes?: Body
}

type BodyOf<K extends keyof Routes> = Routes[K] extends { body: infer B extends z.ZodMiniType }
  ? z.input<B>
  : undefined

/** A call of a route of the contract: the compiler holds method, path, body and reply against it. */
export type CallOf<K extends keyof Routes> = Call<z.infer<Routes[K]['reply']>, BodyOf<K>> & {
  method: Routes[K]['method']
  path: Routes[K]['path']
}

export type Api = <Reply, Body>(
  call: Call<Reply, Body>,
  given?: { body?: Body; id?: string },
) => Promise<Result<Reply>>

/** An own route may take this long, ms. */
const PATIENCE = 10_000

/**
 * Calls the own routes with the app token, once more with a fresh one where it is refused. Errors: what
 * the edge answered, `token_missing`, or `edge_unreachable`.
 */
export function createApi(
  base: () => string,
  { fetch, tokens }: { fetch: Fetch; tokens: Tokens },
): Api {
  type Given = { body?: unknown; id?: string }
  async function send(call: Call<unknown, unknown>, { body, id = '' }: Given, refused?: string) {
    const token = await tokens.get(refused)
    if (!token.ok || token.value.value === refused) return undefined
    const { value } = token.value
    const response = await fetch(base() + call.path.replace(':id', encodeURIComponent(id)), {
      method: call.method,
      headers: { authorization: `Bearer ${value}`, 'content-type': 'application/json' },
      body: body === undefined ? null : JSON.stringify(body),
      signal: AbortSignal.timeout(PATIENCE),
      credentials: 'omit',
    })
    return { response, value }
  }
  return async (call, given = {}) => {
    try {
      const first = await send(call, given)
      if (!first) return fail('token_missing')
      const again = first.response.status === 401 ? await send(call, given, first.value) : undefined
      const { response } = again ?? first
      const reply: unknown = await response.json()
      if (!response.ok && isProblem(reply)) return { ok: false, problem: reply }
      return response.ok && call.is(reply)
        ? ok(reply)
        : fail('edge_unreachable', { detail: 'the answer was not understood' })
    } catch (cause) {
      return fail('edge_unreachable', { detail: String(cause) })
    }
  }
}

const isProblem = (reply: unknown): reply is Problem =>
  isObject(reply) && typeof reply['code'] === 'string'
