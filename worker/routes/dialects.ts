import type { Hono } from 'hono'
import { chatRoute, dialectRoutes, type DialectRoute } from '../flow/dialect-routes.ts'
import { problem, type AppContext, type AppEnv } from './app-env.ts'
import { isJson } from './read-json.ts'

/** The provider's own routes: what is sent and answered is the provider's, errors of ours look like its. */
export function mountDialectRoutes(app: Hono<AppEnv>): void {
  app.on('POST', '/v1/chat/completions', (c) => answerIn(c, chatRoute))
  app.on('GET', ['/v1/models', '/v1/models/*'], listModels)
  for (const [path, route] of Object.entries(dialectRoutes)) {
    app.on('POST', path, (c) => answerIn(c, route))
  }
}

async function answerIn(c: AppContext, to: DialectRoute): Promise<Response> {
  const request = c.req.raw
  if (!isJson(request.headers.get('content-type'))) {
    const expected = 'application/json'
    return problem(c, { code: 'wrong_content_type', field: 'Content-Type', expected })
  }
  const answered = await c.env.flows.answer(request, c.env.call, to)
  return answered.ok ? answered.value : problem(c, answered.problem)
}

async function listModels(c: AppContext): Promise<Response> {
  const listed = await c.env.flows.models(c.req.raw, c.env.call)
  if (listed.ok) return listed.value
  const isAnthropic = c.req.raw.headers.has('anthropic-version')
  return problem(c, listed.problem, isAnthropic ? '/v1/messages' : c.req.path)
}
