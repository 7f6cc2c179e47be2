import { describe, expect, test } from 'vitest'
import { checkOrg } from '../../shared/check-org.ts'
import { MASK, maskOrg, unmaskOrg } from '../../shared/org-secrets.ts'
import { ownRecord, placeOrg, type StoredOrg } from '../../shared/org-tree.ts'
import { resolveSettings } from '../../shared/resolve.ts'
import type { Org } from '../../shared/schema/org.ts'

const secret = 'a-secret-that-nobody-may-ever-see-again'
const key = { kid: 'k1', alg: 'HS256' as const, secret }
const source = {
  name: 'crm',
  url: 'https://crm.acme.test/me',
  timeoutMs: 50,
  cacheSeconds: 60,
  categories: [],
  maxTokens: 50,
  schema: [{ name: 'plan', type: 'text' as const }],
}
const acme: Org = {
  v: 1,
  id: 'acme',
  keys: [key],
  revision: 3,
  children: ['acme-de'],
  models: ['m1', 'm2'],
  systemPrompt: 'You help travellers.',
  tone: 'warm',
  terminology: { PNR: 'a booking code', ETA: 'time of arrival' },
  compliance: ['Never promise a refund.'],
  userTokensPerDay: 1000,
  settings: { budget: 150, mode: 'balanced', blocked: ['belief'] },
  features: { search: { budget: 100 } },
  sources: [{ ...source, token: 'the-token-of-the-crm' }],
  sourceHosts: ['crm.acme.test'],
}
const germany: Org = {
  v: 1,
  id: 'acme-de',
  keys: [],
  revision: 1,
  parent: 'acme',
  models: ['m2', 'm3'],
  tone: 'förmlich',
  terminology: { ETA: 'Ankunftszeit' },
  compliance: ['Answer in German.'],
  userTokensPerDay: 5000,
  settings: { budget: 400, mode: 'generous', blocked: ['family'] },
  features: { search: { budget: 300 }, chat: { budget: 300, mode: 'cautious' } },
}
const placed = (own: Org, parent: StoredOrg | undefined): StoredOrg => {
  const result = placeOrg(own, parent)
  if (!result.ok) throw new Error(result.problem.expected)
  return result.value
}

describe('an org under another', () => {
  const whole = placed(germany, acme)

  test('keeps its own texts and terms, and has the parent’s where it has none', () => {
    expect(whole).toMatchObject({
      systemPrompt: 'You help travellers.',
      tone: 'förmlich',
      terminology: { PNR: 'a booking code', ETA: 'Ankunftszeit' },
    })
  })
  test('adds its rules to the parent’s, which stand first', () => {
    expect(resolveSettings(whole).policy).toMatch(
      /^Rules:\n- Never promise a refund\.\n- Answer in German\.\n/,
    )
  })
  test('is never wider than the parent where something is limited', () => {
    expect(whole).toMatchObject({ models: ['m2'], userTokensPerDay: 1000 })
    expect(resolveSettings(whole)).toMatchObject({
      budget: 150,
      mode: 'balanced',
      blocked: ['belief', 'family'],
    })
    expect(resolveSettings(whole, 'search').budget).toBe(100)
    expect(resolveSettings(whole, 'chat')).toMatchObject({ budget: 150, mode: 'cautious' })
  })
  test.each([
    ['refuse', 'allow', 'refuse'],
    ['allow', undefined, 'allow'],
    ['allow', 'refuse', 'refuse'],
    [undefined, 'allow', 'allow'],
  ] as const)('sends context into what providers keep as both say: %s, %s', (above, own, both) => {
    const said = (storedResponses: Org['storedResponses']) =>
      storedResponses ? { storedResponses } : {}
    const child = placed({ ...germany, ...said(own) }, { ...acme, ...said(above) })
    expect(child.storedResponses).toBe(both)
  })
  test('has the parent’s sources, and none of its keys', () => {
    expect(whole.keys).toEqual([])
    expect(resolveSettings(whole).sources.map(({ name }) => name)).toEqual(['crm'])
    expect(JSON.stringify(maskOrg(ownRecord(whole)))).not.toContain('the-token-of-the-crm')
  })
  test('is what its admins wrote, for them', () => {
    expect(ownRecord(whole)).toEqual(germany)
    expect(ownRecord(acme)).toEqual(acme)
  })
  test('is switched off with its parent', () => {
    expect(placed(germany, { ...acme, disabled: true }).disabled).toBe(true)
  })
  test('stands at most on the third level, below one that names it, in no circle', () => {
    const city = { ...germany, id: 'acme-hh', parent: 'acme-de', children: ['acme-hh-1'] }
    const shop = { ...germany, id: 'acme-hh-1', parent: 'acme-hh' }
    const land = placed({ ...germany, children: ['acme-hh'] }, acme)
    const third = placed(city, land)
    expect(third.ancestors).toEqual(['acme-de', 'acme'])
    expect(resolveSettings(third).policy).toContain('Never promise a refund.')
    const problem = (result: ReturnType<typeof placeOrg>) => !result.ok && result.problem.expected
    expect(problem(placeOrg(shop, third))).toBe('at most 3 levels')
    expect(problem(placeOrg({ ...germany, id: 'stranger' }, acme))).toMatch(/names this one/)
    expect(problem(placeOrg(germany, undefined))).toMatch(/names this one/)
    const circle = { ...acme, parent: 'acme-de' }
    expect(problem(placeOrg(circle, { ...land, children: ['acme'] }))).toBe('no circle')
  })
})

