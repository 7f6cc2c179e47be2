import { checkOrg } from '../../shared/check-org.ts'
import { maskOrg, unmaskOrg } from '../../shared/org-secrets.ts'
import { ownRecord } from '../../shared/org-tree.ts'
import { fail, ok, type Result } from '../../shared/problem.ts'
import type { Org } from '../../shared/schema/org.ts'
import type { OrgRecords, Rates, StorageKeys } from '../ports.ts'
import { isAllowedOrigin, type Call } from './admit.ts'
import { readCredentials } from './credentials.ts'
import type { Identify } from './identify.ts'
import { planOrg } from './plan-org.ts'

/** What a token's `scope` must hold. */
export const ADMIN_SCOPE = 'org:admin'

/** The record as its admins see it, no secret in clear; `revision` says on which state it is. */
export type OrgView = { org: Org; revision: number }

/** Whose admin it is: pseudonyms, and the org's id. */
export type AdminIdentity = StorageKeys & { orgId: string }

export type Admin = {
  /**
   * Whose admin asks; of any org where `org` is left out. Errors: those of a token, `forbidden` without the
   * scope or for another org, `origin_not_allowed`, `rate_limited`.
   */
  admit(request: Request, asked: { org?: string; call: Call }): Promise<Result<AdminIdentity>>
  /** Errors: `storage_unavailable`. */
  read(id: string): Promise<Result<OrgView>>
  /**
   * Errors: `bad_request` with the field, `forbidden` for what the deployment's operator sets,
   * `revision_missing`, `revision_conflict`, `storage_unavailable` (then the same change may be sent again).
   */
  write(id: string, change: { json: unknown; expected: Expected }): Promise<Result<OrgView>>
}

/** The revision that is to be changed; `any` overwrites whatever is there. */
export type Expected = number | 'any' | undefined

export type AdminDeps = {
  identify: Identify
  rates: Rates
  records: OrgRecords
  development: boolean
}

/** Set by whoever runs the deployment, with the command: they cost its owner, or open its doors. */
const operated = [
  'tokensPerDay',
  'sourceHosts',
  'sourceBindings',
] as const satisfies readonly (keyof Org)[]
/** What an org's own admins may not change. A parent they may name where there is none: from then on it limits them. */
const heldOf = (stored: Org | undefined): readonly (keyof Org)[] =>
  stored?.parent === undefined ? operated : [...operated, 'parent']
/** How often a change is merged again because a record beside it has changed meanwhile. */
const ATTEMPTS = 3

export function createAdmin({ identify, rates, records, development }: AdminDeps): Admin {
  async function attempt(given: Org, expected: Expected): Promise<Result<OrgView> | 'again'> {
    const before = await records.read(given.id)
    const stored = before && ownRecord(before)
    const whole = unmaskOrg(given, stored)
    if (!whole.ok) return whole
    const refused = heldOf(stored).find((field) => !isSame(whole.value[field], stored?.[field]))
    if (refused)
      return fail('forbidden', { field: refused, expected: 'no change: the operator sets it' })

    const current = stored?.revision ?? 0
    const wanted = expected === 'any' ? current : (expected ?? given.revision)
    if (wanted === undefined && stored) {
      return fail('revision_missing', { field: 'If-Match', expected: `the ETag of what was read` })
    }
    const changed = { ...whole.value, revision: current }
    // Sent again after a failure: what was written stays, and what follows from it is written once more.
    const isRepeat = isSame(changed, stored) && wanted === current - 1
    if (!isRepeat && (wanted ?? 0) !== current) {
      return fail('revision_conflict', { field: 'If-Match', expected: `"${current}"` })
    }
    const own = { ...changed, revision: isRepeat ? current : current + 1 }
    const planned = await planOrg(own, { before, read: (id) => records.read(id) })
    if (!planned.ok) return planned
    for (const { record, expected: revision } of planned.value) {
      if (!(await records.write(record, revision))) return 'again'
    }
    return ok(viewOf(own))
  }

  return {
    async admit(request, { org, call }) {
      const credentials = readCredentials(request.headers)
      if (!credentials.ok) return credentials
      const identity = await identify(credentials.value.token, { evenDisabled: true })
      if (!identity.ok) return identity
      const { scopes, keys } = identity.value
      call.subject = keys.userKey
      call.org = keys.orgKey
      if (!scopes.includes(ADMIN_SCOPE)) {
        return fail('forbidden', { field: 'scope', expected: ADMIN_SCOPE })
      }
      if (org !== undefined && identity.value.org.id !== org) {
        return fail('forbidden', { field: 'org', expected: 'the org of the token' })
      }
      if (!isAllowedOrigin(request, identity.value.org.origins)) {
        return fail('origin_not_allowed', { field: 'Origin' })
      }
      const retryAfter = rates.refusedFor(keys, call.waitUntil)
      if (retryAfter > 0) return fail('rate_limited', { retryAfter })
      return ok({ ...keys, orgId: identity.value.org.id })
    },

    async read(id) {
      try {
        const stored = await records.read(id)
        return ok(viewOf(stored ? ownRecord(stored) : { v: 1, id, keys: [] }))
      } catch {
        return fail('storage_unavailable', { retryAfter: 1 })
      }
    },

    async write(id, { json, expected }) {
      const given = checkOrg(json, { development })
      if (!given.ok) return given
      if (given.value.id !== id) return fail('bad_request', { field: 'id', expected: id })
      try {
        for (let i = 0; i < ATTEMPTS; i++) {
          const written = await attempt(given.value, expected)
          if (written !== 'again') return written
        }
        return fail('storage_unavailable', { retryAfter: 1 })
      } catch {
        return fail('storage_unavailable', { retryAfter: 1 })
      }
    },
  }
}

const viewOf = (own: Org): OrgView => ({ org: maskOrg(own), revision: own.revision ?? 0 })

const isSame = (a: unknown, b: unknown): boolean => canonical(a) === canonical(b)

/** JSON with its members in one order. */
const canonical = (value: unknown): string =>
  JSON.stringify(value, (_, inner: unknown) =>
    typeof inner === 'object' && inner !== null && !Array.isArray(inner)
      ? Object.fromEntries(Object.entries(inner).toSorted(([a], [b]) => (a < b ? -1 : 1)))
      : inner,
  ) ?? ''
