import { Hono } from 'hono'
import type { Deps } from './deps.ts'
import { withDeps } from './middleware/deps.ts'
import { cors } from './middleware/cors.ts'
import { mountAdminRoutes } from './routes/admin.ts'
import { problem, type AppEnv } from './routes/app-env.ts'
import { mountDeadLetterRoutes } from './routes/dead-letters.ts'
import { mountDialectRoutes } from './routes/dialects.ts'
import { mountDemoRoutes } from './routes/demo.ts'
import { mountExperimentRoutes } from './routes/experiments.ts'
import { mountMetricRoutes } from './routes/metrics.ts'
import { mountOpenRoutes } from './routes/open.ts'
import { mountOwnRoutes } from './routes/own.ts'
import { refuseOtherMethods } from './routes/refuse-other-methods.ts'

/** The Worker as a function of its parts; `depsFrom` is asked once an instance. */
export function createApp(depsFrom: (env: Env) => Deps): Hono<AppEnv> {
  const app = new Hono<AppEnv>()
  let made: Deps | undefined
  app.use('/v1/*', cors)
  app.use(withDeps((env) => (made ??= depsFrom(env))))
  app.get('/healthz', (c) => {
    const { version, provider } = c.get('deps')
    return c.json({ status: 'ok', version, provider })
  })
  mountDemoRoutes(app)
  mountDialectRoutes(app)
  mountOpenRoutes(app)
  mountOwnRoutes(app)
  mountAdminRoutes(app)
  mountExperimentRoutes(app)
  mountDeadLetterRoutes(app)
  mountMetricRoutes(app)
  refuseOtherMethods(app)
  app.notFound((c) => problem(c, { code: 'not_found' }))
  app.onError((cause, c) => {
    const [deps, call] = [c.get('deps'), c.get('call')]
    deps.log({ code: 'internal', request: call.id, cause: cause.name })
    return problem(c, { code: 'internal' })
  })
  return app
}
