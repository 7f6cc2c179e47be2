import { runDurableObjectAlarm, runInDurableObject } from 'cloudflare:test'
import { env } from 'cloudflare:workers'
import { createLocalJWKSet, jwtVerify, type JSONWebKeySet } from 'jose'
import { beforeAll, expect, test } from 'vitest'
import type { Erasure, Lesson } from '../../shared/schema/learning.ts'
import type { Persona } from '../../shared/schema/persona.ts'
import { createHarness, type Harness } from './harness.ts'
import { bodyOf, consumersOf, delivered, newcomer, realNow } from './learners.ts'
import { migrate } from './migrate.ts'

beforeAll(migrate)

const fish = { category: 'diet', text: 'I eat no fish' } as const
const lessonOf = (rest: Partial<Lesson> = {}, text = 'Secret hobby'): Lesson => ({
  v: 1,
  made: realNow(),
  cause: 'learned',
  blocked: [],
  messages: [{ id: text, facts: [{ category: 'history', text, source: 'typed', at: realNow() }] }],
  ...rest,
})

async function forget(harness: Harness, as: string) {
  const answer = await harness.fetch('/v1/self-model', { as, method: 'DELETE' })
  return answer.json<{ persona: Persona; erasure: Erasure }>()
}

async function verify(harness: Harness, { signed }: Erasure) {
  const keys = await (await harness.fetch('/v1/keys', { as: '' })).json<JSONWebKeySet>()
  return (await jwtVerify(signed, createLocalJWKSet(keys))).payload
}

test('an erasure is proven by a signature that anybody can verify', async () => {
  const harness = createHarness()
  const { as, keys } = await newcomer()
  await consumersOf().ports.selfModels.addFact(keys, fish)
  const { persona, erasure } = await forget(harness, as)
  expect(persona).toMatchObject({ epoch: 1, facts: [] })
  expect(await verify(harness, erasure)).toMatchObject({
    sub: keys.deviceKey,
    epoch: 1,
    at: erasure.at,
  })
  const again = await (await harness.fetch('/v1/self-model/erasure', { as })).json<Erasure>()
  expect(await verify(harness, again)).toMatchObject({ epoch: 1, at: erasure.at })
  const [head, , signature] = erasure.signed.split('.')
  const forged = btoa(JSON.stringify({ sub: keys.deviceKey, epoch: 2 })).replaceAll('=', '')
  await expect(
    verify(harness, { ...erasure, signed: `${head}.${forged}.${signature}` }),
  ).rejects.toThrow()
})

test('where nothing was ever erased there is no proof of it', async () => {
  const { as } = await newcomer()
  const answer = await createHarness().fetch('/v1/self-model/erasure', { as })
  expect([answer.status, await answer.json()]).toMatchObject([404, { code: 'not_found' }])
})

test('a learning message from before the erasure that comes late is void', async () => {
  const { as, keys } = await newcomer()
  const { learn, ports } = consumersOf()
  const made = realNow()
  const late = [
    await bodyOf(keys, lessonOf({ made, epoch: 0 })),
    await bodyOf(keys, lessonOf({ made }, 'Other secret')),
  ]
  await ports.selfModels.addFact(keys, fish)
  await forget(createHarness(), as)
  const deliveries = late.map((body) => delivered(body))
  await learn(deliveries)
  expect(deliveries.map(({ state }) => state)).toEqual(['acked', 'acked'])
  expect(await ports.selfModels.view(keys)).toMatchObject({ epoch: 1, facts: [] })
  await learn([delivered(await bodyOf(keys, lessonOf({ epoch: 1 }, 'New hobby')))])
  expect(await ports.selfModels.view(keys)).toMatchObject({ facts: [{ text: 'New hobby' }] })
})

test('a conversation that is reported again after the erasure brings nothing back', async () => {
  const { as, keys } = await newcomer()
  const { selfModels } = consumersOf().ports
  const messages = ['m_said', 'x_imported'].map((id) => ({
    id,
    facts: [{ category: 'history', text: id, source: 'typed', at: realNow() } as const],
  }))
  const reported = () => lessonOf({ made: realNow() + 60_000, messages })
  expect(await selfModels.learn(keys, [reported()])).toMatchObject({ facts: 2 })
  await forget(createHarness(), as)
  await selfModels.learn(keys, [reported()])
  // What an import brings may be brought again.
  expect(await selfModels.view(keys)).toMatchObject({ facts: [{ text: 'x_imported' }] })
})

