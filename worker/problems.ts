import { problems, type Problem } from '../shared/problem.ts'
import type { Deps } from './deps.ts'
import type { Call } from './flow/admit.ts'

/** How a problem is written so that the caller's SDK shows it. */
type Dialect = 'own' | 'openai' | 'anthropic'

/** Where a model is asked, under whatever base address an SDK was given: some of theirs end in `/v1`. */
const asked = /\/(?:chat\/completions|responses|messages(?:\/count_tokens)?)(?=\/|$)/

export function dialectOf(path: string): Dialect {
  if (/^\/v1\/models(\/|$)/.test(path)) return 'openai'
  const [route] = asked.exec(path) ?? []
  if (route === undefined) return 'own'
  return route.startsWith('/messages') ? 'anthropic' : 'openai'
}

/** A path that is none: where it ends in a known one, the caller's base address is wrong. */
export function nowhere(path: string): Problem {
  const [route] = asked.exec(path) ?? []
  const isBase = route !== undefined && path !== `/v1${route}`
  return isBase
    ? { code: 'not_found', expected: `/v1${route}: look at the base address` }
    : { code: 'not_found' }
}

/** These may pass by themselves, so an SDK may try again; for all others it is told not to. */
const transient: readonly Problem['code'][] = [
  'rate_limited',
  'provider_unreachable',
  'storage_unavailable',
  'internal',
]

/** The one place where a problem becomes a response, and is written down without anything personal. */
export function renderProblem(
  problem: Problem,
  path: string,
  { deps, call }: { deps: Pick<Deps, 'log'>; call: Call },
): Response {
  const { code, retryAfter } = problem
  const { status } = problems[code]
  deps.log({ code, request: call.id, ...(call.subject ? { subject: call.subject } : {}) })
  const dialect = dialectOf(path)
  const headers = new Headers({
    'content-type': dialect === 'own' ? 'application/problem+json' : 'application/json',
    'cache-control': 'no-store',
    'x-request-id': call.id,
  })
  if (!transient.includes(code)) headers.set('x-should-retry', 'false')
  if (retryAfter !== undefined) headers.set('retry-after', String(retryAfter))
  return new Response(JSON.stringify(bodies[dialect](problem, call.id)), { status, headers })
}

const bodies: Record<Dialect, (problem: Problem, requestId: string) => unknown> = {
  own: ({ code, detail, field, expected }, requestId) => {
    const { status, title } = problems[code]
    return {
      type: `urn:edgewise:problem:${code}`,
      title,
      status,
      code,
      detail,
      field,
      expected,
      requestId,
    }
  },
  openai: (problem) => ({
    error: {
      message: messageOf(problem),
      type: typeOf(problems[problem.code].status),
      code: problem.code,
      param: problem.field ?? null,
    },
  }),
  anthropic: (problem, requestId) => ({
    type: 'error',
    error: { type: typeOf(problems[problem.code].status), message: messageOf(problem) },
    request_id: requestId,
  }),
}

function messageOf({ code, detail, field, expected }: Problem): string {
  const where = field === undefined ? '' : ` (${field})`
  const what = expected === undefined ? '' : ` Expected: ${expected}.`
  return `Edgewise: ${problems[code].title}${where}.${detail === undefined ? '' : ` ${detail}`}${what}`
}

function typeOf(status: number): string {
  if (status === 401) return 'authentication_error'
  if (status === 402 || status === 403) return 'permission_error'
  if (status === 404) return 'not_found_error'
  if (status === 429) return 'rate_limit_error'
  return status < 500 ? 'invalid_request_error' : 'api_error'
}
