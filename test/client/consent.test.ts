import { afterEach, expect, test, vi } from 'vitest'
import {
  closePages,
  deleteDatabase,
  openPage,
  ready,
  stored,
  storedOf,
  chat,
} from './support/page.ts'
import { createEdge } from './support/edge.ts'

afterEach(closePages)

const peanuts = { category: 'health', text: 'allergic to peanuts' } as const

test('until the user agrees nothing is written to the device, not even an empty database', async () => {
  await deleteDatabase()
  const { edgewise } = openPage()
  await ready(edgewise)
  await edgewise.facts.add(peanuts)
  edgewise.note('looks at the page of noodles')
  edgewise.pause()
  edgewise.resume()
  await chat(edgewise, 'anything with peanuts?')
  await vi.waitFor(() => expect(edgewise.receipts()).toHaveLength(1))
  expect(await stored()).toBeUndefined()
  expect(edgewise.state.value).toMatchObject({
    consent: 'memory',
    answered: false,
    store: 'memory',
    storage: 'unused',
  })
})

test('a refusal is remembered, and nothing else', async () => {
  const { edge, edgewise, user } = openPage()
  await ready(edgewise)
  await edgewise.facts.add(peanuts)
  await edgewise.consent('memory')
  const record = (await stored())?.get(`u1:subject-of-${user}`)
  expect(record).toEqual({ v: 1, consent: 'memory', paused: false, facts: [], receipts: [] })

  const later = openPage({ edge, user }).edgewise
  await ready(later)
  expect(later.state.value).toMatchObject({ consent: 'memory', answered: true })
})

test('with the agreement to store, what the page gathered is kept and is there after a reload', async () => {
  const { edge, edgewise, user } = openPage()
  await ready(edgewise)
  await edgewise.facts.add(peanuts)
  expect(await edgewise.consent('device')).toEqual({ ok: true, value: undefined })
  expect(edgewise.state.value).toMatchObject({ store: 'device', storage: 'open', answered: true })
  expect(await storedOf(user)).toContain('allergic to peanuts')

  const reloaded = openPage({ edge, user }).edgewise
  await ready(reloaded)
  expect((await reloaded.facts.list()).facts).toMatchObject([
    { text: peanuts.text, where: 'device' },
  ])
})

test('a session is not opened again by the next page of the same visit', async () => {
  const { edge, edgewise, user } = openPage({ storage: 'device' })
  await ready(edgewise)
  await vi.waitFor(async () => expect((await stored())?.get('last')).toBeDefined())
  const before = edgewise.state.value.session
  const next = openPage({ edge, user, storage: 'device' }).edgewise
  await ready(next)
  expect(edge.calls('/v1/sessions')).toHaveLength(1)
  expect(next.state.value.session).toEqual(before)
})

test('the agreement to learning uploads the facts of the device, and a move down keeps them at the edge', async () => {
  const { edge, edgewise, user } = openPage()
  await edgewise.facts.add(peanuts)
  await edgewise.consent('edge')
  expect(edge.modelOf(user).facts).toMatchObject([{ text: peanuts.text, vital: true }])
  expect((await edgewise.facts.list()).facts).toMatchObject([{ where: 'edge' }])

  await edgewise.consent('device')
  await edgewise.facts.add({ category: 'tool', text: 'writes Rust' })
  expect(edge.modelOf(user).facts).toHaveLength(1)
  const { facts } = await edgewise.facts.list()
  expect(facts.map(({ where }) => where)).toEqual(['device', 'edge'])
})

test('a fact that the edge refuses stays on the device, and the caller hears why', async () => {
  const edge = createEdge()
  edge.fails.set('/v1/self-model/facts', () =>
    Response.json({ code: 'fact_rejected' }, { status: 422 }),
  )
  const { edgewise } = openPage({ edge })
  await edgewise.facts.add(peanuts)
  expect(await edgewise.consent('edge')).toMatchObject({ problem: { code: 'fact_rejected' } })
  expect((await edgewise.facts.list()).facts).toMatchObject([{ where: 'device' }])
})

test('Global Privacy Control keeps the default below learning, and the state says so', async () => {
  vi.stubGlobal('navigator', { globalPrivacyControl: true })
  const { edgewise } = openPage({ storage: 'edge' })
  vi.unstubAllGlobals()
  expect(edgewise.state.value).toMatchObject({ consent: 'device', gpc: true })
  await edgewise.consent('edge')
  expect(edgewise.state.value).toMatchObject({ consent: 'edge', gpc: true })
})

test('a pause is kept where storing is agreed to, and holds for the first request of the next page', async () => {
  const { edge, edgewise, user } = openPage({ storage: 'device' })
  await ready(edgewise)
  edgewise.pause()
  await vi.waitFor(async () => expect(await storedOf(user)).toContain('"paused":true'))
  const next = openPage({ edge, user, storage: 'device' }).edgewise
  expect((await next.decide({ text: 'hello' })).gate).toBe('paused')
})

test('an app that has the agreement already may say so, and then it is stored from the start', async () => {
  const { edgewise, user } = openPage({ storage: 'device' })
  await ready(edgewise)
  await edgewise.facts.add(peanuts)
  expect(await storedOf(user)).toContain(peanuts.text)
})
