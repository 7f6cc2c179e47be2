import { decodeJwt } from 'jose'
import { beforeAll, expect, test } from 'vitest'
import type { Org } from '../../shared/schema/org.ts'
import { orgsWithDevices } from '../../worker/adapters/device-tokens.ts'
import { table } from './experiments.ts'
import { acme, acmeToken, createHarness, keysOf, orgsOf, someone, type Harness } from './harness.ts'
import { migrate } from './migrate.ts'

beforeAll(migrate)

const json = { 'content-type': 'application/json' }

const harnessOf = (...orgs: Org[]) => harnessWith({}, ...orgs)
const harnessWith = (vars: Partial<Env>, ...orgs: Org[]) =>
  createHarness({
    vars,
    ports: (real) => ({ orgs: orgsWithDevices(orgsOf(...orgs), real.deviceTokens) }),
  })

const open = (harness: Harness, { org = 'acme', headers = {} } = {}) =>
  harness.fetch('/v1/devices', {
    as: '',
    method: 'POST',
    headers: { ...json, ...headers },
    body: JSON.stringify({ org }),
  })
const bearer = (token: string) => ({ ...json, authorization: `Bearer ${token}` })
const tokenOf = async (answer: Response) => (await answer.json<{ token: string }>()).token

const add = (harness: Harness, token: string, text: string) =>
  harness.fetch('/v1/self-model/facts', {
    method: 'POST',
    headers: bearer(token),
    body: JSON.stringify({ category: 'tool', text }),
  })
const view = async (harness: Harness, token: string) =>
  (await harness.fetch('/v1/self-model', { headers: bearer(token) })).json<{
    facts: { text: string }[]
    epoch: number
  }>()
const merge = (harness: Harness, token: string, device: string) =>
  harness.fetch('/v1/devices/merge', {
    method: 'POST',
    headers: bearer(token),
    body: JSON.stringify({ device, consent: 'edge' }),
  })

/** Lets an experiment keep something of a device; its pseudonym. */
async function expose(device: string): Promise<string> {
  const { sub = '' } = decodeJwt(device)
  const { orgKey, userKey } = await keysOf(sub, 'acme')
  const at = Date.now()
  const counts = { requests: 1, attached: 0, tokens: 0, waited: 0, decided: 0, needed: 0 }
  const seen = { orgKey, userKey, experiment: 'e1', arm: 'none', session: 's1', at, followed: 0 }
  await table.expose([{ ...seen, ...counts }])
  expect((await table.listOf(userKey)).exposures).toHaveLength(1)
  return userKey
}

test('a visitor without an account gets a self-model of their device, where the org allows it', async () => {
  const harness = harnessOf(acme({ anonymous: true }))
  const device = await tokenOf(await open(harness))
  await add(harness, device, 'Uses Vim')
  expect(await view(harness, device)).toMatchObject({ facts: [{ text: 'Uses Vim' }] })
  const other = await tokenOf(await open(harness))
  expect((await view(harness, other)).facts).toEqual([])
})

test.each([
  ['an org that does not allow it', acme(), 'acme'],
  ['an org that is switched off', acme({ anonymous: true, disabled: true }), 'acme'],
  ['no such org', acme({ anonymous: true }), 'other'],
])('%s opens no device', async (_, org, id) => {
  const answer = await open(harnessOf(org), { org: id })
  expect([answer.status, await answer.json()]).toMatchObject([403, { code: 'forbidden' }])
})

test('a page of an origin that is not on the list opens no device', async () => {
  const harness = harnessOf(acme({ anonymous: true, origins: ['https://app.test'] }))
  const answer = await open(harness, { headers: { origin: 'https://evil.test' } })
  expect(await answer.json()).toMatchObject({ code: 'origin_not_allowed' })
  expect((await open(harness, { headers: { origin: 'https://app.test' } })).status).toBe(200)
})

test('visitors behind one address open as many devices a minute as one user may ask, and no more', async () => {
  // As wrangler.toml has it: each report stands for eight requests.
  let left = 15
  const limit = async () => ({ success: left-- > 0 })
  const harness = harnessWith({ USER_RATE: { limit } }, acme({ anonymous: true }))
  harness.time.now -= harness.time.now % 60_000
  for (let i = 0; i < 121; i++) expect((await open(harness)).status).toBe(200)
  const refused = await open(harness)
  expect([refused.status, refused.headers.get('retry-after')]).toEqual([429, '60'])
})

test('a device that comes back renews its session and stays the same', async () => {
  const harness = harnessOf(acme({ anonymous: true }))
  const first = await tokenOf(await open(harness))
  await add(harness, first, 'Uses Vim')
  harness.time.now += 29 * 86_400_000
  const second = await tokenOf(await open(harness, { headers: bearer(first) }))
  harness.time.now += 29 * 86_400_000
  expect((await harness.fetch('/v1/self-model', { headers: bearer(first) })).status).toBe(401)
  expect(await view(harness, second)).toMatchObject({ facts: [{ text: 'Uses Vim' }] })
})

test('a token of a device is void in another org, and where the org allows devices no longer', async () => {
  const harness = harnessOf(acme({ anonymous: true }), acme({ id: 'other', anonymous: true }))
  const device = await tokenOf(await open(harness))
  const [head, , signature] = device.split('.')
  const claims = { org: 'other', sub: 'device:x', aud: 'edgewise', exp: 9_999_999_999 }
  const forged = `${head}.${btoa(JSON.stringify(claims)).replaceAll('=', '')}.${signature}`
  expect((await harness.fetch('/v1/self-model', { headers: bearer(forged) })).status).toBe(401)
  const closed = harnessOf(acme())
  expect((await closed.fetch('/v1/self-model', { headers: bearer(device) })).status).toBe(401)
})

