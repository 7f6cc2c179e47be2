import { Hono } from 'hono'
import { dialectRoutes } from '../flow/dialect-routes.ts'
import { mountAdminRoutes } from './admin.ts'
import { failed, type AppEnv, type SiteEnv } from './app-env.ts'
import { mountDeadLetterRoutes } from './dead-letters.ts'
import { mountModelRoutes } from './dialects.ts'
import { mountDemoRoutes } from './demo.ts'
import { mountExperimentRoutes } from './experiments.ts'
import { mountMetricRoutes, mountPrometheus } from './metrics.ts'
import { mountOpenRoutes } from './open.ts'
import { mountOwnRoutes } from './own.ts'
import { refuseOtherMethods, type Route } from './refuse-other-methods.ts'

/** All under `/v1/`, but for `dialectRoutes`: those are answered by `answerIn`. */
export function createApi(): Hono<AppEnv> {
  const api = new Hono<AppEnv>()
  mountModelRoutes(api)
  mountOpenRoutes(api)
  mountOwnRoutes(api)
  mountAdminRoutes(api)
  mountExperimentRoutes(api)
  mountDeadLetterRoutes(api)
  mountMetricRoutes(api)
  const posts = [...dialectRoutes.keys()].map((path) => ({ path, method: 'POST' }))
  return closed(api, posts)
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

function closed<E extends SiteEnv>(app: Hono<E>, elsewhere: readonly Route[] = []): Hono<E> {
  refuseOtherMethods(app, elsewhere)
  app.onError((cause, c) => failed(cause, c.req.path, c.env))
  return app
}
