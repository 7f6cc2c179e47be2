import { afterEach, expect, test, vi } from 'vitest'
import { chat, closePages, openPage, ready, stored, type Page } from './support/page.ts'

afterEach(() => {
  closePages()
  vi.unstubAllGlobals()
})

const peanuts = { category: 'health', text: 'allergic to peanuts' } as const

/** Storing is allowed, but not possible. */
async function useBlocked(): Promise<Page> {
  const page = openPage({ storage: 'device' })
  expect(await chat(page.edgewise, 'hello')).toContain('Hi')
  await vi.waitFor(() => expect(page.edgewise.state.value.session.status).toBe('ready'), 3000)
  await page.edgewise.facts.add(peanuts)
  await chat(page.edgewise, 'any peanuts?')
  return page
}

const inMemory = { device: { store: 'memory', gate: 'ready' }, facts: [{ text: peanuts.text }] }
const blocked = { consent: 'device', store: 'memory', storage: 'blocked' }

test('where IndexedDB refuses, all works in memory and the state says so', async () => {
  vi.spyOn(IDBFactory.prototype, 'open').mockImplementation(() => {
    throw new DOMException('not here', 'InvalidStateError')
  })
  const { edge, edgewise } = await useBlocked()
  expect(edge.contexts().at(-1)).toMatchObject(inMemory)
  expect(edgewise.state.value).toMatchObject(blocked)
})

test('where IndexedDB never answers, all works in memory after a second', async () => {
  const neverAnswers = Object.create(IDBOpenDBRequest.prototype, {
    addEventListener: { value: () => undefined },
  })
  vi.spyOn(IDBFactory.prototype, 'open').mockReturnValue(neverAnswers)
  const start = performance.now()
  const { edge, edgewise } = await useBlocked()
  expect(performance.now() - start).toBeLessThan(2500)
  expect(edge.contexts().at(-1)).toMatchObject(inMemory)
  expect(edgewise.state.value).toMatchObject(blocked)
})

test('where there is no IndexedDB at all, all works in memory', async () => {
  vi.stubGlobal('indexedDB', undefined)
  const { edge, edgewise } = await useBlocked()
  expect(edge.contexts().at(-1)).toMatchObject(inMemory)
  expect(edgewise.state.value).toMatchObject(blocked)
})

test('an agreement that cannot be kept is an agreement still, for this page', async () => {
  vi.stubGlobal('indexedDB', undefined)
  const { edge, edgewise, user } = openPage()
  await edgewise.facts.add(peanuts)
  expect(await edgewise.consent('edge')).toMatchObject({ ok: true })
  expect(edgewise.state.value).toMatchObject({
    consent: 'edge',
    store: 'memory',
    storage: 'blocked',
  })
  expect(edge.modelOf(user).facts).toHaveLength(1)
})

test('a stored record that is broken is as good as none', async () => {
  const first = openPage({ storage: 'device' })
  await ready(first.edgewise)
  await first.edgewise.facts.add(peanuts)
  for (const broken of [7, { v: 2 }, { v: 1, facts: 'no', session: { id: 5 }, receipts: [null] }]) {
    await overwrite(`u1:subject-of-${first.user}`, broken)
    const { edgewise } = openPage({ edge: first.edge, user: first.user, storage: 'device' })
    await ready(edgewise)
    const { facets: _derived, ...listed } = await edgewise.facts.list()
    expect(listed).toEqual({ facts: [] })
    expect(await chat(edgewise, 'hello')).toContain('Hi')
  }
})

test('what the page was told before its session opened takes nothing of what is stored', async () => {
  const first = openPage({ storage: 'device' })
  await ready(first.edgewise)
  await first.edgewise.learning({ blocked: ['finance'] })
  await first.edgewise.learning('off')
  await first.edgewise.facts.add(peanuts)
  const told = (await first.edgewise.facts.list()).facts[0]?.id ?? ''
  await first.edgewise.facts.remove(told)
  first.edgewise.stop()
  const { edge, user } = first
  const { promise, resolve } = Promise.withResolvers<void>()
  edge.fails.set('/v1/sessions', async () => {
    await promise
    return new Response('', { status: 503 })
  })
  const { edgewise } = openPage({ edge, user, storage: 'device' })
  await overwriteSession(user)
  await edgewise.facts.add({ category: 'diet', text: 'vegetarian' })
  edge.fails.delete('/v1/sessions')
  resolve()
  await vi.waitFor(() => expect(edgewise.state.value.session.status).toBe('failed'), 3000)
  await vi.waitFor(() => ready(edgewise), 5000)
  expect(edgewise.state.value.learning).toEqual({ learn: false, blocked: ['finance'] })
  const { changes } = await edgewise.facts.history()
  expect(changes.map(({ action, category }) => `${action} ${category}`)).toEqual([
    'added diet',
    'removed health',
    'added health',
  ])
  expect(new Set(changes.map(({ id }) => id)).size).toBe(3)
  expect(await edgewise.facts.undo(changes[1]?.id ?? '')).toMatchObject({ ok: true })
  const { facts } = await edgewise.facts.list()
  expect(facts.map(({ text }) => text).toSorted()).toEqual(['allergic to peanuts', 'vegetarian'])
})

/** As in another visit: its session is over. */
async function overwriteSession(user: string): Promise<void> {
  const key = `u1:subject-of-${user}`
  const old = (await stored())?.get(key)
  await overwrite(key, { ...(old as object), session: undefined })
}

async function overwrite(key: string, value: unknown): Promise<void> {
  await new Promise<void>((resolve) => {
    const request = indexedDB.open('edgewise')
    request.addEventListener('success', () => {
      const transaction = request.result.transaction('kv', 'readwrite')
      transaction.objectStore('kv').put(value, key)
      transaction.addEventListener('complete', () => {
        request.result.close()
        resolve()
      })
    })
  })
}
