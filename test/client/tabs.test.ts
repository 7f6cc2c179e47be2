import { afterEach, expect, test, vi } from 'vitest'
import { tokenFor } from './support/edge.ts'
import { chat, closePages, openPage, ready, storedOf, texts, twoTabs } from './support/page.ts'

afterEach(closePages)

const peanuts = { category: 'health', text: 'allergic to peanuts' } as const
const rust = { category: 'tool', text: 'writes Rust' } as const

test('two tabs share one session and lose no writes of each other', async () => {
  const { user, first, second } = await twoTabs()
  const many = Array.from(
    { length: 20 },
    (_, i) => ({ category: 'tool', text: `tool ${i}` }) as const,
  )
  await Promise.all(many.map((fact, i) => (i % 2 ? first : second).facts.add(fact)))
  await vi.waitFor(async () => {
    expect(await texts(first)).toHaveLength(20)
    expect(await texts(second)).toHaveLength(20)
  })
  for (const { text } of many) expect(await storedOf(user)).toContain(text)
  expect(first.state.value.session).toEqual(second.state.value.session)
})

test('what one tab removes no tab sends any more', async () => {
  const { edge, first, second } = await twoTabs()
  const added = await first.facts.add(peanuts)
  await vi.waitFor(async () => expect(await texts(second)).toHaveLength(1))
  await chat(second, 'any peanuts?')
  expect(edge.contexts().at(-1)?.facts).toMatchObject([{ text: peanuts.text }])
  await first.facts.remove(added.ok ? added.value.id : '')
  await vi.waitFor(async () => expect(await texts(second)).toHaveLength(0))
  await chat(second, 'any peanuts?')
  expect(edge.contexts().at(-1)).not.toHaveProperty('facts')
})

test('clearing the device empties storage, this tab and the others, and is empty after a reload', async () => {
  const { edge, user, first, second } = await twoTabs()
  await first.facts.add(peanuts)
  await vi.waitFor(async () => expect(await texts(second)).toHaveLength(1))
  await chat(second, 'any peanuts?')
  expect(await second.clear('device')).toMatchObject({ ok: true })
  expect(await storedOf(user)).toBe('')
  await vi.waitFor(() => expect(first.receipts()).toHaveLength(0))
  expect(await texts(first)).toEqual([])
  await chat(first, 'any peanuts?')
  expect(edge.contexts().at(-1)).not.toHaveProperty('facts')
  const reloaded = openPage({ edge, user }).edgewise
  await ready(reloaded)
  expect(await texts(reloaded)).toEqual([])
})

test('writes that are under way when another tab clears do not bring the record back', async () => {
  const { user, first, second } = await twoTabs()
  await first.facts.add(peanuts)
  await vi.waitFor(async () => expect(await texts(second)).toHaveLength(1))
  const clearing = first.clear('device')
  // What the second tab adds after it has been told is new, and may stay.
  for (let i = 0; i < 30; i++) await second.facts.add({ ...rust, text: `tool ${i}` })
  expect(await clearing).toMatchObject({ ok: true })
  await vi.waitFor(async () => expect(await texts(second)).not.toContain(peanuts.text))
  expect(await storedOf(user)).not.toContain(peanuts.text)
})

test('clearing the session forgets notes, messages and receipts, keeps facts, and is a new session', async () => {
  const { user, first, second } = await twoTabs()
  await first.facts.add(peanuts)
  first.note('looks at noodles')
  await chat(first, 'first words')
  await vi.waitFor(() => expect(second.receipts()).toHaveLength(1))
  const before = first.state.value.session
  await first.clear('session')
  expect(first.receipts()).toEqual([])
  await vi.waitFor(() => expect(second.receipts()).toEqual([]))
  expect(await storedOf(user)).not.toMatch(/looks at noodles|first words/)
  expect(await texts(first)).toEqual([peanuts.text])
  expect(first.state.value.session).not.toEqual(before)
})

test('clearing everything also empties the self-model at the edge', async () => {
  const { edge, user, first } = await twoTabs()
  await first.consent('edge')
  await first.facts.add(peanuts)
  expect(edge.modelOf(user).facts).toHaveLength(1)
  expect(await first.clear('everything')).toMatchObject({ ok: true })
  expect(edge.modelOf(user)).toMatchObject({ facts: [], epoch: 1 })
  expect((await first.facts.list()).facts).toEqual([])
})

