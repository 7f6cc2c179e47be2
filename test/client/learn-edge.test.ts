import { afterEach, expect, test, vi } from 'vitest'
import { createEdge } from './support/edge.ts'
import {
  eventually,
  learnAndDelete,
  listed,
  openLearning,
  quiet,
  waitForFacts,
} from './support/learning.ts'
import { chat, closePages, storedOf } from './support/page.ts'

afterEach(closePages)

const openAtEdge = (given: Parameters<typeof openLearning>[0] = {}) =>
  openLearning({ storage: 'edge', ...given })

test('facts go to the edge, never the message; the edge’s own then take the place of those here', async () => {
  const { edge, edgewise } = await openAtEdge()
  edge.understanding.held = true
  await chat(edgewise, 'I am vegetarian and my plumber is late')
  await waitForFacts(edgewise, [{ text: 'The user is vegetarian.', where: 'device' }])
  await eventually(() => expect(edge.understanding.observed).toHaveLength(1))
  expect(edge.understanding.observed[0]).toMatchObject({
    consent: 'edge',
    epoch: 0,
    facts: [{ category: 'diet', text: 'The user is vegetarian.', source: 'typed' }],
  })
  expect(JSON.stringify(edge.understanding.observed)).not.toContain('plumber')
  edge.understanding.deliver()
  await waitForFacts(edgewise, [{ text: 'The user is vegetarian.', where: 'edge' }])
  await quiet()
  expect(edge.calls('/v1/self-model/facts')).toEqual([])
})

test('what was learned helps with the next question, before the edge knows it', async () => {
  const { edge, edgewise } = await openAtEdge()
  edge.understanding.held = true
  await chat(edgewise, 'I am vegetarian')
  await waitForFacts(edgewise, [{}])
  await chat(edgewise, 'a vegetarian lunch?')
  expect(edge.contexts().at(-1)?.facts).toMatchObject([{ text: 'The user is vegetarian.' }])
})

test('while the edge cannot be reached lessons wait, also over a reload, and count once', async () => {
  const edge = createEdge()
  edge.fails.set('/v1/observe', () => Promise.reject(new TypeError('no network')))
  const { edgewise, user } = await openAtEdge({ edge })
  await chat(edgewise, 'I am vegetarian')
  await eventually(() => expect(edge.calls('/v1/observe').length).toBeGreaterThan(0))
  await eventually(async () => expect(await storedOf(user)).toContain('outbox":[{'))
  edgewise.stop()
  edge.fails.clear()
  const { edgewise: later } = await openAtEdge({ edge, user })
  await waitForFacts(later, [{ text: 'The user is vegetarian.', where: 'edge', times: 1 }])
  const bodies = edge.calls('/v1/observe').map(({ body }) => body)
  expect(new Set(bodies).size).toBe(1)
})

test('what the edge refuses is not kept here either', async () => {
  const { edge, edgewise } = await openAtEdge()
  const refused = { id: 'x', accepted: 0, refused: { blocked_by_org: 1 } }
  edge.fails.set('/v1/observe', () => Response.json(refused, { status: 202 }))
  await chat(edgewise, 'I am vegetarian')
  await eventually(() => expect(edge.calls('/v1/observe')).toHaveLength(1))
  await waitForFacts(edgewise, [])
})

test('without a trace at the edge for two minutes, what stood for it here goes', async () => {
  const { edge, edgewise } = await openAtEdge()
  edge.understanding.held = true
  await chat(edgewise, 'I am vegetarian')
  await waitForFacts(edgewise, [{}])
  await eventually(() => expect(edge.understanding.observed).toHaveLength(1))
  let now = Date.now()
  vi.spyOn(Date, 'now').mockImplementation(() => now)
  await eventually(async () => {
    // The device may take down only now when it has told the edge.
    now += 121_000
    expect(await listed(edgewise)).toEqual([])
  })
})

test('a correction supersedes at the edge as it does here', async () => {
  const { edge, edgewise, user } = await openAtEdge()
  await edge.seed(user, { category: 'diet', text: 'The user is vegetarian.' })
  await edgewise.facts.list()
  edge.understanding.held = true
  await chat(edgewise, "I'm no longer vegetarian")
  await waitForFacts(edgewise, [
    { text: 'The user is no longer vegetarian.', where: 'device' },
    { text: 'The user is vegetarian.', status: 'superseded' },
  ])
  await eventually(() => expect(edge.understanding.observed).toHaveLength(1))
  expect(edge.understanding.observed[0]?.facts).toMatchObject([
    { category: 'diet', supersedes: 'the user is vegetarian' },
  ])
  edge.understanding.deliver()
  await waitForFacts(edgewise, [
    { text: 'The user is vegetarian.', where: 'edge', status: 'superseded' },
    { text: 'The user is no longer vegetarian.', where: 'edge' },
  ])
})

test('what the edge knows already is only told to it once more', async () => {
  const { edge, edgewise, user } = await openAtEdge()
  await edge.seed(user, { category: 'diet', text: 'The user is vegetarian.' })
  await edgewise.facts.list()
  await chat(edgewise, 'I am vegetarian, you know')
  await eventually(() => expect(edge.understanding.observed).toHaveLength(1))
  await waitForFacts(edgewise, [{ where: 'edge', times: 2 }])
})

test('after "forget everything" nothing comes back: not from here, not from another device', async () => {
  const { edge, edgewise, user } = await openAtEdge()
  edge.understanding.held = true
  await chat(edgewise, 'I am vegetarian')
  await eventually(() => expect(edge.understanding.observed).toHaveLength(1))
  const cleared = await edgewise.clear('everything')
  expect(cleared).toMatchObject({ value: { erasure: { epoch: 1, signed: 'a.b.c' } } })
  edge.understanding.deliver()
  expect(await listed(edgewise)).toEqual([])
  expect(edge.modelOf(user).facts).toEqual([])
})

