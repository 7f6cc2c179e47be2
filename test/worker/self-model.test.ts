import { evictDurableObject, runDurableObjectAlarm, runInDurableObject } from 'cloudflare:test'
import { env } from 'cloudflare:workers'
import { expect, test, vi } from 'vitest'
import type { NewFact } from '../../shared/schema/fact.ts'
import { kvPersonas } from '../../worker/adapters/kv-personas.ts'
import { durableSelfModels } from '../../worker/adapters/durable-self-models.ts'
import { createVault } from '../../worker/adapters/vault.ts'
import { readConfig } from '../../worker/config.ts'
import { selfModelsContract } from '../contract/self-models.ts'
import { bindings, keysOf, someone } from './harness.ts'

selfModelsContract('the Durable Object', {
  models: durableSelfModels(env.SELF_MODELS),
  keysOf: () => keysOf(someone()),
})

const models = durableSelfModels(env.SELF_MODELS)
const peanuts: NewFact = { category: 'health', text: 'I am allergic to peanuts' }
const roots = readConfig(bindings()).secrets?.roots ?? ['none']
const snapshots = kvPersonas(env.PERSONAS, createVault(roots))

async function somebody() {
  const keys = await keysOf(someone())
  return { keys, stub: env.SELF_MODELS.getByName(keys.userKey) }
}

test('an edit reaches KV by itself, sealed', async () => {
  const { keys } = await somebody()
  await models.addFact(keys, peanuts)
  await vi.waitFor(async () => {
    expect(await snapshots.load(keys)).toMatchObject({
      version: 1,
      facts: [{ text: peanuts.text }],
    })
  })
  expect(await env.PERSONAS.get(keys.persona)).not.toContain('peanuts')
})

test('many edits at once are one write to KV, at most one a second', async () => {
  const { keys, stub } = await somebody()
  await models.addFact(keys, peanuts)
  await runDurableObjectAlarm(stub)
  const puts: number[] = []
  await runInDurableObject(stub, (instance) => {
    const { deps } = instance as unknown as {
      deps: { publish: (...all: unknown[]) => Promise<void> }
    }
    const publish = deps.publish.bind(deps)
    deps.publish = async (...all) => {
      puts.push(Date.now())
      await publish(...all)
    }
  })
  for (let i = 0; i < 12; i++) {
    await models.addFact(keys, { category: 'goal', text: `Goal number ${i}` })
  }
  await vi.waitFor(async () => expect(await snapshots.load(keys)).toMatchObject({ version: 13 }), {
    timeout: 5000,
  })
  expect(puts.length).toBeGreaterThan(0)
  expect(puts.length).toBeLessThanOrEqual(3)
  for (const [i, at] of puts.entries()) {
    if (i > 0) expect(at - (puts[i - 1] ?? 0)).toBeGreaterThanOrEqual(900)
  }
})

test('a failed write to KV is tried again, and nothing is lost', async () => {
  const { keys, stub } = await somebody()
  const restore = await runInDurableObject(stub, (instance) => {
    const { deps } = instance as unknown as { deps: { publish: () => Promise<void> } }
    const publish = deps.publish
    deps.publish = () => Promise.reject(new Error('KV is down'))
    return () => {
      deps.publish = publish
    }
  })
  await models.addFact(keys, peanuts)
  await vi.waitFor(async () => {
    const failures = await runInDurableObject(stub, (_, state) =>
      state.storage.sql.exec<{ failures: number }>('SELECT failures FROM self_model').one(),
    )
    expect(failures.failures).toBeGreaterThan(0)
  })
  expect(await snapshots.load(keys)).toBeUndefined()
  const next = await runInDurableObject(stub, (_, state) => state.storage.getAlarm())
  expect(next).not.toBeNull()
  await runInDurableObject(stub, restore)
  await runDurableObjectAlarm(stub)
  expect(await snapshots.load(keys)).toMatchObject({ version: 1 })
})

test('a snapshot whose bytes have not changed is not written again', async () => {
  const { keys, stub } = await somebody()
  await models.addFact(keys, peanuts)
  await runDurableObjectAlarm(stub)
  const before = await env.PERSONAS.get(keys.persona, 'arrayBuffer')
  await runInDurableObject(stub, (instance) => instance.alarm())
  const after = await env.PERSONAS.get(keys.persona, 'arrayBuffer')
  expect(new Uint8Array(after ?? [])).toEqual(new Uint8Array(before ?? []))
})

test('forgetting leaves a tombstone and nothing else, also in KV and after the object was evicted', async () => {
  const { keys, stub } = await somebody()
  await models.addFact(keys, peanuts)
  await runDurableObjectAlarm(stub)
  const { persona } = await models.forget(keys)
  expect(persona).toMatchObject({ version: 2, epoch: 1, facts: [], summary: [] })
  const rows = await runInDurableObject(stub, (_, state) =>
    JSON.stringify(state.storage.sql.exec('SELECT * FROM self_model').toArray()),
  )
  expect(rows).not.toContain('peanuts')
  await runDurableObjectAlarm(stub)
  expect(await snapshots.load(keys)).toMatchObject({ epoch: 1, facts: [] })
  await evictDurableObject(stub)
  expect(await models.view(keys)).toMatchObject({ version: 2, epoch: 1, facts: [] })
})

test('a fact that expires leaves the snapshot by itself', async () => {
  const { keys, stub } = await somebody()
  const expires = Date.now() + 1500
  await models.addFact(keys, { ...peanuts, expires })
  await runDurableObjectAlarm(stub)
  expect((await snapshots.load(keys))?.facts).toHaveLength(1)
  await vi.waitFor(async () => expect((await snapshots.load(keys))?.facts).toHaveLength(0), {
    timeout: 5000,
  })
})
