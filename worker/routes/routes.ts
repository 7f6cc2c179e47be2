import { Hono } from 'hono'
import { mountAdminRoutes } from './admin.ts'
import { problem, type AppEnv, type SiteEnv } from './app-env.ts'
import { mountDeadLetterRoutes } from './dead-letters.ts'
import { mountDialectRoutes } from './dialects.ts'
import { mountDemoRoutes } from './demo.ts'
import { mountExperimentRoutes } from './experiments.ts'
import { mountMetricRoutes, mountPrometheus } from './metrics.ts'
import { mountOpenRoutes } from './open.ts'
import { mountOwnRoutes } from './own.ts'
import { refuseOtherMethods } from './refuse-other-methods.ts'

/** All under `/v1/`. */
export function createApi(): Hono<AppEnv> {
  const api = new Hono<AppEnv>()
  mountDialectRoutes(api)
  mountOpenRoutes(api)
  mountOwnRoutes(api)
  mountAdminRoutes(api)
  mountExperimentRoutes(api)
  mountDeadLetterRoutes(api)
  mountMetricRoutes(api)
  return closed(api)
}

/** What answers without storage secrets, too. */
export function createSite(): Hono<SiteEnv> {
  const site = new Hono<SiteEnv>()
  site.get('/healthz', (c) => {
    const { version, provider } = c.env.deps
    return c.json({ status: 'ok', version, provider })
  })
  mountDemoRoutes(site)
  mountPrometheus(site)
  return closed(site)
}

function closed<E extends SiteEnv>(app: Hono<E>): Hono<E> {
  refuseOtherMethods(app)
  app.onError((cause, c) => {
    const { deps, call } = c.env
    deps.log({ code: 'internal', request: call.id, cause: cause.name })
    return problem(c, { code: 'internal' })
  })
  return app
}
