import { wrongExperiment } from './experiment/check.ts'
import { limits } from './limits.ts'
import { fail, ok, type Result } from './problem.ts'
import { policyText } from './resolve/policy.ts'
import { pathOf, schemaProblem } from './schema-problem.ts'
import { cohorts } from './schema/cohort.ts'
import { Org } from './schema/org.ts'
import { isAllowedSource, isSourceUrl } from './source-url.ts'
import { estimateTokens } from './tokens.ts'
import { findVolatile } from './volatile.ts'

/** Terms of an org: how many, and characters of one and of what it means. */
const TERMS = 500
const TERM = 64
const MEANING = 300

/**
 * A record that somebody wants to write. Errors: `bad_request` with the field and what was expected there,
 * also for a field that does not exist, since a misspelt limit limits nothing.
 */
export function checkOrg(json: unknown, { development }: { development: boolean }): Result<Org> {
  const read = Org.safeParse(json)
  if (!read.success) return schemaProblem(read.error.issues)
  const org = read.data
  const stray = strayField(json, org)
  if (stray) return fail('bad_request', { field: stray, expected: 'no such field' })
  const wrong =
    wrongKey(org) ??
    wrongText(org) ??
    wrongTerm(org) ??
    wrongOrigin(org) ??
    wrongSource(org, development) ??
    wrongTemplate(org) ??
    wrongExperiment(org)
  return wrong ? fail('bad_request', wrong) : ok(org)
}

type Wrong = { field: string; expected: string } | undefined

/** What a schema has passed over in silence. */
function strayField(given: unknown, read: unknown, path: PropertyKey[] = []): string | undefined {
  if (typeof given !== 'object' || given === null) return undefined
  if (typeof read !== 'object' || read === null) return undefined
  const known = new Map(Object.entries(read))
  for (const [key, value] of Object.entries(given)) {
    const at = [...path, Array.isArray(given) ? Number(key) : key]
    if (!known.has(key)) return pathOf(at)
    const inner = strayField(value, known.get(key), at)
    if (inner !== undefined) return inner
  }
  return undefined
}

const repeated = (items: readonly string[]): number =>
  items.findIndex((item, i) => items.indexOf(item) < i)

function wrongKey({ keys }: Org): Wrong {
  const twice = repeated(keys.map(({ kid }) => kid))
  if (twice >= 0) return { field: `keys[${twice}].kid`, expected: 'each key id once' }
  const i = keys.findIndex((k) => k.alg === 'EdDSA' && !/^[\w-]{43}$/.test(k.jwk.x))
  return i < 0 ? undefined : { field: `keys[${i}].jwk.x`, expected: '32 bytes as base64url' }
}

function wrongText(org: Org): Wrong {
  const rules = policyText({ v: 1, id: org.id, keys: [], compliance: org.compliance ?? [] }, {})
  const expected = `at most ${limits.policyTokens} tokens in all texts`
  if (estimateTokens(rules) > limits.policyTokens) return { field: 'compliance', expected }
  const texts = [rules, org.systemPrompt ?? '', `Tone: ${org.tone ?? ''}`].join('\n\n')
  return estimateTokens(texts) > limits.policyTokens
    ? { field: 'systemPrompt', expected }
    : undefined
}

function wrongTerm({ terminology = {} }: Org): Wrong {
  const terms = Object.entries(terminology)
  if (terms.length > TERMS) return { field: 'terminology', expected: `at most ${TERMS} terms` }
  const long = terms.find(
    ([term, meaning]) => term.trim() === '' || term.length > TERM || meaning.length > MEANING,
  )
  if (!long) return undefined
  const expected = `a term of 1 to ${TERM} characters, a meaning of at most ${MEANING}`
  return { field: `terminology.${long[0].slice(0, TERM)}`, expected }
}

function wrongTemplate({ cohorts: own }: Org): Wrong {
  for (const cohort of cohorts) {
    const volatile = findVolatile(own?.templates?.[cohort] ?? '')
    if (!volatile) continue
    const expected = `the same text for all and every day, without ${volatile.what}: ${volatile.piece}`
    return { field: `cohorts.templates.${cohort}`, expected }
  }
  return undefined
}

/** As browsers write an origin, who leave out the usual port: any other would match no page. */
const browserOrigin =
  /^(?:https:(?!.*:443$)|http:(?!.*:80$))\/\/(?:[a-z0-9._-]+|\[[0-9a-f:]+\])(?::\d{1,5})?$/
/** Of apps in a web view, and of extensions. */
const appOrigin =
  /^(?:capacitor|ionic|tauri|app|(?:chrome|moz|safari-web)-extension):\/\/[A-Za-z0-9._-]+$/

function wrongOrigin({ origins = [] }: Org): Wrong {
  const i = origins.findIndex((origin) => !browserOrigin.test(origin) && !appOrigin.test(origin))
  if (i < 0) return undefined
  const expected = 'https://host in small letters, without a path, a * or the usual port'
  return { field: `origins[${i}]`, expected }
}

function wrongSource(org: Org, development: boolean): Wrong {
  const { sources = [] } = org
  const twice = repeated(sources.map(({ name }) => name))
  if (twice >= 0) return { field: `sources[${twice}].name`, expected: 'each name once' }
  const unsafe = sources.findIndex(
    ({ url }) => url !== undefined && !isSourceUrl(url, { development }),
  )
  if (unsafe >= 0) {
    return { field: `sources[${unsafe}].url`, expected: 'an https address with the name of a host' }
  }
  const stranger = sources.findIndex((source) => !isAllowedSource(source, org))
  if (stranger < 0) return undefined
  return sources[stranger]?.binding === undefined
    ? { field: `sources[${stranger}].url`, expected: 'a host of sourceHosts' }
    : { field: `sources[${stranger}].binding`, expected: 'a name of sourceBindings' }
}
