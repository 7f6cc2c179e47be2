import { afterEach, expect, test } from 'vitest'
import { createEdge, ENDPOINT, tokenFor } from './support/edge.ts'
import {
  chat,
  closePages,
  createWordGate,
  decision,
  openPage,
  ready,
  openSeeded,
} from './support/page.ts'

afterEach(closePages)

const url = `${ENDPOINT}/v1/chat/completions`
const body = JSON.stringify({ messages: [{ role: 'user', content: 'which noodles?' }] })

test('a tool loop carries one decision, header for header, and so does a retry', async () => {
  let asked = 0
  const { edge, edgewise } = await openSeeded({
    gate: { decide: () => decision({ facts: [`f${++asked}`] }) },
  })
  asked = 0
  const messages = [{ role: 'user', content: 'which noodles?' }]
  const calls = [{ id: 'c', type: 'function', function: { name: 'look', arguments: '{}' } }]
  const tools = [
    { role: 'assistant', content: null, tool_calls: calls },
    { role: 'tool', tool_call_id: 'c', content: 'udon' },
  ]
  await chat(edgewise, { messages })
  await chat(edgewise, { messages })
  await chat(edgewise, { messages: [...messages, ...tools] })
  const sent = edge
    .calls('/v1/chat/completions')
    .map((call) => call.headers.get('edgewise-context'))
  expect(new Set(sent).size).toBe(1)
  await chat(edgewise, {
    messages: [...messages, ...tools, { role: 'user', content: 'and soup?' }],
  })
  expect(asked).toBe(2)
})

test('a late decision stays late within its turn, and is made anew when the message is sent again', async () => {
  let wait = 200
  const { edge, edgewise } = openPage({
    gate: {
      decide: async () => {
        await new Promise((resolve) => setTimeout(resolve, wait))
        return decision({})
      },
    },
  })
  const messages = [{ role: 'user', content: 'hello' }]
  await chat(edgewise, { messages })
  wait = 0
  await chat(edgewise, { messages: [...messages, { role: 'tool', content: 'x' }] })
  await chat(edgewise, { messages })
  expect(edge.contexts().map((context) => context?.device.gate)).toEqual(['late', 'late', 'ready'])
})

test('the app says how readily context is attached; its user may always say less', async () => {
  const asked: (string | undefined)[] = []
  const gate = {
    decide(_: unknown, options?: { mode?: string }) {
      asked.push(options?.mode)
      return decision({})
    },
  }
  const { edge, user, edgewise } = openPage({ gate, mode: 'balanced' })
  await edgewise.decide({ text: 'any noodles?' })
  for (const mode of ['cautious', 'generous'] as const) {
    edge.limit(user, { mode })
    const later = openPage({ edge, user, gate, mode: 'balanced' }).edgewise
    await later.decide({ text: 'any noodles?' })
  }
  expect(asked).toEqual(['balanced', 'cautious', 'balanced'])
})

test('a request waits 50 ms for the gate and no longer', async () => {
  const { edgewise } = await openSeeded({ gate: { decide: () => new Promise(() => undefined) } })
  const start = performance.now()
  expect((await edgewise.decide({ text: 'anything' })).gate).toBe('late')
  expect(performance.now() - start).toBeGreaterThan(45)
  expect(performance.now() - start).toBeLessThan(500)
})

test('a gate that throws costs the context and not the answer', async () => {
  const { edge, edgewise } = openPage({
    gate: {
      decide() {
        throw new Error('broken')
      },
    },
  })
  expect(await chat(edgewise, 'hello')).toContain('Hi')
  expect(edge.contexts()[0]).toMatchObject({ device: { gate: 'failed' } })
  expect(edge.contexts()[0]).not.toHaveProperty('decision')
})

