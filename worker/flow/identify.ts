import { boundedCache } from '../bounded-cache.ts'
import { withDeadline } from '../deadline.ts'
import { limits } from '../../shared/limits.ts'
import { fail, ok, type Result } from '../../shared/problem.ts'
import type { Org, OrgKey } from '../../shared/schema/org.ts'
import type { Clock, Orgs, StorageKeys, Tokens } from '../ports.ts'

/** Who asks, as their token proves it. `org` is the tenant's record, 30 s old at most while KV answers. */
export type Identity = { org: Org; user: string; keys: StorageKeys; scopes: readonly string[] }
/** `evenDisabled`: for whoever may switch the org on again. */
export type Identify = (
  token: string,
  options?: { evenDisabled?: boolean },
) => Promise<Result<Identity>>

/** The claimed org of a token that is not verified yet: it picks a record, and proves nothing. */
export type ClaimedOrg = (token: string) => string | undefined

type Options = {
  orgs: Orgs
  tokens: Tokens
  storageKeys: (org: string, user: string) => Promise<StorageKeys>
  claimedOrg: ClaimedOrg
  clock: Clock
  /** In development the org `demo` exists, and this key signs for it. */
  developmentKey?: OrgKey
}

/** Longest token that is looked at, characters. */
const LONGEST = 4096
const DEMO = 'demo'
const AUDIENCE = 'edgewise'
/** Milliseconds for which an isolate remembers org records and verified tokens. */
const ORG_LIFE = 30_000
const TOKEN_LIFE = 60_000
/** Milliseconds for which the record that was read last stands in for one that KV does not give. */
const ORG_STALE = 5 * 60_000
/** Milliseconds that the first read of a record may take: without it nobody can be let in. */
const FIRST_READ = 3000

type Verified = { identity: Identity; expires: number }

/**
 * Verifies app tokens. Errors: `token_invalid` (the same for an unknown org as for a wrong signature, so
 * that tenants cannot be probed), `token_expired`, `org_disabled`, `no_keys_configured` where this
 * deployment has no org at all, `storage_unavailable`.
 */
export function createIdentify(options: Options): Identify {
  const { tokens, storageKeys, claimedOrg, clock } = options
  const readOrg = createOrgReader(options)
  const verified = boundedCache<Verified>({ max: 1000, ttl: TOKEN_LIFE, clock })

  return async function identify(token, { evenDisabled = false } = {}) {
    const now = clock()
    const known = verified.get(token, now)
    if (known && known.expires > now && readOrg.isCurrent(known.identity.org, now)) {
      return ok(known.identity)
    }
    const claimed = token.length > LONGEST ? undefined : claimedOrg(token)
    if (claimed === undefined) {
      const expected = `a signed JWT with the claim org, of at most ${LONGEST} characters`
      return fail('token_invalid', { expected })
    }
    const found = await readOrg.load(claimed)
    if (!found.ok) return found
    const org = found.value
    const proof = await tokens.verify(token, { keys: org.keys, audience: org.audience ?? AUDIENCE })
    if (!proof.ok) return proof
    if (org.disabled && !evenDisabled) return fail('org_disabled')
    const { user, expires, scopes = [] } = proof.value
    const identity = { org, user, keys: await storageKeys(org.id, user), scopes }
    if (!org.disabled) verified.set(token, { identity, expires })
    return ok(identity)
  }
}

type OrgReader = {
  load(id: string): Promise<Result<Org>>
  /** A record that was read anew is another object: then keys may have changed, and all is verified again. */
  isCurrent(org: Org, now: number): boolean
}

/**
 * Org records by id, remembered for 30 s, and for five minutes where KV fails or takes longer than 100 ms: a
 * KV that is away for a moment stops nobody. An org that does not exist has no keys, so no token fits it.
 */
function createOrgReader({ orgs, clock, developmentKey }: Options): OrgReader {
  const records = boundedCache<Org>({ max: 1000, ttl: ORG_LIFE, clock })
  // Apart from the records: made-up names must not push out real ones.
  const unknown = boundedCache<Result<Org>>({ max: 1000, ttl: ORG_LIFE, clock })

  const last = boundedCache<Org>({ max: 1000, ttl: ORG_STALE, clock })
  /** Once it is known it is not asked again: made-up names cost one read each, and no listing. */
  let hasOrgs = developmentKey !== undefined
  const unavailable = fail('storage_unavailable', { retryAfter: 1 })

  async function load(id: string): Promise<Result<Org>> {
    const known = records.get(id)
    if (known) return ok(known)
    const failed = unknown.get(id)
    if (failed) return failed
    const older = last.get(id)
    const read = await withDeadline(readNow(id), older ? limits.edgeDeadline : FIRST_READ)
    if (read !== 'late' && (read.ok || !older)) return read
    if (!older) return unavailable
    records.set(id, older)
    return ok(older)
  }

  async function readNow(id: string): Promise<Result<Org>> {
    try {
      const org = withDevelopmentKey(await orgs.load(id), id)
      if (org) {
        hasOrgs = true
        records.set(id, org)
        last.set(id, org)
        return ok(org)
      }
      if (!hasOrgs) hasOrgs = await orgs.any()
      const none: Result<Org> = hasOrgs
        ? ok({ v: 1, id, keys: [] } satisfies Org)
        : fail('no_keys_configured')
      unknown.set(id, none)
      if (none.ok && last.get(id)) last.set(id, none.value)
      return none
    } catch {
      return unavailable
    }
  }

  return { load, isCurrent: (org, now) => records.get(org.id, now) === org }

  function withDevelopmentKey(org: Org | undefined, id: string): Org | undefined {
    if (!developmentKey || id !== DEMO) return org
    const base: Org = org ?? { v: 1, id, name: 'Demo', keys: [] }
    return { ...base, keys: [...base.keys, developmentKey] }
  }
}
