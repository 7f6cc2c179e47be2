import { expect, test } from 'vitest'
import type { Persona } from '../../shared/schema/persona.ts'
import { laggingPersonas } from '../fakes/lagging-personas.ts'
import { createHarness, keysOf, receiptOf, someone } from './harness.ts'
import { chatBody, context, decision } from './people.ts'

/* KV shows a write up to a minute later, and the isolate remembers for ten seconds. */

const persona = (version: number, text: string, epoch = 0): Persona => ({
  v: 1,
  version,
  epoch,
  style: '',
  summary: [],
  facts: text === '' ? [] : [{ id: 'f1', category: 'diet', text }],
})

async function setUp() {
  const lagging = laggingPersonas()
  const user = someone()
  const keys = await keysOf(user)
  let reads = 0
  const load = (asked: typeof keys) => {
    reads++
    return lagging.personas.load(asked)
  }
  const harness = createHarness({ ports: () => ({ personas: { load } }) })
  const ask = (seen: { version: number; epoch?: number } = { version: 0 }) =>
    harness.chat(chatBody('dinner?'), {
      as: user,
      context: context({
        device: { store: 'edge', gate: 'ready', epoch: 0, ...seen },
        decision: decision({ facts: ['f1'] }),
      }),
    })
  return { lagging, user, keys, harness, ask, reads: () => reads }
}

test('a persona is read once in ten seconds', async () => {
  const { lagging, keys, harness, ask, reads } = await setUp()
  await lagging.save(persona(1, 'No fish'), keys)
  await lagging.settle()
  for (const wait of [0, 4000, 5999]) {
    harness.time.now += wait
    await ask()
  }
  expect(reads()).toBe(1)
  harness.time.now += 10_000
  await ask()
  expect(reads()).toBe(2)
})

test('a device that has seen a newer version has it read again', async () => {
  const { lagging, keys, ask, harness } = await setUp()
  await lagging.save(persona(1, 'No fish'), keys)
  await lagging.settle()
  await ask()
  await lagging.save(persona(2, 'No meat'), keys)
  await lagging.settle()
  await ask({ version: 2 })
  expect(harness.provider.last()).toContain('No meat')
})

test('a snapshot from before an erasure is not used, however long KV shows it', async () => {
  const { lagging, keys, ask, harness } = await setUp()
  await lagging.save(persona(1, 'No fish'), keys)
  await lagging.settle()
  await lagging.save(persona(2, '', 1), keys)
  const response = await ask({ version: 2, epoch: 1 })
  expect(harness.provider.last()).not.toContain('No fish')
  expect(receiptOf(response)).toMatchObject({ why: 'persona_missing' })
})

test('what an edit through this isolate returned stands in for KV until KV has caught up', async () => {
  const { lagging, keys, user, ask, harness } = await setUp()
  await lagging.save(persona(0, 'No fish'), keys)
  await lagging.settle()
  await ask()
  await harness.fetch('/v1/self-model/facts', {
    as: user,
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: '{"category":"diet","text":"No meat"}',
  })
  const session = await harness.fetch('/v1/sessions', { as: user, method: 'POST' })
  const known = (await session.json<{ persona: Persona }>()).persona
  await harness.chat(chatBody('dinner?'), {
    as: user,
    context: context({ decision: decision({ facts: [known.facts[0]?.id ?? ''] }) }),
  })
  expect(harness.provider.last()).toContain('No meat')
})

test('without a decision of the device, a snapshot older than the device is not used', async () => {
  const { lagging, keys, user, harness } = await setUp()
  await lagging.save(persona(1, 'I am allergic to peanuts'), keys)
  await lagging.settle()
  const response = await harness.chat(chatBody('dinner ideas for tonight?'), {
    as: user,
    context: context({ device: { store: 'edge', gate: 'ready', version: 2, epoch: 0 } }),
  })
  expect(harness.provider.last()).not.toContain('peanuts')
  expect(receiptOf(response).version).toBeUndefined()
})
