import { fail, ok, type Result } from '../../shared/problem.ts'
import type { Rates, WaitUntil } from '../ports.ts'
import { readCredentials } from './credentials.ts'
import type { Identify, Identity } from './identify.ts'

/** One request as the flows know it. `subject` and `org` (pseudonyms) are filled in with a verified token. */
export type Call = {
  id: string
  waitUntil: WaitUntil
  subject: string | undefined
  org: string | undefined
}

export type Admitted = Identity & { providerKey: string | undefined; orgMs: number }
export type Admit = (request: Request, call: Call) => Promise<Result<Admitted>>

/**
 * Lets a request in: token, org, origin, rate. Errors: those of `readCredentials` and `Identify`,
 * `origin_not_allowed`, `rate_limited`.
 */
export function createAdmit(deps: {
  identify: Identify
  rates: Rates
  clock: () => number
}): Admit {
  return async function admit(request, call) {
    const credentials = readCredentials(request.headers)
    if (!credentials.ok) return credentials
    const started = deps.clock()
    const { token, providerKey } = credentials.value
    const identity = await deps.identify(token)
    if (!identity.ok) return identity
    const orgMs = deps.clock() - started
    const { org, user, keys, scopes } = identity.value
    call.subject = keys.userKey
    call.org = keys.orgKey
    if (!isAllowedOrigin(request, org.origins)) {
      return fail('origin_not_allowed', { field: 'Origin' })
    }
    const retryAfter = deps.rates.refusedFor(keys, call.waitUntil)
    if (retryAfter > 0) return fail('rate_limited', { retryAfter })
    return ok({ org, user, keys, scopes, providerKey, orgMs })
  }
}

/** Pages say where they come from; servers do not. Pages that this Worker serves itself may always call. */
export function isAllowedOrigin(request: Request, allowed: string[] | undefined): boolean {
  if (!allowed) return true
  const origin = request.headers.get('origin')
  if (origin === null || allowed.includes(origin)) return true
  return origin === new URL(request.url).origin
}
