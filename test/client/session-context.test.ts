import { afterEach, expect, test, vi } from 'vitest'
import { decodeContext } from '../../shared/context-header.ts'
import {
  chat,
  closePages,
  createWordGate,
  decision,
  openPage,
  ready,
  storedOf,
} from './support/page.ts'

afterEach(closePages)

const user = (content: string) => ({ role: 'user', content })

test('a one-shot call that refers to an earlier one gets the earlier words', async () => {
  const { edge, edgewise } = openPage()
  await ready(edgewise)
  await edgewise.clear('session')
  await chat(edgewise, 'how do I set up Kubernetes on two machines?')
  await chat(edgewise, 'how do I keep secrets in it?')
  const [first, second] = edge.contexts()
  expect(first).not.toHaveProperty('notes')
  expect(second?.notes).toEqual(['The user asked: how do I set up Kubernetes on two machines?'])
  expect(second?.decision?.inherited).toBe(1)
})

test('a conversation that is sent along gets nothing told again', async () => {
  const { edge, edgewise } = openPage()
  await chat(edgewise, 'tell me of Kubernetes')
  await chat(edgewise, {
    messages: [
      user('tell me of Kubernetes'),
      { role: 'assistant', content: 'Well.' },
      user('and secrets in it?'),
    ],
  })
  expect(edge.contexts().at(-1)).not.toHaveProperty('notes')
  // That conversation is the app's to send: a new one hears nothing of it.
  await chat(edgewise, 'what is it?')
  expect(edge.contexts().at(-1)).not.toHaveProperty('notes')
})

test('named conversations are told apart', async () => {
  const { edgewise } = openPage()
  await edgewise.decide({ text: 'about Rome', conversation: 'a' })
  await edgewise.decide({ text: 'about Oslo', conversation: 'b' })
  const { notes } = await edgewise.decide({ text: 'is it warm?', conversation: 'a' })
  expect(notes).toEqual(['The user asked: about Rome'])
})

test('only the last three messages of a conversation are kept, only their beginnings', async () => {
  const { edgewise, user: who } = openPage({ storage: 'device' })
  for (const text of ['first', 'second', 'third', `fourth ${'long '.repeat(1000)}`]) {
    await edgewise.decide({ text, conversation: 'a' })
  }
  const { notes } = await edgewise.decide({ text: 'is it?', conversation: 'a' })
  expect(notes.join()).toMatch(/second.*third.*fourth/)
  expect(notes.join()).not.toContain('first')
  await vi.waitFor(async () => expect(await storedOf(who)).toContain('fourth'))
  expect((await storedOf(who)).length).toBeLessThan(5000)
})

test('in memory the messages of a visit are gone with the page', async () => {
  const { edge, edgewise, user: who } = openPage()
  await edgewise.decide({ text: 'about Rome' })
  const next = openPage({ edge, user: who }).edgewise
  expect((await next.decide({ text: 'is it warm?' })).notes).toEqual([])
})

test('a session ends after thirty idle minutes: new id, nothing remembered', async () => {
  const { edge, edgewise } = openPage()
  await edgewise.decide({ text: 'about Rome' })
  edgewise.note('looks at hotels')
  const before = (await edgewise.decide({ text: 'x' })).header
  const later = Date.now() + 31 * 60_000
  vi.spyOn(Date, 'now').mockImplementation(() => later)
  const { notes, header } = await edgewise.decide({ text: 'is it warm?' })
  expect(notes).toEqual([])
  expect(edge.calls('/v1/sessions')).toHaveLength(2)
  const [first, second] = [decodeContext(before), decodeContext(header)]
  expect(first.ok && first.value.session).toMatch(/^session/)
  expect(second).not.toMatchObject({ value: { session: first.ok && first.value.session } })
})