test('the answer arrives when sessions cannot be opened, refused or hanging', async () => {
  const edge = createEdge()
  edge.fails.set('/v1/sessions', () => Response.json({ code: 'internal' }, { status: 500 }))
  const { edgewise } = openPage({ edge })
  expect(await chat(edgewise, 'hello')).toContain('Hi')
  expect(edgewise.state.value.session).toMatchObject({
    status: 'failed',
    cause: { code: 'internal' },
  })

  edge.fails.set('/v1/sessions', () => new Promise(() => undefined))
  expect(await chat(openPage({ edge }).edgewise, 'hello')).toContain('Hi')
  edge.fails.set('/v1/sessions', () => Promise.reject(new TypeError('no network')))
  expect(await chat(openPage({ edge }).edgewise, 'hello')).toContain('Hi')
  expect(edge.contexts().map((context) => context?.device.gate)).toEqual([
    'failed',
    'late',
    'failed',
  ])
})

test('while paused nothing is decided, and the edge is told', async () => {
  const { edge, edgewise } = await openSeeded()
  edgewise.pause()
  await chat(edgewise, 'which noodles?')
  await edgewise.fetch(url, { method: 'POST', body: new Blob([body]) })
  edgewise.resume()
  await chat(edgewise, 'which noodles?')
  const gates = edge.contexts().map((context) => context?.device.gate)
  expect(gates).toEqual(['paused', 'paused', 'ready'])
  expect(edge.contexts()[0]).not.toHaveProperty('decision')
})

test('an own call to a back end carries the same header, and the token only when asked for', async () => {
  const { edgewise, user } = await openSeeded({ feature: 'support' })
  const verdict = await edgewise.decide({ text: 'which noodles?' })
  expect(verdict).toMatchObject({ gate: 'ready', decision: { slices: { profile: true } } })
  expect(await edgewise.headers(verdict)).toEqual({
    'Edgewise-Context': verdict.header,
    'Edgewise-Feature': 'support',
  })
  expect(await edgewise.headers({ text: 'which noodles?' }, { authorization: true })).toEqual({
    'Edgewise-Context': verdict.header,
    'Edgewise-Feature': 'support',
    Authorization: `Bearer ${tokenFor(user)}`,
  })
})

test('messages of an AI SDK page are read like any others, and the last words in them are what is asked', async () => {
  const gate = createWordGate()
  const { edgewise } = await openSeeded({ gate })
  const text = (said: string) => [{ type: 'text', text: said }]
  await edgewise.headers({
    messages: [
      { role: 'user', parts: text('which noodles?') },
      { role: 'assistant', parts: [{ type: 'step-start' }, ...text('Udon.')] },
      { role: 'user', parts: [...text('and with it?'), { type: 'file', url: 'data:,x' }] },
    ],
  })
  expect(gate.asked.at(-1)).toMatchObject({
    query: 'and with it?',
    history: [
      { role: 'user', content: 'which noodles?' },
      { role: 'assistant', content: 'Udon.' },
    ],
  })
  // What the user is about to say need not stand among them.
  await edgewise.decide({ text: 'more', messages: [{ role: 'user', parts: text('soup?') }] })
  expect(gate.asked.at(-1)).toMatchObject({ query: 'more', history: [{ content: 'soup?' }] })
})

test('a header never exceeds its size, whatever the words', async () => {
  const { edgewise } = await openSeeded({ gate: { decide: () => decision({ session: true }) } })
  for (let i = 0; i < 8; i++)
    edgewise.provide(`source ${i}`, () => '漢字'.repeat(400), { maxTokens: 100 })
  const { header } = await edgewise.decide({ text: 'x'.repeat(100_000) })
  expect(header.length).toBeLessThanOrEqual(4096)
  expect(header).toMatch(/^[\x20-\x7e]*$/)
})

test('the edge is told how many tokens only the device knows, and no word of them', async () => {
  const { edge, edgewise } = openPage()
  await ready(edgewise)
  await chat(edgewise, 'hello')
  expect(edge.contexts().at(-1)?.device).not.toHaveProperty('whole')
  await edgewise.facts.add({ category: 'tool', text: 'writes Rust' })
  await edgewise.facts.add({ category: 'diet', text: 'loves noodles' })
  await chat(edgewise, 'which noodles?')
  const context = edge.contexts().at(-1)
  expect(context).toMatchObject({ device: { whole: 3 + 4 }, facts: [{ text: 'loves noodles' }] })
  expect(JSON.stringify(context)).not.toContain('Rust')
})
