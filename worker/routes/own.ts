import type * as z from 'zod/mini'
import type { Hono } from 'hono'
import { routes, type Routes } from '../../shared/contract.ts'
import { headers as headerNames } from '../../shared/headers.ts'
import { ok } from '../../shared/problem.ts'
import { encodeReceipt } from '../../shared/receipt.ts'
import { Receipt } from '../../shared/schema/receipt.ts'
import { problem, type AppContext, type AppEnv } from './app-env.ts'
import { handlers, type Input } from './handlers.ts'
import { readJson } from './read-json.ts'
import { auditEntry } from './audited.ts'

// oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the table holds these keys and no others
const names = Object.keys(routes) as (keyof Routes)[]

/** Mounts the own routes as the contract's table lists them. */
export function mountOwnRoutes(app: Hono<AppEnv>): void {
  for (const name of names) app.on(routes[name].method, routes[name].path, (c) => handle(c, name))
}

// oxlint-disable-next-line typescript/no-unnecessary-type-parameters -- ties the body to its handler
async function handle<K extends keyof Routes>(c: AppContext, name: K): Promise<Response> {
  const { flows, call } = c.env
  const admitted = await flows.admit(c.req.raw, call)
  if (!admitted.ok) return problem(c, admitted.problem)
  const route = routes[name]
  const schema: z.ZodMiniType | undefined = 'body' in route ? route.body : undefined
  const body = schema ? await readJson(c.req.raw, schema) : ok(undefined)
  if (!body.ok) return problem(c, body.problem)
  const id = c.req.param('id') ?? ''
  const result = await handlers[name]({
    admitted: admitted.value,
    flows,
    call,
    headers: c.req.raw.headers,
    id,
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- checked by the schema of its route
    body: body.value as Input<Routes[K]>['body'],
  })
  if (!result.ok) return problem(c, result.problem)
  const reply: object = result.value
  audit(c, { name, id, reply, userKey: admitted.value.keys.userKey })
  const headers = new Headers({ 'cache-control': 'no-store' })
  if ('receipt' in reply)
    headers.set(headerNames.receipt, encodeReceipt(Receipt.parse(reply.receipt)))
  if (name === 'exportSelfModel') headers.set('content-disposition', ATTACHMENT)
  const status = 'status' in route ? route.status : 200
  return Response.json(reply, { headers, status })
}

const ATTACHMENT = 'attachment; filename="edgewise-self-model.json"'

type Done = { name: keyof Routes; id: string; reply: object; userKey: string }

/** Writes down who did what, behind the response: a database that fails holds nothing up. */
function audit(c: AppContext, { userKey, ...done }: Done): void {
  const { flows, call } = c.env
  const entry = auditEntry({ ...done, headers: c.req.raw.headers })
  if (!entry) return
  call.waitUntil(
    flows.audit
      .append([{ userKey, at: flows.clock(), ...entry }])
      .catch((cause: unknown) => flows.log(cause instanceof Error ? cause.name : 'unknown')),
  )
}
