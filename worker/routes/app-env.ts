import type { Context } from 'hono'
import type { Problem } from '../../shared/problem.ts'
import type { Deps, Flows } from '../deps.ts'
import type { Call } from '../flow/admit.ts'
import { renderProblem } from '../middleware/problems.ts'

export type AppEnv = { Bindings: Env; Variables: { deps: Deps; flows: Flows; call: Call } }
export type AppContext = Context<AppEnv>

/** `path`: whose dialect it is written in, where the route's path does not tell. */
export function problem(c: AppContext, what: Problem, path = c.req.path): Response {
  const [deps, call] = [c.get('deps'), c.get('call')]
  deps.flows?.metrics.refused(what.code, call.org, call.waitUntil)
  return renderProblem(what, path, { deps, call })
}
