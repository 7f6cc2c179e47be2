import type { Hono } from 'hono'
import { problem, type SiteEnv } from './app-env.ts'

/**
 * The demo page's own back end: an app token for whoever asks (`?user=`, `ada` where left out), for the
 * dashboard with `?scope=org:admin`. There
 * only where ENVIRONMENT is `development`, and readable by pages of this origin alone.
 */
export function mountDemoRoutes(app: Hono<SiteEnv>): void {
  app.get('/demo/token', async (c) => {
    const { demoToken } = c.env.deps
    if (!demoToken) return problem(c, { code: 'not_found' })
    const user = c.req.query('user') ?? 'ada'
    if (!/^[\w-]{1,64}$/.test(user)) {
      return problem(c, {
        code: 'bad_request',
        field: 'user',
        expected: '1 to 64 letters, digits, _ or -',
      })
    }
    return Response.json(
      { token: await demoToken(user, c.req.query('scope') === 'org:admin') },
      { headers: { 'cache-control': 'no-store' } },
    )
  })
}
