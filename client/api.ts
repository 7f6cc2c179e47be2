import type * as z from 'zod/mini'
import type { Routes } from '../shared/contract.ts'
import { fail, ok, type Problem, type Result } from '../shared/problem.ts'
import { isObject } from '../shared/is-object.ts'
import type { AppToken, Tokens } from './token.ts'
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

/** What was asked for one user must not be done, or shown, for the next. */
export const hasChanged = fail('token_invalid', { detail: 'the user has changed' })

type ApiOptions = {
  fetch: Fetch
  tokens: Tokens
  /** Another number once the user of the page has been forgotten; left out where calls are nobody's yet. */
  life?: () => number
  /** What goes along with each call. */
  headers?: Readonly<Record<string, string>>
  /** A call may take this long, ms. */
  patience?: number
}

/**
 * Calls the own routes with the app token, once more with a fresh one where it is refused. A call is of
 * the user in whose life it began: it neither goes out nor answers in another one. Errors: what the edge
 * answered, `token_missing`, `token_invalid` where the user has changed, or `edge_unreachable`.
 */
export function createApi(base: () => string, options: ApiOptions): Api {
  const { fetch, tokens, life = () => 0, headers, patience = 10_000 } = options
  type Given = { body?: unknown; id?: string; isGone: () => boolean }
  async function send(
    call: Call<unknown, unknown>,
    { body, id = '', isGone }: Given,
    refused?: AppToken,
  ) {
    const token = await tokens.get(refused?.value)
    if (!token.ok || isGone()) return undefined
    const { value, who } = token.value
    if (refused && (value === refused.value || who !== refused.who)) return undefined
    const response = await fetch(base() + call.path.replace(':id', encodeURIComponent(id)), {
      method: call.method,
      headers: { ...headers, authorization: `Bearer ${value}`, 'content-type': 'application/json' },
      body: body === undefined ? null : JSON.stringify(body),
      signal: AbortSignal.timeout(patience),
      credentials: 'omit',
    })
    return { response, token: token.value }
  }
  return async (call, given = {}) => {
    const mine = life()
    const isGone = () => life() !== mine
    const asked = { ...given, isGone }
    try {
      const first = await send(call, asked)
      if (!first) return isGone() ? hasChanged : fail('token_missing')
      const again = first.response.status === 401 ? await send(call, asked, first.token) : undefined
      const { response } = again ?? first
      const reply: unknown = await response.json()
      if (isGone()) return hasChanged
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
