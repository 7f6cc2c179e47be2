import type { MiddlewareHandler } from 'hono'
import type { Deps } from '../deps.ts'
import { problem, type AppEnv } from '../routes/app-env.ts'

/** Gives every request its id and the parts that this Worker is made of. */
export const withDeps = (depsFrom: (env: Env) => Deps): MiddlewareHandler<AppEnv> =>
  async function giveDeps(c, next) {
    const deps = depsFrom(c.env)
    const waitUntil = (work: Promise<unknown>) => c.executionCtx.waitUntil(work)
    c.set('deps', deps)
    c.set('call', { id: deps.newId(), waitUntil })
    await next()
  }

/** Without storage secrets nothing can be named or sealed, so nothing is answered. */
export const requireSecrets: MiddlewareHandler<AppEnv> = async (c, next) => {
  const { flows } = c.var.deps
  if (!flows) return problem(c, { code: 'no_secrets_configured' })
  c.set('flows', flows)
  return next()
}