describe('secrets of a record', () => {
  test('are never shown, and come back where the mask is sent', () => {
    const shown = maskOrg(acme)
    expect(JSON.stringify(shown)).not.toMatch(/nobody-may|token-of-the/)
    expect(unmaskOrg(shown, acme)).toEqual({ ok: true, value: acme })
    const changed = {
      ...shown,
      keys: [{ ...key, secret: 'another-secret-of-32-characters-or-more' }],
    }
    expect(unmaskOrg(changed, acme)).toMatchObject({
      value: { keys: changed.keys, sources: acme.sources },
    })
  })
  test.each<[string, Partial<Org>, string]>([
    ['a key that is not stored', { keys: [{ ...key, kid: 'k2', secret: MASK }] }, 'keys[0].secret'],
    [
      'a source that is not stored',
      { sources: [{ ...source, name: 'x', token: MASK }] },
      'sources[0].token',
    ],
    [
      'a source that has moved: its token is not sent to a new address',
      { sources: [{ ...source, url: 'https://crm.acme.test/other', token: MASK }] },
      'sources[0].token',
    ],
  ])('a mask for %s is refused', (_, change, field) => {
    expect(unmaskOrg({ ...maskOrg(acme), ...change }, acme)).toMatchObject({ problem: { field } })
  })
})

