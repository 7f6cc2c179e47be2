import { fail, ok, type Result } from '../shared/problem.ts'
import { isObject } from '../shared/is-object.ts'
import type { Credentials, Fetch } from './types.ts'

/** An app token. `who` tells users apart (from the token's own words; the edge verifies them). */
export type AppToken = { value: string; who: string; expires: number }

export type Tokens = {
  /** The token in hand, or a new one shortly before it ends, or where it was `refused`. */
  get(refused?: string): Promise<Result<AppToken>>
  /** Forgets the token in hand, and goes on with other credentials if given. */
  forget(credentials?: Credentials): void
}

/** A token is replaced this long before it ends, ms. */
const EARLY = 30_000
/** The app's own route may take this long, ms. */
const PATIENCE = 10_000
/** What can stand behind `Bearer` (RFC 6750). A page to log in, where an app answers with that, is no token. */
const BEARER = /^[\w.~+/-]+=*$/

type TokensOptions = {
  fetch: Fetch
  now: () => number
  /** Hears of the app's own token, and is asked where the app has none. */
  visitor: (own: string | undefined) => Promise<string | undefined>
}

/** Where tokens come from. Calls at the same time share one fetch; a failure is not remembered. */
export function createTokens(first: Credentials, { fetch, now, visitor }: TokensOptions): Tokens {
  let credentials: Credentials = first
  let held: AppToken | undefined
  let fetching: Promise<Result<AppToken>> | undefined
  return {
    async get(refused): Promise<Result<AppToken>> {
      const usable = held && held.value !== refused && held.expires - EARLY > now()
      if (held && usable) return ok(held)
      const asked = credentials
      fetching ??= obtain(asked, { fetch, visitor }).finally(() => (fetching = undefined))
      const token = await fetching
      // Another user's meanwhile: nobody may go on with this one.
      if (asked !== credentials) return this.get()
      if (token.ok) held = token.value
      return token
    },
    forget(next) {
      held = undefined
      fetching = undefined
      // A new object even without new credentials: what is being fetched belongs to the past.
      // A fixed token cannot be another user's: it is not used again.
      credentials = next ?? (typeof credentials.token === 'string' ? {} : { ...credentials })
    },
  }
}

async function obtain(
  { token, tokenUrl }: Credentials,
  { fetch, visitor }: Omit<TokensOptions, 'now'>,
): Promise<Result<AppToken>> {
  try {
    const given = tokenUrl
      ? await fetchToken(tokenUrl, fetch)
      : typeof token === 'function'
        ? await token()
        : token
    const own = given?.trim()
    const value = await visitor(own && BEARER.test(own) ? own : undefined)
    if (value) return ok(readToken(value))
    return fail('token_missing', tokenUrl ? { detail: `${tokenUrl} gave no token` } : {})
  } catch (cause) {
    return fail('token_missing', { detail: String(cause) })
  }
}

async function fetchToken(url: string | URL, fetch: Fetch): Promise<string | undefined> {
  const response = await fetch(String(url), {
    cache: 'no-store',
    headers: { accept: 'application/json' },
    signal: AbortSignal.timeout(PATIENCE),
  })
  // An app that is down says nothing of who is logged in.
  if (response.status >= 500) throw new Error(response.statusText)
  if (!response.ok) return undefined
  const text = (await response.text()).trim()
  if (!text.startsWith('{')) return text
  const reply: unknown = JSON.parse(text)
  return isObject(reply) && typeof reply['token'] === 'string' ? reply['token'] : undefined
}

/** What a JWT says of itself, unverified; any other text counts as a user of its own that never ends. */
function readToken(value: string): AppToken {
  try {
    const part = value.split('.')[1] ?? ''
    const claims: unknown = JSON.parse(atob(part.replaceAll('-', '+').replaceAll('_', '/')))
    const { org, sub, exp } = isObject(claims) ? claims : {}
    const expires = typeof exp === 'number' ? exp * 1000 : Number.POSITIVE_INFINITY
    return { value, who: JSON.stringify([org, sub]), expires }
  } catch {
    return { value, who: value, expires: Number.POSITIVE_INFINITY }
  }
}
