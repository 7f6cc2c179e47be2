import type { Hono } from 'hono'
import * as z from 'zod/mini'
import { adminRoutes } from '../../shared/contract.ts'
import { limits } from '../../shared/limits.ts'
import type { Result } from '../../shared/problem.ts'
import type { Expected, OrgView } from '../flow/admin.ts'
import { problem, type AppContext, type AppEnv } from './app-env.ts'
import { readJson } from './read-json.ts'

/** The org's own record, for tokens of that org whose scope holds `org:admin`. */
export function mountAdminRoutes(app: Hono<AppEnv>): void {
  const { getOrg, putOrg } = adminRoutes
  app.on(getOrg.method, getOrg.path, (c) => handle(c, (id) => c.env.flows.admin.read(id)))
  app.on(putOrg.method, putOrg.path, (c) =>
    handle(c, async (id) => {
      // Read as it is: that nothing in it is passed over in silence is checked with the record.
      const json = await readJson(c.req.raw, z.unknown(), limits.orgBytes)
      if (!json.ok) return json
      const expected = readMatch(c.req.header('if-match'))
      return c.env.flows.admin.write(id, { json: json.value, expected })
    }),
  )
}

async function handle(
  c: AppContext,
  work: (id: string) => Promise<Result<OrgView>>,
): Promise<Response> {
  const { flows, call } = c.env
  const id = c.req.param('org') ?? ''
  const admitted = await flows.admin.admit(c.req.raw, { org: id, call })
  if (!admitted.ok) return problem(c, admitted.problem)
  const result = await work(id)
  if (!result.ok) return problem(c, result.problem)
  const { org, revision } = result.value
  const headers = { 'cache-control': 'no-store', etag: `"${revision}"` }
  return Response.json({ ...org, revision }, { headers })
}

/** `"3"`, also where a proxy has made it weak. What is no revision fits none. */
function readMatch(header: string | undefined): Expected {
  if (header === undefined) return undefined
  if (header.trim() === '*') return 'any'
  const revision = /^(?:W\/)?"(\d{1,15})"$/.exec(header.trim())?.[1]
  return revision === undefined ? -1 : Number(revision)
}
