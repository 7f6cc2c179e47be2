import type { Hono } from 'hono'
import { openRoutes } from '../../shared/contract.ts'
import { problem, type AppEnv } from './app-env.ts'
import { readJson } from './read-json.ts'

const noStore = { headers: { 'cache-control': 'no-store' } }

/** The routes that need no app token: a device's first session, and the keys that verify proofs. */
export function mountOpenRoutes(app: Hono<AppEnv>): void {
  const { openDevice, keys } = openRoutes
  app.on(openDevice.method, openDevice.path, async (c) => {
    const body = await readJson(c.req.raw, openDevice.body)
    if (!body.ok) return problem(c, body.problem)
    const { flows, call } = c.env
    const opened = await flows.devices.open(body.value.org, c.req.raw, call)
    return opened.ok ? Response.json(opened.value, noStore) : problem(c, opened.problem)
  })
  app.on(keys.method, keys.path, async (c) =>
    Response.json(
      { keys: await c.env.flows.erasures.keys() },
      { headers: { 'cache-control': 'public, max-age=3600' } },
    ),
  )
}