describe('a record that somebody wants to write', () => {
  const check = (change: object, development = false) =>
    checkOrg({ ...acme, ...change }, { development })

  test('is taken as it is where nothing is wrong', () => {
    expect(check({})).toEqual({ ok: true, value: acme })
  })
  test.each<[object, string, RegExp]>([
    [{ v: 2 }, 'v', /one of 1/],
    [{ id: '' }, 'id', /at least 1/],
    [{ keys: [{ kid: 'k', alg: 'HS256', secret: 'short' }] }, 'keys[0].secret', /at least 32/],
    [{ keys: [{ kid: 'k', alg: 'none' }] }, 'keys[0].alg', /one of HS256, EdDSA/],
    [{ keys: [key, key] }, 'keys[1].kid', /once/],
    [
      { keys: [{ kid: 'k', alg: 'EdDSA', jwk: { kty: 'OKP', crv: 'Ed25519', x: '?' } }] },
      'keys[0].jwk.x',
      /base64url/,
    ],
    [{ settings: { mode: 'reckless' } }, 'settings.mode', /one of cautious, balanced, generous/],
    [{ settings: { blokced: ['health'] } }, 'settings.blokced', /no such field/],
    [{ setings: {} }, 'setings', /no such field/],
    [
      { features: { search: { blocked: ['mood'] } } },
      'features.search.blocked[0]',
      /one of belief/,
    ],
    [{ features: { 'a b': {} } }, 'features.a b', /letters, digits/],
    [
      { compliance: [{ text: 'x', style: { length: 'endless' } }] },
      'compliance[0].style.length',
      /brief, thorough/,
    ],
    [
      { compliance: ['x'.repeat(2000), 'y'.repeat(2000), 'z'.repeat(2000), 'w'.repeat(2000)] },
      'compliance',
      /1500 tokens/,
    ],
    [{ systemPrompt: 'word '.repeat(2000) }, 'systemPrompt', /1500 tokens/],
    [{ terminology: { PNR: 'x'.repeat(301) } }, 'terminology.PNR', /at most 300/],
    [{ priorities: { session: 100 } }, 'priorities.session', /at most 99/],
    [{ priorities: { compliance: 1 } }, 'priorities.compliance', /no such field/],
    ...[
      'https://app.test/',
      'https://App.test',
      'https://*.app.test',
      'https://app.test:443',
      'null',
      'htps://app.test',
      'app://shop/page',
    ].map((origin): [object, string, RegExp] => [
      { origins: ['https://app.test', origin] },
      'origins[1]',
      /small letters, without a path/,
    ]),
    [{ origins: ['http://app.test:80'] }, 'origins[0]', /usual port/],
    [{ origins: ['https://bücher.test'] }, 'origins[0]', /small letters/],
    [{ sources: [{ ...source, timeoutMs: 81 }] }, 'sources[0].timeoutMs', /at most 80/],
    [{ sources: [source, source] }, 'sources[1].name', /once/],
    [{ sources: [{ ...source, url: 'http://crm.acme.test/' }] }, 'sources[0].url', /https/],
    [{ sources: [{ ...source, url: 'https://10.0.0.1/' }] }, 'sources[0].url', /https/],
    [{ sources: [{ ...source, url: 'https://localhost/' }] }, 'sources[0].url', /https/],
    [
      { sources: [{ ...source, url: 'https://crm.acme.test:x@evil.test/' }] },
      'sources[0].url',
      /https/,
    ],
    [{ sources: [{ ...source, url: 'https://evil.test/' }] }, 'sources[0].url', /sourceHosts/],
    [
      { sources: [{ ...source, schema: [{ name: 'plan', type: 'html' }] }] },
      'sources[0].schema[0].type',
      /text, number/,
    ],
    [{ children: Array.from({ length: 51 }, (_, i) => `c${i}`) }, 'children', /at most 50/],
  ])('%j: the problem names the field', (change, field, expected) => {
    const result = check(change)
    expect(result).toMatchObject({ ok: false, problem: { code: 'bad_request', field } })
    if (!result.ok) expect(result.problem.expected).toMatch(expected)
  })
  test.each([
    'http://localhost:3000',
    'https://a.b:8443',
    'http://127.0.0.1:443',
    'http://[::1]:5173',
    'capacitor://localhost',
    'chrome-extension://abcdefghijklmnopabcdefghijklmnop',
  ])('pages of %s may be named', (origin) => expect(check({ origins: [origin] }).ok).toBe(true))
  test('the host of a source may be named in capitals', () =>
    expect(check({ sourceHosts: ['CRM.Acme.test'] }).ok).toBe(true))
  test('a source on this machine is for development alone', () => {
    const local = {
      sources: [{ ...source, url: 'http://127.0.0.1:8080/me' }],
      sourceHosts: ['127.0.0.1'],
    }
    expect(check(local, true).ok).toBe(true)
    expect(check(local, false)).toMatchObject({ problem: { field: 'sources[0].url' } })
  })
})
