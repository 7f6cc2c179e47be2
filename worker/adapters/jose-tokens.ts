import { errors, importJWK, jwtVerify } from 'jose'
import { fail, ok, type Result } from '../../shared/problem.ts'
import type { OrgKey } from '../../shared/schema/org.ts'
import type { Clock, Tokens } from '../ports.ts'

/** Seconds by which the clocks of signer and edge may differ. */
const TOLERANCE = 5

/** App tokens are JWTs, verified by jose with the algorithm that the org's key names. */
export function joseTokens(clock: Clock): Tokens {
  // By identity: an org record that is read anew brings new keys, and the old ones are collected.
  const imported = new WeakMap<OrgKey, CryptoKey>()

  async function keyOf(key: OrgKey): Promise<CryptoKey> {
    const known = imported.get(key)
    if (known) return known
    const made = await importKey(key)
    imported.set(key, made)
    return made
  }

  return {
    async verify(token, { keys, audience }) {
      const key = pickKey(keys, readKid(token))
      if (!key) return invalid('signature', 'a signature by a key of its organisation')
      try {
        const { payload } = await jwtVerify(token, await keyOf(key), {
          algorithms: [key.alg],
          audience,
          requiredClaims: ['exp', 'sub', 'aud'],
          clockTolerance: TOLERANCE,
          currentDate: dateOf(clock()),
        })
        const { sub = '', exp = 0 } = payload
        if (sub === '' || sub.length > 256) return invalid('sub', '1 to 256 characters')
        return ok({ user: sub, expires: exp * 1000, scopes: scopesOf(payload['scope']) })
      } catch (cause) {
        return problemOf(cause)
      }
    },
  }
}

/** The key that the token names, or the only one of the app's own (the Worker's tokens name theirs). */
function pickKey(keys: OrgKey[], kid: string | undefined): OrgKey | undefined {
  if (kid !== undefined) return keys.find((key) => key.kid === kid)
  const [only, ...others] = keys.filter((key) => !key.kid.startsWith('device-'))
  return others.length === 0 ? only : undefined
}

/** A list of words, as OAuth writes it (RFC 8693). */
const scopesOf = (scope: unknown): string[] =>
  typeof scope === 'string' ? scope.split(' ').filter((word) => word !== '') : []

function readKid(token: string): string | undefined {
  try {
    const head: unknown = JSON.parse(atob(fromUrl(token.slice(0, token.indexOf('.')))))
    const kid = typeof head === 'object' && head !== null && 'kid' in head ? head.kid : undefined
    // A key id that is no text fits no key.
    return kid === undefined || typeof kid === 'string' ? kid : ''
  } catch {
    return undefined
  }
}

/**
 * The org that a token claims to be of: it picks the record to verify with, and proves nothing.
 * `undefined` for what is no token at all.
 */
export function claimedOrg(token: string): string | undefined {
  const [, payload, signature, ...rest] = token.split('.')
  if (!payload || signature === undefined || rest.length > 0) return undefined
  try {
    const bytes = Uint8Array.from(atob(fromUrl(payload)), (c) => c.charCodeAt(0))
    const claims: unknown = JSON.parse(new TextDecoder().decode(bytes))
    const org = typeof claims === 'object' && claims !== null && 'org' in claims ? claims.org : ''
    return typeof org === 'string' && org !== '' && org.length <= 128 ? org : undefined
  } catch {
    return undefined
  }
}

// oxlint-disable-next-line no-restricted-globals -- jose takes the time as a Date
const dateOf = (time: number) => new Date(time)

const fromUrl = (text: string) => text.replaceAll('-', '+').replaceAll('_', '/')

async function importKey(key: OrgKey): Promise<CryptoKey> {
  if (key.alg === 'HS256') {
    const bytes = new TextEncoder().encode(key.secret)
    return crypto.subtle.importKey('raw', bytes, { name: 'HMAC', hash: 'SHA-256' }, false, [
      'verify',
    ])
  }
  const made = await importJWK(key.jwk, key.alg)
  if (made instanceof Uint8Array) throw new Error('an EdDSA key is never symmetric')
  return made
}

function problemOf(cause: unknown): Result<never> {
  if (cause instanceof errors.JWTExpired) return fail('token_expired', { field: 'exp' })
  if (cause instanceof errors.JWTClaimValidationFailed) {
    return invalid(
      cause.claim,
      cause.claim === 'aud' ? 'the audience of the organisation' : 'a valid claim',
    )
  }
  // One answer for a wrong key, a wrong algorithm and an org that does not exist: none can be probed.
  if (cause instanceof errors.JOSEError) {
    return invalid('signature', 'a signature by a key of its organisation')
  }
  throw cause
}

const invalid = (field: string, expected: string) => fail('token_invalid', { field, expected })
