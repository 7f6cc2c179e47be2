import type { Hono } from 'hono'
import { dialectRoutes, type DialectRoute } from '../flow/dialect-routes.ts'
import { failed, problem, refuse, type AppContext, type AppEnv } from './app-env.ts'
import { isJson } from './read-json.ts'

/**
 * The provider's own routes: what is sent and answered is the provider's, errors of ours look like its. They
 * are nearly all that is asked, and nothing in their paths varies: looked up in a table, before any router.
 */
export const dialectRoute = ({ method }: Request, path: string): DialectRoute | undefined =>
  method === 'POST' ? dialectRoutes.get(path) : undefined

type Asked = { request: Request; path: string; to: DialectRoute }

export async function answerIn(
  { request, path, to }: Asked,
  parts: AppEnv['Bindings'],
): Promise<Response> {
  try {
    if (!isJson(request.headers.get('content-type'))) {
      const expected = 'application/json'
      return refuse({ code: 'wrong_content_type', field: 'Content-Type', expected }, path, parts)
    }
    const answered = await parts.flows.answer(request, parts.call, to)
    return answered.ok ? answered.value : refuse(answered.problem, path, parts)
  } catch (cause) {
    return failed(cause, path, parts)
  }
}

/** What models the provider has. */
export function mountModelRoutes(app: Hono<AppEnv>): void {
  app.on('GET', ['/v1/models', '/v1/models/*'], listModels)
}

async function listModels(c: AppContext): Promise<Response> {
  const listed = await c.env.flows.models(c.req.raw, c.env.call)
  if (listed.ok) return listed.value
  const isAnthropic = c.req.raw.headers.has('anthropic-version')
  return problem(c, listed.problem, isAnthropic ? '/v1/messages' : c.req.path)
}
