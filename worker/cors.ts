/** Seconds for which a browser may remember a preflight: the most that Chrome keeps. */
const MAX_AGE = '7200'

/*
 * Pages of any origin may ask: a preflight carries no token, so the org and the origins it allows are not
 * known yet; they are checked with the token. Never with cookies.
 */

/** The answer to a preflight. Requested headers are granted as asked: SDKs send more than a list could keep up with. */
export function answerPreflight({ method, headers }: Request): Response | undefined {
  if (method !== 'OPTIONS') return undefined
  const origin = headers.get('origin')
  if (origin === null || !headers.has('access-control-request-method')) return undefined
  return new Response(null, {
    status: 204,
    headers: {
      'access-control-allow-origin': origin,
      'access-control-allow-methods': 'GET, HEAD, POST, PUT, PATCH, DELETE',
      'access-control-allow-headers': headers.get('access-control-request-headers') ?? '',
      'access-control-max-age': MAX_AGE,
      vary: 'Origin, Access-Control-Request-Headers',
    },
  })
}

/** Lets the page that asked read the answer. To a server, what answers a POST goes as it is: nothing caches it. */
export function makeReadable(response: Response, { method, headers: asked }: Request): Response {
  const origin = asked.get('origin')
  if (origin === null && method === 'POST') return response
  const { headers } = response
  headers.append('vary', 'Origin')
  if (origin === null) return response
  headers.set('access-control-allow-origin', origin)
  headers.set('access-control-expose-headers', '*')
  return response
}
