import { env } from 'cloudflare:workers'
import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { emptyPersona } from '../../shared/persona.ts'
import { kvOrgs, orgEntry } from '../../worker/adapters/kv-orgs.ts'
import { kvPersonas, savePersona } from '../../worker/adapters/kv-personas.ts'
import { createNames } from '../../worker/adapters/names.ts'
import { createVault } from '../../worker/adapters/vault.ts'
import { readConfig } from '../../worker/config.ts'
import { orgsContract } from '../contract/orgs.ts'
import { personasContract } from '../contract/personas.ts'
import { laggingPersonas } from '../fakes/lagging-personas.ts'
import { acme, bindings, orgsOf } from './harness.ts'

const names = createNames('a-naming-secret-for-tests-0123456789')
const first = 'root-secret-number-one-0123456789abc'
const second = 'root-secret-number-two-0123456789abc'
const vault = createVault([first])
const place = { orgKey: 'org', name: 'p1:org:user' }

test('no two (org, user) share a name, whatever stands in their ids', async () => {
  const id = fc.oneof(
    fc.string({ unit: 'binary', minLength: 1, maxLength: 12 }),
    fc.constantFrom('a', 'a:b', 'a","b', '["a"]', 'user', 'org', 'a\u0000', '\ud800', ''),
  )
  const both = fc.tuple(id, id)
  await fc.assert(
    fc.asyncProperty(both, both, async (one, other) => {
      fc.pre(one[0] !== other[0] || one[1] !== other[1])
      const [a, b] = [await names.storageKeys(...one), await names.storageKeys(...other)]
      expect(a.userKey).not.toBe(b.userKey)
      expect(a.deviceKey).not.toBe(b.deviceKey)
      expect(a.persona).not.toBe(b.persona)
      expect(a.orgKey === b.orgKey).toBe(one[0] === other[0])
    }),
    { numRuns: 300 },
  )
})

test('names are the same every time, tell nothing, and fit KV', async () => {
  const keys = await names.storageKeys('acme', 'ada@example.com')
  expect(
    await createNames('a-naming-secret-for-tests-0123456789').storageKeys(
      'acme',
      'ada@example.com',
    ),
  ).toEqual(keys)
  expect(keys.persona).toMatch(/^p1:[\w-]{43}:[\w-]{43}$/)
  expect(JSON.stringify(keys)).not.toMatch(/acme|ada/)
  expect(new Set(Object.values(keys)).size).toBe(4)
  const others = await createNames('another-naming-secret-0123456789abcd').storageKeys(
    'acme',
    'ada@example.com',
  )
  expect(others.userKey).not.toBe(keys.userKey)
})

test('what is sealed opens at its own place only', async () => {
  const sealed = await vault.seal(place, { secret: 'peanuts' })
  expect(await vault.open(place, sealed)).toEqual({ secret: 'peanuts' })
  expect(new TextDecoder().decode(sealed)).not.toContain('peanuts')
  await expect(vault.open({ ...place, name: 'p1:org:other' }, sealed)).rejects.toThrow()
  await expect(vault.open({ ...place, orgKey: 'other' }, sealed)).rejects.toThrow()
})

test('a sealed value that was changed anywhere does not open', async () => {
  const sealed = new Uint8Array(await vault.seal(place, ['x']))
  for (let at = 0; at < sealed.byteLength; at++) {
    const changed = sealed.slice()
    changed[at] = (changed[at] ?? 0) ^ 1
    await expect(vault.open(place, changed.buffer)).rejects.toThrow()
  }
  await expect(vault.open(place, new ArrayBuffer(3))).rejects.toThrow()
})

test('keys rotate: the newest seals, older ones open until they are dropped', async () => {
  const old = await vault.seal(place, 'old')
  const rotated = createVault([second, first])
  expect(await rotated.open(place, old)).toBe('old')
  const fresh = await rotated.seal(place, 'new')
  await expect(vault.open(place, fresh)).rejects.toThrow()
  await expect(createVault([second]).open(place, old)).rejects.toThrow()
  expect(await createVault([second]).open(place, fresh)).toBe('new')
})

test('the same value is never sealed to the same bytes', async () => {
  const [one, other] = [await vault.seal(place, 'x'), await vault.seal(place, 'x')]
  expect(new Uint8Array(one)).not.toEqual(new Uint8Array(other))
})

test('secrets come from the environment: a list, newest first, each long enough', () => {
  const vars = { EDGEWISE_NAMING_SECRET: first, EDGEWISE_ROOT_SECRETS: ` ${second} , ${first}` }
  expect(readConfig(vars).secrets).toEqual({ naming: first, roots: [second, first] })
  expect(readConfig({ ...vars, EDGEWISE_ROOT_SECRETS: `${second},short` }).secrets).toBeUndefined()
  expect(
    readConfig({ ENVIRONMENT: 'development', DEVELOPMENT_KEY: 'short' }).secrets,
  ).toBeUndefined()
  const development = readConfig(bindings())
  expect(development.developmentKey?.kid).toBe('development')
  const production = readConfig({ ...bindings(), ENVIRONMENT: 'production' })
  expect([production.developmentKey, production.secrets]).toEqual([undefined, undefined])
})

test('an org record in KV holds its keys sealed', async () => {
  const entry = await orgEntry(acme(), { names, vault })
  await env.ORGS.put(entry.key, entry.value)
  expect(await env.ORGS.get(entry.key)).not.toContain('shared-key')
  expect(await kvOrgs(env.ORGS, { names, vault }).load('acme')).toEqual(acme())
})

test('a changed org record is heard of within a minute: places and isolates remember it for half of one each', async () => {
  const asked: unknown[] = []
  const get = (name: string, options: KVNamespaceGetOptions<'arrayBuffer'>) => {
    asked.push(options.cacheTtl)
    return env.ORGS.get(name, options)
  }
  const kv = new Proxy(env.ORGS, {
    get: (target, name): unknown => (name === 'get' ? get : Reflect.get(target, name)),
  })
  await kvOrgs(kv, { names, vault }).load('acme')
  expect(asked).toEqual([30])
})

test('an org record that stands under the name of another org does not open', async () => {
  const entry = await orgEntry(acme(), { names, vault })
  const { record } = await names.orgKeys('other')
  await env.ORGS.put(record, entry.value)
  await expect(kvOrgs(env.ORGS, { names, vault }).load('other')).rejects.toThrow()
})

personasContract('KV', () => ({
  personas: kvPersonas(env.PERSONAS, vault),
  save: (persona, keys) => savePersona(persona, keys, { kv: env.PERSONAS, vault }),
  settle: async () => {},
}))
personasContract('a fake whose reads lag', () => laggingPersonas())

orgsContract('KV', async (orgs) => {
  for (const org of orgs) {
    const { key, value } = await orgEntry(org, { names, vault })
    await env.ORGS.put(key, value)
  }
  return kvOrgs(env.ORGS, { names, vault })
})
orgsContract('a list', async (orgs) => orgsOf(...orgs))

test('a persona that was written by an older version of the format is refused, not guessed at', async () => {
  const keys = await names.storageKeys('acme', 'old-format')
  const old = { ...emptyPersona(), v: 0 }
  await env.PERSONAS.put(
    keys.persona,
    await vault.seal({ orgKey: keys.orgKey, name: keys.persona }, old),
  )
  await expect(kvPersonas(env.PERSONAS, vault).load(keys)).rejects.toThrow()
})
