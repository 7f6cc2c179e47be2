import type { Context } from 'hono'
import type { Problem } from '../../shared/problem.ts'
import type { Deps, Flows } from '../deps.ts'
import type { Call } from '../flow/admit.ts'
import { renderProblem } from '../middleware/problems.ts'

export type AppEnv = { Bindings: Env; Variables: { deps: Deps; flows: Flows; call: Call } }
export type AppContext = Context<AppEnv>

export const problem = (c: AppContext, what: Problem): Response =>
  renderProblem(what, c.req.path, { deps: c.get('deps'), call: c.get('call') })
