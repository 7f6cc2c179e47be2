import type { Context } from 'hono'
import type { Problem } from '../../shared/problem.ts'
import type { Deps, Flows } from '../deps.ts'
import type { Call } from '../flow/admit.ts'
import { renderProblem } from '../problems.ts'

/** What a route works with stands where Hono expects the bindings: the parts of this Worker, and the call. */
export type Parts = { deps: Deps; call: Call }
export type SiteEnv = { Bindings: Parts }
export type AppEnv = { Bindings: Parts & { flows: Flows } }
export type AppContext = Context<AppEnv>

/** `path`: whose dialect it is written in. */
export function refuse(what: Problem, path: string, { deps, call }: Parts): Response {
  deps.flows?.metrics.refused(what.code, call.org, call.waitUntil)
  return renderProblem(what, path, { deps, call })
}

/** A fault of ours: its kind is written down, never its words. */
export function failed(cause: unknown, path: string, parts: Parts): Response {
  const { deps, call } = parts
  const name = cause instanceof Error ? cause.name : 'unknown'
  deps.log({ code: 'internal', request: call.id, cause: name })
  return refuse({ code: 'internal' }, path, parts)
}

/** `path`: where the route's own does not tell the dialect. */
export const problem = (
  c: Pick<Context<SiteEnv>, 'env' | 'req'>,
  what: Problem,
  path = c.req.path,
): Response => refuse(what, path, c.env)
