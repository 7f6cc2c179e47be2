import type { MiddlewareHandler } from 'hono'

/** Seconds for which a browser may remember a preflight: the most that Chrome keeps. */
const MAX_AGE = '7200'

/**
 * Lets pages of any origin ask: a preflight carries no token, so the org and the origins it allows are
 * not known yet; they are checked with the token. Requested headers are granted as asked (SDKs send more
 * than a list could keep up with). Never with cookies.
 */
export const cors: MiddlewareHandler = async (c, next) => {
  const { req } = c
  const origin = req.header('origin')
  const wanted = req.header('access-control-request-method')
  if (req.method === 'OPTIONS' && origin !== undefined && wanted !== undefined) {
    return new Response(null, {
      status: 204,
      headers: {
        'access-control-allow-origin': origin,
        'access-control-allow-methods': 'GET, HEAD, POST, PUT, PATCH, DELETE',
        'access-control-allow-headers': req.header('access-control-request-headers') ?? '',
        'access-control-max-age': MAX_AGE,
        vary: 'Origin, Access-Control-Request-Headers',
      },
    })
  }
  await next()
  c.res.headers.append('vary', 'Origin')
  if (origin === undefined) return undefined
  c.res.headers.set('access-control-allow-origin', origin)
  c.res.headers.set('access-control-expose-headers', '*')
  return undefined
}