test('at login the facts of the device become the user’s, once, and the device’s own are erased', async () => {
  const harness = harnessOf(acme({ anonymous: true }))
  const device = await tokenOf(await open(harness))
  const user = await acmeToken(someone())
  await add(harness, device, 'Uses Vim')
  await add(harness, device, 'Uses Git')
  await add(harness, user, 'Uses Vim')
  expect(await (await merge(harness, user, device)).json()).toMatchObject({ merged: 2 })
  const { facts } = await view(harness, user)
  expect(facts.map(({ text }) => text).toSorted()).toEqual(['Uses Git', 'Uses Vim'])
  expect(await view(harness, device)).toMatchObject({ facts: [], epoch: 1 })
  expect(await (await merge(harness, user, device)).json()).toMatchObject({ merged: 0 })
  expect((await view(harness, user)).facts).toHaveLength(2)
})

test('what was pinned on the device stays pinned, as far as there are pins left', async () => {
  const harness = harnessOf(acme({ anonymous: true }))
  const device = await tokenOf(await open(harness))
  const user = await acmeToken(someone())
  const pinned = (token: string, text: string) =>
    harness.fetch('/v1/self-model/facts', {
      method: 'POST',
      headers: bearer(token),
      body: JSON.stringify({ category: 'tool', text, pinned: true }),
    })
  for (let i = 0; i < 31; i++) await pinned(user, `Uses tool number ${i}`)
  await add(harness, user, 'Uses Vim')
  await pinned(device, 'Uses Vim')
  await pinned(device, 'Uses Git')
  await add(harness, device, 'Uses Make')
  expect(await (await merge(harness, user, device)).json()).toMatchObject({ merged: 3 })
  const { facts } = await harness
    .fetch('/v1/self-model', { headers: bearer(user) })
    .then((answer) => answer.json<{ facts: { text: string; pinned: boolean }[] }>())
  expect(facts).toHaveLength(34)
  expect(facts.filter((fact) => fact.pinned)).toHaveLength(32)
  expect(facts.find(({ text }) => text === 'Uses Make')).toMatchObject({ pinned: false })
})

test('what its owner has marked on the device, as important or not, stays marked', async () => {
  const harness = harnessOf(acme({ anonymous: true }))
  const device = await tokenOf(await open(harness))
  const user = await acmeToken(someone())
  const told = (text: string, vital: boolean) =>
    harness.fetch('/v1/self-model/facts', {
      method: 'POST',
      headers: bearer(device),
      body: JSON.stringify({ category: 'health', text, vital }),
    })
  await told('Faints at the sight of needles', true)
  await told('Allergic to Mondays', false)
  await merge(harness, user, device)
  expect((await view(harness, user)).facts).toMatchObject([
    { text: 'Faints at the sight of needles', vital: true },
    { text: 'Allergic to Mondays', vital: false },
  ])
})

test('at login nothing of the device is left with experiments either', async () => {
  const harness = harnessOf(acme({ anonymous: true }))
  const device = await tokenOf(await open(harness))
  await add(harness, device, 'Uses Vim')
  const userKey = await expose(device)
  expect((await merge(harness, await acmeToken(someone()), device)).status).toBe(200)
  expect((await table.listOf(userKey)).exposures).toEqual([])
})

test('what the org blocks is not taken over at login, and erased with all else of the device', async () => {
  const before = harnessOf(acme({ anonymous: true }))
  const device = await tokenOf(await open(before))
  await add(before, device, 'Uses Vim')
  const userKey = await expose(device)
  const user = await acmeToken(someone())
  const harness = harnessOf(acme({ anonymous: true, settings: { blocked: ['tool'] } }))
  expect(await (await merge(harness, user, device)).json()).toMatchObject({ merged: 0 })
  expect((await view(harness, user)).facts).toEqual([])
  expect(await view(before, device)).toMatchObject({ facts: [], epoch: 1 })
  expect((await table.listOf(userKey)).exposures).toEqual([])
})

test('a device without a single fact is erased at login all the same', async () => {
  const harness = harnessOf(acme({ anonymous: true }))
  const device = await tokenOf(await open(harness))
  const userKey = await expose(device)
  const answer = await merge(harness, await acmeToken(someone()), device)
  expect(await answer.json()).toMatchObject({ merged: 0 })
  expect((await table.listOf(userKey)).exposures).toEqual([])
})

test('a merge needs consent, a device’s token of the same org, and a user', async () => {
  const harness = harnessOf(acme({ anonymous: true }))
  const device = await tokenOf(await open(harness))
  const other = await tokenOf(await open(harness))
  const user = await acmeToken(someone())
  const refused = await harness.fetch('/v1/devices/merge', {
    method: 'POST',
    headers: bearer(user),
    body: JSON.stringify({ device }),
  })
  expect(await refused.json()).toMatchObject({ code: 'bad_request', field: 'consent' })
  const ofUser = await merge(harness, user, await acmeToken(someone()))
  expect(await ofUser.json()).toMatchObject({ code: 'token_invalid', field: 'device' })
  expect(await (await merge(harness, device, other)).json()).toMatchObject({ code: 'forbidden' })
})

test('whoever has switched learning off keeps the two apart, and the device keeps what it has', async () => {
  const harness = harnessOf(acme({ anonymous: true }))
  const device = await tokenOf(await open(harness))
  const user = await acmeToken(someone())
  await add(harness, device, 'Uses Vim')
  await harness.fetch('/v1/self-model/settings', {
    method: 'PATCH',
    headers: bearer(user),
    body: '{"learn":false}',
  })
  expect(await (await merge(harness, user, device)).json()).toMatchObject({ merged: 0 })
  expect((await view(harness, user)).facts).toEqual([])
  expect((await view(harness, device)).facts).toHaveLength(1)
})
