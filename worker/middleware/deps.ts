import type { MiddlewareHandler } from 'hono'
import type { Deps } from '../deps.ts'
import { problem, type AppEnv } from '../routes/app-env.ts'

/**
 * Gives every request its id and the parts that this Worker is made of. Without storage secrets nothing can
 * be named or sealed, so no route of the API answers.
 */
export const withDeps = (depsFrom: (env: Env) => Deps): MiddlewareHandler<AppEnv> =>
  async function giveDeps(c, next) {
    const deps = depsFrom(c.env)
    const waitUntil = (work: Promise<unknown>) => c.executionCtx.waitUntil(work)
    c.set('deps', deps)
    c.set('call', { id: deps.newId(), waitUntil })
    if (deps.flows) c.set('flows', deps.flows)
    else if (c.req.path.startsWith('/v1/')) return problem(c, { code: 'no_secrets_configured' })
    return next()
  }
