import type { Hono } from 'hono'
import { adminRoutes } from '../../shared/contract.ts'
import type { Result } from '../../shared/problem.ts'
import type { AdminIdentity } from '../flow/admin.ts'
import { problem, type AppContext, type AppEnv } from './app-env.ts'

/** What an org's experiments show, for tokens of that org whose scope holds `org:admin`. */
export function mountExperimentRoutes(app: Hono<AppEnv>): void {
  const { experiments, experiment } = adminRoutes
  app.on(experiments.method, experiments.path, (c) =>
    handle(c, (org) => c.env.flows.experimentReports.list(org)),
  )
  app.on(experiment.method, experiment.path, (c) =>
    handle(c, (org) => {
      const asked = { id: c.req.param('id') ?? '', outcome: c.req.query('outcome') }
      return c.env.flows.experimentReports.results(org, asked)
    }),
  )
}

async function handle(
  c: AppContext,
  work: (org: AdminIdentity) => Promise<Result<object>>,
): Promise<Response> {
  const { flows, call } = c.env
  const admitted = await flows.admin.admit(c.req.raw, { call })
  if (!admitted.ok) return problem(c, admitted.problem)
  const result = await work(admitted.value)
  if (!result.ok) return problem(c, result.problem)
  return Response.json(result.value, { headers: { 'cache-control': 'no-store' } })
}
