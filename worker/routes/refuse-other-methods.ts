import type { Hono } from 'hono'
import { problem, type AppEnv } from './app-env.ts'

/** A known path with a method that it has not: 405, with those that it has. Mounted after all others. */
export function refuseOtherMethods(app: Hono<AppEnv>): void {
  const methods = new Map<string, Set<string>>()
  for (const { path, method } of app.routes) {
    if (method === 'ALL') continue
    const known = methods.get(path) ?? new Set()
    methods.set(path, known.add(method))
  }
  for (const [path, known] of methods) {
    const allowed = [...known, ...(known.has('GET') ? ['HEAD'] : [])].join(', ')
    app.all(path, (c) => {
      const response = problem(c, { code: 'method_not_allowed', expected: allowed })
      response.headers.set('allow', allowed)
      return response
    })
  }
}
