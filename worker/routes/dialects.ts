import type { Hono } from 'hono'
import { problem, type AppContext, type AppEnv } from './app-env.ts'
import { isJson } from './read-json.ts'

/** The provider's own routes: what is sent and answered is the provider's, errors of ours look like its. */
export function mountDialectRoutes(app: Hono<AppEnv>): void {
  app.on('POST', '/v1/chat/completions', answerChat)
  app.on('GET', ['/v1/models', '/v1/models/*'], listModels)
  for (const path of ['/v1/responses', '/v1/messages', '/v1/messages/count_tokens']) {
    app.post(path, (c) => problem(c, { code: 'no_provider_for_dialect' }))
  }
}

async function answerChat(c: AppContext): Promise<Response> {
  const request = c.req.raw
  if (!isJson(request.headers.get('content-type'))) {
    const expected = 'application/json'
    return problem(c, { code: 'wrong_content_type', field: 'Content-Type', expected })
  }
  const answered = await c.get('flows').answer(request, c.get('call'))
  return answered.ok ? answered.value : problem(c, answered.problem)
}

async function listModels(c: AppContext): Promise<Response> {
  if (c.req.raw.headers.has('anthropic-version'))
    return problem(c, { code: 'no_provider_for_dialect' })
  const listed = await c.var.flows.models(c.req.raw, {
    call: c.var.call,
    path: c.req.path.slice('/v1/models'.length),
  })
  return listed.ok ? listed.value : problem(c, listed.problem)
}
