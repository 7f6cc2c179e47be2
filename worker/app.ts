import { getPath } from 'hono/utils/url'
import { answerPreflight, makeReadable } from './cors.ts'
import type { Deps } from './deps.ts'
import type { Call } from './flow/admit.ts'
import { dialectOf, renderProblem } from './problems.ts'
import { answerIn, dialectRoute } from './routes/dialects.ts'
import { createApi, createSite } from './routes/routes.ts'

export type App = {
  fetch: (request: Request, env: Env, context: ExecutionContext) => Promise<Response>
}

/**
 * The Worker as a function of its parts; `depsFrom` is asked once an instance. What every request needs
 * stands here, around the routes. Without storage secrets nothing can be named or sealed, so no route of
 * the API answers.
 */
export function createApp(depsFrom: (env: Env) => Deps): App {
  const [api, site] = [createApi(), createSite()]
  let made: Deps | undefined

  return {
    async fetch(request, env, context) {
      const deps = (made ??= depsFrom(env))
      const waitUntil = (work: Promise<unknown>) => context.waitUntil(work)
      const { flows } = deps
      const call: Call = { id: deps.newId(), waitUntil, subject: undefined, org: undefined }
      const path = getPath(request)
      const isOfSite = !path.startsWith('/v1/') && dialectOf(path) === 'own'
      if (isOfSite) return site.fetch(request, { deps, call })
      const preflight = answerPreflight(request)
      if (preflight) return preflight
      const to = dialectRoute(request, path)
      const response = !flows
        ? renderProblem({ code: 'no_secrets_configured' }, path, { deps, call })
        : to
          ? await answerIn({ request, path, to }, { deps, call, flows })
          : await api.fetch(request, { deps, call, flows })
      return makeReadable(response, request)
    },
  }
}