test('a message that is reported again and again counts once, however long', async () => {
  const { keys, stub } = await newcomer()
  const { selfModels } = consumersOf().ports
  const pass = (days: number) =>
    runInDurableObject(stub, (_, { storage }) => {
      storage.sql.exec('UPDATE seen SET at = at - ?', days * 24 * 3600 * 1000)
    })
  await selfModels.learn(keys, [lessonOf()])
  for (let i = 0; i < 3; i++) {
    await pass(10)
    await runDurableObjectAlarm(stub)
    expect(await selfModels.learn(keys, [lessonOf()])).toMatchObject({ outcomes: ['known'] })
  }
  await pass(15)
  await runDurableObjectAlarm(stub)
  expect(await selfModels.learn(keys, [lessonOf()])).toMatchObject({ outcomes: ['learned'] })
})

test('nothing of what was known is left in any table of the object, and in no dead letter', async () => {
  const { as, keys, stub } = await newcomer()
  const { bury, ports } = consumersOf()
  await ports.selfModels.addFact(keys, fish)
  await ports.selfModels.learn(keys, [lessonOf()])
  await runDurableObjectAlarm(stub)
  await bury([delivered(await bodyOf(keys, lessonOf()))])
  await forget(createHarness(), as)
  const rows = await runInDurableObject(stub, (_, { storage: { sql } }) => {
    const tables = ['self_model', 'facts', 'removed', 'history', 'seen']
    return JSON.stringify(tables.map((name) => sql.exec(`SELECT * FROM ${name}`).toArray()))
  })
  expect(rows).not.toMatch(/fish|hobby/i)
  expect((await ports.deadLetters.list(100)).map(({ userKey }) => userKey)).not.toContain(
    keys.userKey,
  )
  await runDurableObjectAlarm(stub)
  const history = await (
    await createHarness().fetch('/v1/self-model/history', { as })
  ).json<{ changes: unknown[] }>()
  expect(history.changes).toEqual([])
})

test('ids of facts lead nowhere after an erasure: the same words get another one', async () => {
  const { keys } = await newcomer()
  const { selfModels } = consumersOf().ports
  const idOf = async () => {
    const added = await selfModels.addFact(keys, fish)
    return added.ok ? added.value.fact.id : ''
  }
  const before = await idOf()
  expect(await idOf()).toBe(before)
  await selfModels.forget(keys)
  expect(await idOf()).not.toBe(before)
})

test('what its owner wants less of outlives an erasure', async () => {
  const { keys } = await newcomer()
  const { selfModels } = consumersOf().ports
  await selfModels.settings(keys, { learn: false, limits: { blocked: ['health'] } })
  const { persona } = await selfModels.forget(keys)
  expect(persona.limits).toEqual({ blocked: ['health'] })
  expect(await selfModels.view(keys)).toMatchObject({ learn: false, facts: [] })
})

test('the words of a removed fact are kept for a day, to be taken back, and then no more', async () => {
  const { keys, stub } = await newcomer()
  const { selfModels } = consumersOf().ports
  const added = await selfModels.addFact(keys, fish)
  await selfModels.removeFact(keys, added.ok ? added.value.fact.id : '')
  const later = (days: number) =>
    runInDurableObject(stub, (instance) => {
      const { deps } = instance as unknown as { deps: { clock: () => number } }
      deps.clock = () => realNow() + days * 86_400_000
      return instance.alarm()
    })
  await later(0.9)
  expect(JSON.stringify(await selfModels.history(keys))).toContain('fish')
  await later(1.1)
  const told = await selfModels.history(keys)
  expect(JSON.stringify(told)).not.toContain('fish')
  expect(told.map(({ action }) => action)).toEqual(['removed', 'added'])
})

test('retention: what was not said again for as long as the org allows is deleted by itself', async () => {
  const { keys, stub } = await newcomer()
  const { selfModels } = consumersOf().ports
  const subject = { ...keys, retentionDays: 30 }
  await selfModels.addFact(subject, { ...fish, pinned: true })
  await runDurableObjectAlarm(stub)
  await runInDurableObject(stub, async (instance, { storage }) => {
    const { deps } = instance as unknown as { deps: { clock: () => number } }
    deps.clock = () => realNow() + 31 * 86_400_000
    await instance.alarm()
    const texts = JSON.stringify(storage.sql.exec('SELECT * FROM facts').toArray())
    expect(texts).not.toContain('fish')
  })
  expect(await selfModels.view(keys)).toMatchObject({ facts: [], persona: { facts: [] } })
  const sealed = await env.PERSONAS.get(keys.persona, 'arrayBuffer')
  expect(sealed).not.toBeNull()
})
