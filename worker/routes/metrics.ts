import type { Hono } from 'hono'
import { adminRoutes } from '../../shared/contract.ts'
import { MetricsQuery } from '../../shared/schema/metrics.ts'
import { ok, type Result } from '../../shared/problem.ts'
import { schemaProblem } from '../../shared/schema-problem.ts'
import { problem, type AppEnv, type SiteEnv } from './app-env.ts'

/** What was counted of an org, for its admins: as the dashboard reads it. */
export function mountMetricRoutes(app: Hono<AppEnv>): void {
  const { metrics } = adminRoutes
  app.on(metrics.method, metrics.path, async (c) => {
    const { flows, call } = c.env
    const admitted = await flows.admin.admit(c.req.raw, { call })
    if (!admitted.ok) return problem(c, admitted.problem)
    const query = readQuery(c.req.query())
    if (!query.ok) return problem(c, query.problem)
    const report = await flows.reports.report(admitted.value.orgKey, query.value)
    if (!report.ok) return problem(c, report.problem)
    return Response.json(report.value, { headers: { 'cache-control': 'no-store' } })
  })
}

/** The same for Prometheus: of an org for its admins, of all with the deployment's metrics token. Never without. */
export function mountPrometheus(app: Hono<SiteEnv>): void {
  app.get('/metrics', async (c) => {
    const { deps, call } = c.env
    if (!deps.flows) return problem(c, { code: 'no_secrets_configured' })
    const { reports } = deps.flows
    const admitted = await reports.admit(c.req.raw, call)
    if (!admitted.ok) return problem(c, admitted.problem)
    const text = await reports.text(admitted.value.org)
    if (!text.ok) return problem(c, text.problem)
    const headers = {
      'content-type': 'text/plain; version=0.0.4; charset=utf-8',
      'cache-control': 'no-store',
    }
    return new Response(text.value, { headers })
  })
}

function readQuery(query: Record<string, string>): Result<MetricsQuery> {
  const read = MetricsQuery.safeParse(query)
  return read.success ? ok(read.data) : schemaProblem(read.error.issues)
}
