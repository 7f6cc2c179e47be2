import { Hono } from 'hono'
import { nowhere } from '../problems.ts'
import { problem, type SiteEnv } from './app-env.ts'

export type Route = { path: string; method: string }

/**
 * A known path with a method that it has not: 405, with those that it has; any other path: 404. Mounted
 * after all routes, and asked only where none of them fits: a route with a single handler is the fast one.
 * `elsewhere`: routes that are answered before the app is asked.
 */
export function refuseOtherMethods<E extends SiteEnv>(
  app: Hono<E>,
  elsewhere: readonly Route[],
): void {
  const methods = new Map<string, Set<string>>()
  for (const { path, method } of [...app.routes, ...elsewhere]) {
    const known = methods.get(path) ?? new Set()
    methods.set(path, known.add(method))
  }
  const others = new Hono<SiteEnv>()
  for (const [path, known] of methods) {
    const allowed = [...known, ...(known.has('GET') ? ['HEAD'] : [])].join(', ')
    others.all(path, (c) => {
      const response = problem(c, { code: 'method_not_allowed', expected: allowed })
      response.headers.set('allow', allowed)
      return response
    })
  }
  others.notFound((c) => problem(c, nowhere(c.req.path)))
  app.notFound((c) => others.fetch(c.req.raw, c.env))
}