test('what this device held under an earlier epoch is void once it hears of the erasure', async () => {
  const { edge, edgewise, user } = await openAtEdge()
  edge.fails.set('/v1/observe', () => Response.json({}, { status: 503 }))
  await chat(edgewise, 'I am vegetarian')
  await waitForFacts(edgewise, [{ where: 'device' }])
  await edge.fetch('https://edge.test/v1/self-model', {
    method: 'DELETE',
    headers: edge.calls('/v1/sessions')[0]?.headers ?? {},
  })
  edge.fails.clear()
  await waitForFacts(edgewise, [])
  await quiet()
  expect(edge.modelOf(user).facts).toEqual([])
  expect(edgewise.receipts()).toEqual([])
  expect(await storedOf(user)).not.toContain('user is vegetarian')
})

test('deleted while it was on its way, a fact does not stay at the edge', async () => {
  const { edge, edgewise, user } = await openAtEdge()
  edge.understanding.held = true
  await chat(edgewise, 'I am vegetarian')
  await waitForFacts(edgewise, [{}])
  await eventually(() => expect(edge.understanding.observed).toHaveLength(1))
  const [fact] = await listed(edgewise)
  await edgewise.facts.decline(fact?.id ?? '')
  edge.understanding.deliver()
  expect(edge.modelOf(user).facts).toHaveLength(1)
  await waitForFacts(edgewise, [])
  expect(edge.modelOf(user).facts).toEqual([])
})

test('deleted at the edge, a fact is learned there anew when it is said again in the same visit', async () => {
  const { edge, edgewise, user } = await openAtEdge()
  await learnAndDelete(edgewise, { message: 'I use Python', where: 'edge' })
  expect(await listed(edgewise)).toEqual([])
  await chat(edgewise, 'Well, I use Python now')
  await waitForFacts(edgewise, [{ text: 'The user uses Python.', where: 'edge' }])
  expect(edge.modelOf(user).facts).toHaveLength(1)
})

test('consent withdrawn: what was on its way stays on this device', async () => {
  const { edge, edgewise } = await openAtEdge()
  edge.fails.set('/v1/observe', () => Response.json({}, { status: 503 }))
  await chat(edgewise, 'I am vegetarian')
  await waitForFacts(edgewise, [{ where: 'device' }])
  await edgewise.consent('device')
  edge.fails.clear()
  await chat(edgewise, 'I use Python')
  await waitForFacts(edgewise, [
    { text: 'The user is vegetarian.' },
    { text: 'The user uses Python.' },
  ])
  expect(edge.understanding.observed).toEqual([])
})

test('the history of the edge is shown with that of the device, and undone there', async () => {
  const { edge, edgewise, user } = await openAtEdge()
  await chat(edgewise, 'I am vegetarian')
  await waitForFacts(edgewise, [{ where: 'edge' }])
  const { changes } = await edgewise.facts.history()
  const [change] = changes.filter(({ where }) => where === 'edge')
  expect(change).toMatchObject({ action: 'added', after: { text: 'The user is vegetarian.' } })
  expect(await edgewise.facts.undo(change?.id ?? '')).toMatchObject({ ok: true })
  expect(edge.modelOf(user).facts).toEqual([])
})

test('what the user does not want learned holds at the edge and on other devices', async () => {
  const { edge, edgewise, user } = await openAtEdge()
  await edgewise.learning({ blocked: ['diet'] })
  expect(edge.modelOf(user).limits).toEqual({ blocked: ['diet'] })
  const { edgewise: other, asked } = await openAtEdge({ edge, user })
  await other.facts.list()
  expect(other.state.value.learning.blocked).toEqual(['diet'])
  await chat(other, 'I am vegetarian')
  await eventually(() => expect(asked).toHaveLength(1))
  await quiet()
  expect(edge.understanding.observed).toEqual([])
  await other.learning({ blocked: [] })
  expect(other.state.value.learning.blocked).toEqual([])
})

test('of two devices that each keep a category out neither undoes the other', async () => {
  const { edge, edgewise, user } = await openAtEdge()
  await edgewise.learning({ blocked: ['tool', 'goal'] })
  // Another device, of which this one has not heard.
  await edge.fetch('https://edge.test/v1/self-model/settings', {
    method: 'PATCH',
    headers: edge.calls('/v1/sessions')[0]?.headers ?? {},
    body: JSON.stringify({ limits: { blocked: ['tool', 'goal', 'health'], maxFacts: 2 } }),
  })
  await edgewise.learning({ blocked: ['tool', 'diet'] })
  expect(edge.modelOf(user).limits).toEqual({ blocked: ['health', 'tool', 'diet'], maxFacts: 2 })
  expect(edgewise.state.value.learning.blocked).toEqual(['health', 'tool', 'diet'])
})

test('a newer persona reaches an open session when the user comes back to the page', async () => {
  const { edge, edgewise, user } = await openAtEdge()
  await edge.seed(user, { category: 'diet', text: 'loves noodles' })
  const later = Date.now() + 61_000
  vi.spyOn(Date, 'now').mockImplementation(() => later)
  window.dispatchEvent(new Event('focus'))
  await eventually(() => expect(edge.calls('/v1/sessions')).toHaveLength(2))
  await eventually(async () => {
    await chat(edgewise, 'which noodles?')
    expect(edge.contexts().at(-1)?.decision?.facts).toHaveLength(1)
  })
})

test('who read or changed what is there to be seen', async () => {
  const { edgewise } = await openAtEdge()
  expect(await edgewise.audit()).toMatchObject({ value: [{ actor: 'page' }, { actor: 'edge' }] })
})