test('when the edge cannot be reached, clearing everything clears the device and says what it could not', async () => {
  const { edge, user, first } = await twoTabs()
  await first.facts.add(peanuts)
  edge.fails.set('/v1/self-model', () =>
    Response.json({ code: 'storage_unavailable' }, { status: 503 }),
  )
  expect(await first.clear('everything')).toMatchObject({
    problem: { code: 'storage_unavailable' },
  })
  expect(await storedOf(user)).toBe('')
})

test('a refusal in one tab ends storing in the other', async () => {
  const { user, first, second } = await twoTabs()
  await first.consent('memory')
  await vi.waitFor(() => expect(second.state.value.consent).toBe('memory'))
  await second.facts.add(peanuts)
  expect(await storedOf(user)).not.toContain('peanuts')
})

test('an agreement in one tab holds in the other, with what that one had gathered', async () => {
  const { edge, user, edgewise: first } = openPage()
  const second = openPage({ edge, user }).edgewise
  await Promise.all([ready(first), ready(second)])
  await second.facts.add(rust)
  await first.facts.add(peanuts)
  await first.consent('device')
  await vi.waitFor(async () => expect(await storedOf(user)).toContain(rust.text))
  expect(await storedOf(user)).toContain(peanuts.text)
  expect(second.state.value.store).toBe('device')
})

test('the later answer holds in every tab, also after a refusal', async () => {
  const { edge, user, edgewise: first } = openPage()
  const second = openPage({ edge, user }).edgewise
  await Promise.all([ready(first), ready(second)])
  await first.consent('memory')
  await vi.waitFor(() => expect(second.state.value.answered).toBe(true))
  await second.consent('device')
  await vi.waitFor(() => expect(first.state.value.consent).toBe('device'))
})

test('a tab that takes on its user while it opens, as the other does, disturbs nothing there', async () => {
  const { edge, user, edgewise: first } = openPage()
  await ready(first)
  await first.facts.add(rust)
  const second = openPage({ edge, token: tokenFor(`user-${crypto.randomUUID()}`) }).edgewise
  await second.switchUser({ token: tokenFor(user) })
  const third = openPage({ edge, token: tokenFor(`user-${crypto.randomUUID()}`) }).edgewise
  await ready(third)
  await third.switchUser({ token: tokenFor(user) })
  // What a tab tells the others it tells in order: once this has arrived, so has all before it.
  await third.consent('device')
  await vi.waitFor(() => expect(first.state.value.consent).toBe('device'))
  expect(await texts(first)).toEqual([rust.text])
  expect(first.state.value.session.status).toBe('ready')
})

test('whoever leaves in one tab leaves in all of theirs, and in no other', async () => {
  const { edge, user, first, second } = await twoTabs()
  const other = openPage({ edge }).edgewise
  await ready(other)
  await other.facts.add(rust)
  await first.switchUser({ token: tokenFor(`user-${crypto.randomUUID()}`) })
  await vi.waitFor(() => expect(second.state.value.session.status).not.toBe('ready'))
  expect(await storedOf(user)).not.toContain('"session"')
  expect(await texts(other)).toEqual([rust.text])
})

test('a page in the back/forward cache keeps no channel open, and on return knows what was cleared', async () => {
  const closed = vi.spyOn(BroadcastChannel.prototype, 'close')
  const { edge, user, first } = await twoTabs()
  await first.facts.add(peanuts)
  dispatchEvent(new PageTransitionEvent('pagehide', { persisted: true }))
  expect(closed).toHaveBeenCalledTimes(2)
  closed.mockRestore()
  // Cleared by a page that the sleeping ones cannot hear.
  const third = openPage({ edge, user }).edgewise
  await third.clear('device')
  expect(first.state.value.session.status).toBe('ready')
  dispatchEvent(new PageTransitionEvent('pageshow', { persisted: true }))
  await vi.waitFor(async () => expect(await texts(first)).toEqual([]))
  expect(first.state.value.store).toBe('device')
})

test('a page that kept all in memory returns from the cache without it', async () => {
  const { edgewise } = openPage()
  await ready(edgewise)
  await edgewise.facts.add(peanuts)
  dispatchEvent(new PageTransitionEvent('pagehide', { persisted: true }))
  dispatchEvent(new PageTransitionEvent('pageshow', { persisted: true }))
  await vi.waitFor(async () => expect(await texts(edgewise)).toEqual([]))
})
