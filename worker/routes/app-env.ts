import type { Context } from 'hono'
import type { Problem } from '../../shared/problem.ts'
import type { Deps, Flows } from '../deps.ts'
import type { Call } from '../flow/admit.ts'
import { renderProblem } from '../problems.ts'

/** What a route works with stands where Hono expects the bindings: the parts of this Worker, and the call. */
type Parts = { deps: Deps; call: Call }
export type SiteEnv = { Bindings: Parts }
export type AppEnv = { Bindings: Parts & { flows: Flows } }
export type AppContext = Context<AppEnv>

/** `path`: whose dialect it is written in, where the route's path does not tell. */
export function problem(
  c: Pick<Context<SiteEnv>, 'env' | 'req'>,
  what: Problem,
  path = c.req.path,
): Response {
  const { deps, call } = c.env
  deps.flows?.metrics.refused(what.code, call.org, call.waitUntil)
  return renderProblem(what, path, { deps, call })
}