test('notes and sources of the app travel when the message needs the session, the important first', async () => {
  const { edge, edgewise } = openPage()
  await ready(edgewise)
  edgewise.note('looks at the trip to Oslo')
  const asked: string[] = []
  const stop = edgewise.provide('cart', (query) => (asked.push(query), 'two tickets'), {
    priority: 2,
  })
  edgewise.provide('page', async () => 'checkout', { priority: 1 })
  await chat(edgewise, 'capital of France?')
  expect(asked).toEqual([])
  await chat(edgewise, 'can I change it?')
  expect(asked).toEqual(['can I change it?'])
  const notes = edge.contexts().at(-1)?.notes ?? []
  expect(notes).toEqual(
    expect.arrayContaining(['cart: two tickets', 'page: checkout', 'looks at the trip to Oslo']),
  )
  stop()
  await chat(edgewise, 'and cancel it?')
  expect(edge.contexts().at(-1)?.notes?.join()).not.toContain('two tickets')
})

test('a source that is late, throws or answers nonsense costs nothing but itself', async () => {
  const { edgewise } = openPage()
  await ready(edgewise)
  edgewise.provide('slow', () => new Promise(() => undefined))
  edgewise.provide('broken', () => {
    throw new Error('broken')
  })
  edgewise.provide('rejecting', () => Promise.reject(new Error('broken')))
  edgewise.provide('odd', () => JSON.parse('5'))
  edgewise.provide('good', () => 'a good line')
  const verdict = await edgewise.decide({ text: 'can I change it?' })
  expect(verdict).toMatchObject({ gate: 'ready' })
  expect(verdict.notes).toContain('good: a good line')
  expect(verdict.notes.join()).not.toMatch(/slow|broken|rejecting|odd/)
})

test('a source is cut at its tokens', async () => {
  const { edgewise } = openPage()
  edgewise.provide('long', () => 'word '.repeat(500), { maxTokens: 10 })
  const { notes } = await edgewise.decide({ text: 'can I change it?' })
  expect(notes[0]?.length).toBeLessThan(60)
})

test('while the user types the decision is made, and the sent message finds it', async () => {
  const gate = createWordGate()
  const { edge, edgewise } = openPage({ gate })
  await ready(edgewise)
  const field = document.createElement('textarea')
  document.body.append(field)
  const detach = edgewise.attach(field)
  for (const text of ['whi', 'which nood', 'which noodles?']) {
    field.value = text
    field.dispatchEvent(new Event('input'))
  }
  const queries = () => gate.asked.map(({ query }) => query)
  await vi.waitFor(() => expect(queries()).toContain('which noodles?'))
  expect(queries()).not.toContain('whi')
  const before = gate.asked.length
  await chat(edgewise, 'which noodles?')
  expect(gate.asked).toHaveLength(before)
  expect(edge.contexts().at(-1)?.device.gate).toBe('ready')

  detach()
  field.value = 'something else'
  field.dispatchEvent(new Event('input'))
  await new Promise((resolve) => setTimeout(resolve, 250))
  expect(gate.asked).toHaveLength(before)
  field.remove()
})

test('what is typed and never sent is not remembered', async () => {
  const { edgewise } = openPage()
  await ready(edgewise)
  await edgewise.clear('session')
  const field = document.createElement('textarea')
  edgewise.attach(field)
  field.value = 'half a thought'
  field.dispatchEvent(new Event('input'))
  await new Promise((resolve) => setTimeout(resolve, 250))
  expect((await edgewise.decide({ text: 'is it?' })).notes).toEqual([])
})

test('where the app names its messages, they are the history, up to the text itself', async () => {
  const asked: number[] = []
  const { edgewise } = openPage({
    gate: { decide: ({ history }) => (asked.push(history.length), decision({})) },
  })
  const messages = [
    user('a'),
    { role: 'assistant', content: [{ type: 'text', text: 'b' }] },
    user('c'),
  ]
  await edgewise.decide({ text: 'c', messages })
  await edgewise.decide({ text: 'd', messages })
  expect(asked).toEqual([2, 3])
})
