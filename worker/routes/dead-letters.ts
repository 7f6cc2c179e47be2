import type { Hono } from 'hono'
import { adminRoutes } from '../../shared/contract.ts'
import type { Result } from '../../shared/problem.ts'
import { ChosenLetters } from '../../shared/schema/learning.ts'
import { problem, type AppContext, type AppEnv } from './app-env.ts'
import { readJson } from './read-json.ts'

/** What could not be learned of an org, for tokens of that org whose scope holds `org:admin`. */
export function mountDeadLetterRoutes(app: Hono<AppEnv>): void {
  const { deadLetters, replayDeadLetters, dropDeadLetters } = adminRoutes
  app.on(deadLetters.method, deadLetters.path, (c) =>
    handle(c, (orgKey) => c.env.flows.letters.list(orgKey)),
  )
  app.on(replayDeadLetters.method, replayDeadLetters.path, (c) => take(c, 'replay'))
  app.on(dropDeadLetters.method, dropDeadLetters.path, (c) => take(c, 'drop'))
}

const take = (c: AppContext, what: 'replay' | 'drop'): Promise<Response> =>
  handle(c, async (orgKey) => {
    const chosen = await readJson(c.req.raw, ChosenLetters)
    return chosen.ok ? c.env.flows.letters[what](orgKey, chosen.value) : chosen
  })

async function handle(
  c: AppContext,
  work: (orgKey: string) => Promise<Result<object>>,
): Promise<Response> {
  const { flows, call } = c.env
  const org = c.req.param('org') ?? ''
  const admitted = await flows.admin.admit(c.req.raw, { org, call })
  if (!admitted.ok) return problem(c, admitted.problem)
  const result = await work(admitted.value.orgKey)
  if (!result.ok) return problem(c, result.problem)
  return Response.json(result.value, { headers: { 'cache-control': 'no-store' } })
}
