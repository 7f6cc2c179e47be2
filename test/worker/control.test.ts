import { evictDurableObject, runInDurableObject } from 'cloudflare:test'
import { beforeAll, expect, test } from 'vitest'
import type { Fact } from '../../shared/schema/fact.ts'
import type { Change } from '../../shared/schema/learning.ts'
import type { SelfModelExport } from '../../shared/schema/session.ts'
import { createHarness, tokenFor } from './harness.ts'
import { consumersOf, newcomer, observe, realNow } from './learners.ts'
import { migrate } from './migrate.ts'

beforeAll(migrate)

const json = { 'content-type': 'application/json' }

/** One person who looks at what is known about them, and changes it. */
async function owner() {
  const harness = createHarness()
  const { as, keys, stub } = await newcomer()
  const call = async <T = Record<string, unknown>>(
    method: string,
    path: string,
    body?: unknown,
  ) => {
    const init = {
      as,
      method,
      headers: json,
      body: body === undefined ? null : JSON.stringify(body),
    }
    return (await harness.fetch(`/v1/self-model${path}`, init)).json<T>()
  }
  return { harness, as, keys, stub, call }
}

test('a change is seen in the history and can be taken back', async () => {
  const { call } = await owner()
  const { fact } = await call<{ fact: Fact }>('POST', '/facts', {
    category: 'tool',
    text: 'Uses Vim',
  })
  await call('DELETE', `/facts/${fact.id}`)
  const { changes } = await call<{ changes: Change[] }>('GET', '/history')
  expect(changes.map(({ action, cause }) => `${action} by ${cause}`)).toEqual([
    'removed by owner',
    'added by owner',
  ])
  expect(await call('POST', `/history/${changes[0]?.id}/undo`)).toMatchObject({
    persona: { version: 3, facts: [{ text: 'Uses Vim' }] },
  })
  expect(await call('GET', '/history')).toMatchObject({ changes: [{ action: 'restored' }, {}, {}] })
  expect(await call('POST', '/history/99/undo')).toMatchObject({ code: 'not_found' })
})

test('pending facts are shown to their owner alone, until they say yes', async () => {
  const { call, keys } = await owner()
  const { selfModels } = consumersOf().ports
  const said = { category: 'tool', text: 'Uses Emacs', source: 'pasted', at: realNow() } as const
  await selfModels.learn(keys, [
    {
      v: 1,
      made: realNow(),
      cause: 'learned',
      blocked: [],
      messages: [{ id: 'a', facts: [said] }],
    },
  ])
  const { facts, persona } = await call<SelfModelExport>('GET', '')
  expect([facts[0]?.status, persona.facts]).toEqual(['pending', []])
  expect(await call('PATCH', `/facts/${facts[0]?.id}`, { status: 'active' })).toMatchObject({
    fact: { status: 'active', owned: true },
    persona: { facts: [{ text: 'Uses Emacs' }] },
  })
})

test('the export holds everything: facts, history, settings and who did what', async () => {
  const { call } = await owner()
  await call('POST', '/facts', { category: 'goal', text: 'Run a marathon by October 2030' })
  await call('POST', '/facts', { category: 'expertise', text: 'The user is an expert in Rust.' })
  await call('POST', '/facts', { category: 'style', text: 'Prefers short answers' })
  await call('PATCH', '/settings', { learn: false, limits: { blocked: ['finance'] } })
  const all = await call<SelfModelExport>('GET', '/export')
  expect(all).toMatchObject({
    learn: false,
    limits: { blocked: ['finance'] },
    facets: {
      style: { length: 'brief' },
      expertise: [{ area: 'Rust', level: 'advanced' }],
      goals: [{ due: Date.UTC(2030, 10, 1) - 1 }],
    },
  })
  expect(all.history).toHaveLength(3)
  expect(all.audit?.map(({ action }) => action)).toEqual(expect.arrayContaining(['add', 'set']))
  expect(JSON.stringify(all.audit)).not.toMatch(/marathon|Rust/)
})

test('the audit log tells a page from a back end', async () => {
  const { harness, as, call } = await owner()
  await harness.fetch('/v1/self-model', { as, headers: { origin: 'https://app.test' } })
  // A page that only reads from its own origin names no `Origin`.
  await harness.fetch('/v1/self-model', { as, headers: { 'sec-fetch-site': 'same-origin' } })
  await harness.fetch('/v1/sessions', { as, method: 'POST' })
  const { entries } = await call<{ entries: { actor: string; action: string }[] }>('GET', '/audit')
  expect(entries.map(({ actor, action }) => `${actor} ${action}`).toSorted()).toEqual([
    'page read',
    'page read',
    'server read',
  ])
})

test('an observation holds either facts or a conversation', async () => {
  const { as } = await newcomer()
  for (const body of [{}, { facts: [], conversation: [] }]) {
    const answer = await observe(createHarness(), as, body)
    expect([answer.status, await answer.json()]).toMatchObject([
      400,
      { code: 'bad_request', field: 'facts', expected: 'either facts or a conversation' },
    ])
  }
})

test('the same observation, sent again, counts once; said again another day, it counts twice', async () => {
  const { as } = await newcomer()
  const sent: { id: string; facts: unknown[] }[] = []
  const watched = createHarness({
    ports: (real) => ({
      learning: {
        ...real.learning,
        send: async (_, { messages }) => void sent.push(...messages),
      },
    }),
  })
  const headers = { authorization: `Bearer ${await tokenFor(as, { ttl: 200_000 })}` }
  const report = { consent: 'edge', facts: [{ category: 'tool', text: 'Uses Vim' }], headers }
  await observe(watched, as, report)
  await observe(watched, as, report)
  watched.time.now += 86_400_000
  await observe(watched, as, report)
  await observe(watched, as, { ...report, id: 'my-id' })
  const ids = sent.map(({ id }) => id)
  expect([ids[0] === ids[1], new Set(ids).size]).toEqual([true, 3])
})

test('the 33rd pin is refused, clearly', async () => {
  const { call } = await owner()
  for (let i = 0; i < 32; i++) {
    await call('POST', '/facts', { category: 'tool', text: `Tool ${i}`, pinned: true })
  }
  expect(
    await call('POST', '/facts', { category: 'tool', text: 'One more', pinned: true }),
  ).toMatchObject({ code: 'too_many_pins', status: 409, field: 'pinned' })
}, 20_000)

test('a self-model of the first format is read, and its facts become rows at the next edit', async () => {
  const { call, keys, stub } = await owner()
  const fact = {
    id: 'old-id',
    category: 'tool',
    text: 'Uses Vim',
    confidence: 0.9,
    source: 'typed',
    firstSeen: 1,
    lastSeen: realNow(),
    pinned: false,
    vital: false,
    status: 'active',
  }
  await runInDurableObject(stub, (_, { storage: { sql } }) => {
    const model = JSON.stringify({ v: 1, version: 7, epoch: 2, facts: [fact] })
    sql.exec(
      `INSERT INTO self_model VALUES (1, ?, '', 0, 0, ?, ?)`,
      model,
      keys.orgKey,
      keys.persona,
    )
  })
  await evictDurableObject(stub)
  expect(await call('GET', '')).toMatchObject({ version: 7, epoch: 2, facts: [{ id: 'old-id' }] })
  await call('POST', '/facts', { category: 'diet', text: 'No fish' })
  expect(await call('GET', '')).toMatchObject({
    version: 8,
    facts: [{ id: 'old-id' }, { text: 'No fish' }],
  })
})
