import { beforeAll, expect, test } from 'vitest'
import type { Org } from '../../shared/schema/org.ts'
import { createHarness, receiptOf, someone, type Harness } from './harness.ts'
import { chatBody, context, decision, idOf, introduce, type Person } from './people.ts'

/* Whatever fails on our side costs the context, never the answer; the receipt says what it was. */

let person: Person
let body: string
beforeAll(async () => {
  person = await introduce(createHarness(), someone())
  body = chatBody('dinner ideas for tonight?')
})

const asked = () => context({ decision: decision({ facts: [idOf(person, 'peanuts')] }) })
const ask = (harness: Harness, given: unknown = asked()) =>
  harness.chat(body, { as: person.user, ...(given === 'none' ? {} : { context: given }) })

const never = () => new Promise<never>(() => {})
const broken = () => Promise.reject(new Error('KV is down'))

test.each([
  ['persona_failed', broken],
  ['persona_late', never],
  ['persona_missing', async () => undefined],
])('%s: the answer arrives without context', async (why, load) => {
  const harness = createHarness({ ports: () => ({ personas: { load } }) })
  const response = await ask(harness)
  expect(response.status).toBe(200)
  expect(await response.json()).toMatchObject({ object: 'chat.completion' })
  expect(harness.provider.last()).toBe(body)
  expect(receiptOf(response)).toMatchObject({ why, facts: [], tokens: 0 })
})

test.each([
  ['late', 'gate_late'],
  ['failed', 'gate_failed'],
  ['paused', 'paused'],
] as const)('a device whose gate is %s gets its answer without context', async (gate, why) => {
  const harness = createHarness()
  const response = await ask(harness, context({ device: { store: 'memory', gate } }))
  expect(response.status).toBe(200)
  expect(harness.provider.last()).toBe(body)
  expect(receiptOf(response)).toMatchObject({ why, decidedBy: 'none', store: 'memory' })
})

test('a gate at the edge that throws costs the context only', async () => {
  const gate = () => {
    throw new Error('weights do not fit')
  }
  const harness = createHarness({ ports: () => ({ gate }) })
  const response = await ask(harness, 'none')
  expect(harness.provider.last()).toBe(body)
  expect(receiptOf(response).why).toBe('gate_failed')
})

test('an org record that cannot be read is a problem of ours that may be tried again', async () => {
  const harness = createHarness({ ports: () => ({ orgs: { load: broken, any: broken } }) })
  const response = await ask(harness)
  expect(response.status).toBe(503)
  expect(response.headers.get('x-should-retry')).toBeNull()
  expect(await response.json()).toMatchObject({ error: { code: 'storage_unavailable' } })
})

test('an org record that was read before stands in where KV fails or hangs, for five minutes', async () => {
  const { acme, acmeToken } = await import('./harness.ts')
  let load: () => Promise<Org | undefined> = async () => acme()
  const harness = createHarness({
    ports: () => ({ orgs: { load: () => load(), any: async () => true } }),
  })
  const token = await acmeToken('ada', { ttl: 3600 })
  const status = async () =>
    (await harness.chat(body, { headers: { authorization: `Bearer ${token}` } })).status
  expect(await status()).toBe(200)
  load = broken
  harness.time.now += 60_000
  expect(await status()).toBe(200)
  load = never
  harness.time.now += 60_000
  expect(await status()).toBe(200)
  load = broken
  harness.time.now += 240_000
  expect(await status()).toBe(503)
  // A record that can be read holds at once, whatever was known.
  load = async () => acme({ disabled: true })
  expect(await status()).toBe(403)
})

test('an org record that never comes is a problem that may be tried again', async () => {
  const harness = createHarness({ ports: () => ({ orgs: { load: never, any: never } }) })
  const response = await ask(harness)
  expect(response.status).toBe(503)
  expect(await response.json()).toMatchObject({ error: { code: 'storage_unavailable' } })
}, 10_000)

test('a session opens from the snapshot, or empty, where the self-model does not answer', async () => {
  const harness = createHarness({
    ports: (real) => ({ selfModels: { ...real.selfModels, view: broken } }),
  })
  const response = await harness.fetch('/v1/sessions', { as: someone(), method: 'POST' })
  expect(response.status).toBe(200)
  expect(await response.json()).toMatchObject({ persona: { version: 0, facts: [] } })
})

test('a request without words of a user has nothing to decide on', async () => {
  const harness = createHarness()
  const response = await harness.chat({ messages: [{ role: 'system', content: 'Hi' }] })
  expect(receiptOf(response).why).toBe('no_user_message')
})
