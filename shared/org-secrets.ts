import { fail, ok, type Result } from './problem.ts'
import type { Org } from './schema/org.ts'

/** Stands for a secret that is stored and not shown. Sent back as it is, the stored one stays. */
export const MASK = '(a secret that is stored and not shown)'

/** A record as it may be shown: no secret of a key or of a source in clear. */
export function maskOrg(org: Org): Org {
  return {
    ...org,
    keys: org.keys.map((key) => (key.alg === 'HS256' ? { ...key, secret: MASK } : key)),
    ...(org.sources
      ? { sources: org.sources.map((s) => (s.token === undefined ? s : { ...s, token: MASK })) }
      : {}),
  }
}

/**
 * The record with the stored secrets in place of the masks. Errors: `bad_request` where nothing is stored
 * under that key id or source name. A source that now stands at another address needs its token again: a
 * stored one is never sent to a new place.
 */
export function unmaskOrg(given: Org, stored: Org | undefined): Result<Org> {
  const keys: Org['keys'] = []
  for (const [i, key] of given.keys.entries()) {
    if (key.alg !== 'HS256' || key.secret !== MASK) {
      keys.push(key)
      continue
    }
    const known = stored?.keys.find(({ kid, alg }) => kid === key.kid && alg === 'HS256')
    if (!known) return missing(`keys[${i}].secret`)
    keys.push(known)
  }
  if (!given.sources) return ok({ ...given, keys })
  const sources: NonNullable<Org['sources']> = []
  for (const [i, source] of given.sources.entries()) {
    const known = stored?.sources?.find(
      ({ name, url, binding }) =>
        name === source.name && url === source.url && binding === source.binding,
    )
    if (source.token === MASK && known?.token === undefined) return missing(`sources[${i}].token`)
    sources.push(source.token === MASK ? { ...source, token: known?.token } : source)
  }
  return ok({ ...given, keys, sources })
}

const missing = (field: string) =>
  fail('bad_request', { field, expected: 'the secret itself: none is stored for this' })
