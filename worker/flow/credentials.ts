import { headers as names } from '../../shared/headers.ts'
import { fail, ok, type Result } from '../../shared/problem.ts'

/** The app token of a request, and the provider key where the caller brought one of their own. */
export type Credentials = { token: string; providerKey?: string }

/**
 * Reads them from the headers. The app token stands in `Authorization` or `x-api-key`; a server that
 * brings its own provider key sends that in `Authorization` and the app token in `Edgewise-Token`.
 * Errors: `token_missing`, `token_invalid`, `provider_key_in_browser`.
 */
export function readCredentials(headers: Headers): Result<Credentials> {
  const bearer = bearerOf(headers.get('authorization') ?? '')
  const own = headers.get(names.token)?.trim()
  const sent = bearer ?? headers.get('x-api-key')?.trim()
  // Pages carry an Origin; a provider key there can be read by everybody who opens the page.
  if (sent && isProviderKey(sent) && headers.has('origin')) return fail('provider_key_in_browser')
  if (own) return ok(sent && sent !== own ? { token: own, providerKey: sent } : { token: own })
  if (!sent)
    return fail('token_missing', { field: 'Authorization', expected: 'Bearer <app token>' })
  if (isProviderKey(sent)) {
    return fail('token_invalid', {
      field: names.token,
      expected: 'the app token here, when Authorization holds a provider key',
    })
  }
  return ok({ token: sent })
}

/** The header's value comes without white space at its ends. */
function bearerOf(value: string): string | undefined {
  if (value.slice(0, 7).toLowerCase() !== 'bearer ') return undefined
  const token = value.slice(7).trimStart()
  return token === '' || token.includes(' ') ? undefined : token
}

const isProviderKey = (value: string): boolean => /^sk[-_]/.test(value)
