import { afterEach, expect, test, vi } from 'vitest'
import { createEdge } from './support/edge.ts'
import { chat, closePages, openPage, ready } from './support/page.ts'

afterEach(closePages)

const diet = { category: 'diet', text: 'eats no meat' } as const

async function atEdge() {
  const page = openPage()
  await page.edge.seed(page.user, diet)
  await ready(page.edgewise)
  const { facts } = await page.edgewise.facts.list()
  return { ...page, id: facts[0]?.id ?? '' }
}

test("the user's own facts at the edge are chosen from, whatever may be stored here", async () => {
  const { edge, edgewise, id } = await atEdge()
  await chat(edgewise, 'recipe without meat')
  expect(edge.contexts().at(-1)).toMatchObject({
    device: { version: 1 },
    decision: { facts: [id] },
  })
  expect(edge.contexts().at(-1)).not.toHaveProperty('facts')
})

test('an edit travels with the next request, because KV may not know it yet', async () => {
  const { edge, edgewise, id } = await atEdge()
  const edited = await edgewise.facts.edit(id, { text: 'eats fish, no meat' })
  expect(edited).toMatchObject({ ok: true, value: { text: 'eats fish, no meat', where: 'edge' } })
  await chat(edgewise, 'recipe with fish')
  expect(edge.contexts().at(-1)).toMatchObject({
    device: { version: 2 },
    facts: [{ id, text: 'eats fish, no meat' }],
  })
})

test('after two minutes an edit travels no more', async () => {
  const { edge, edgewise, id } = await atEdge()
  await edgewise.facts.edit(id, { text: 'eats fish, no meat' })
  const later = Date.now() + 121_000
  vi.spyOn(Date, 'now').mockImplementation(() => later)
  await chat(edgewise, 'recipe with fish')
  expect(edge.contexts().at(-1)).toMatchObject({ decision: { facts: [id] } })
  expect(edge.contexts().at(-1)).not.toHaveProperty('facts')
})

test('a fact that was removed is never chosen again, though the edge may lag', async () => {
  const { edge, edgewise, id } = await atEdge()
  const stale = edge.fails
  const session = await edge.fetch('https://edge.test/v1/sessions', {
    method: 'POST',
    headers: { authorization: edge.calls('/v1/sessions')[0]?.headers.get('authorization') ?? '' },
  })
  const old = await session.text()
  await edgewise.facts.remove(id)
  stale.set('/v1/sessions', () => new Response(old))
  vi.spyOn(Date, 'now').mockImplementation(
    () => performance.timeOrigin + performance.now() + 90_000,
  )
  await chat(edgewise, 'recipe without meat')
  expect(edge.contexts().at(-1)?.decision?.facts).toEqual([])
})

test('facts of the device are added, changed, pinned and removed without a network', async () => {
  const edge = createEdge()
  edge.fails.set('/v1/sessions', () => Promise.reject(new TypeError('no network')))
  edge.fails.set('/v1/self-model', () => Promise.reject(new TypeError('no network')))
  const { edgewise } = openPage({ edge })
  const added = await edgewise.facts.add({ category: 'health', text: '  allergic to peanuts ' })
  const id = added.ok ? added.value.id : ''
  expect(added).toMatchObject({
    value: { text: 'allergic to peanuts', vital: true, where: 'device' },
  })
  expect(await edgewise.facts.edit(id, { text: 'allergic to nuts' })).toMatchObject({ ok: true })
  expect(await edgewise.facts.pin(id)).toMatchObject({ value: { pinned: true } })
  expect(await edgewise.facts.list()).toMatchObject({
    facts: [{ text: 'allergic to nuts', pinned: true }],
    problem: { code: 'edge_unreachable' },
  })
  expect(await edgewise.facts.remove(id)).toMatchObject({ ok: true })
  expect((await edgewise.facts.list()).facts).toEqual([])
})

test('only facts that were chosen travel', async () => {
  const { edge, edgewise } = openPage()
  await edgewise.facts.add({ category: 'diet', text: 'loves noodles' })
  await edgewise.facts.add({ category: 'tool', text: 'writes Rust' })
  await chat(edgewise, 'which noodles?')
  await chat(edgewise, 'capital of France?')
  expect(edge.contexts()[0]?.facts).toMatchObject([{ text: 'loves noodles' }])
  expect(edge.contexts()[1]).not.toHaveProperty('facts')
})

test('facts that are pasted wait for a yes, and expired ones are not chosen', async () => {
  const { edge, edgewise } = openPage()
  await edgewise.facts.add({ category: 'diet', text: 'loves noodles', source: 'pasted' })
  await edgewise.facts.add({ category: 'diet', text: 'hates noodles', expires: Date.now() - 1 })
  await chat(edgewise, 'which noodles?')
  expect(edge.contexts()[0]?.decision?.facts).toEqual([])
})

test('a text that is empty or too long is refused with what would be right', async () => {
  const { edgewise } = openPage()
  for (const text of ['  ', 'é'.repeat(129)]) {
    expect(await edgewise.facts.add({ category: 'diet', text })).toMatchObject({
      problem: { code: 'fact_rejected', field: 'text', expected: '1 to 256 bytes' },
    })
  }
  expect(await edgewise.facts.edit('nobody', { text: 'x' })).toMatchObject({ ok: false })
})

test('contact data does not stay in a fact of the device, added or edited', async () => {
  const { edgewise } = openPage()
  const text = 'prefers mail to ada@example.com over calls'
  const added = await edgewise.facts.add({ category: 'preference', text })
  const kept = 'prefers mail to [email] over calls'
  expect(added).toMatchObject({ value: { text: kept, where: 'device' } })
  const id = added.ok ? added.value.id : ''
  const alone = 'call me on +49 170 1234567'
  const refused = { problem: { code: 'fact_rejected', field: 'text' } }
  expect(await edgewise.facts.add({ category: 'schedule', text: alone })).toMatchObject(refused)
  expect(await edgewise.facts.edit(id, { text: alone })).toMatchObject(refused)
  const edited = await edgewise.facts.edit(id, { text: 'pays dinners with 4111 1111 1111 1111' })
  expect(edited).toMatchObject({ value: { text: 'pays dinners with [card]' } })
  const { changes } = await edgewise.facts.history()
  expect(JSON.stringify(changes)).not.toMatch(/ada@|1234567|4111/)
})

test('when the edge cannot be reached the list shows what was handed out, and says so', async () => {
  const { edge, edgewise, id } = await atEdge()
  edge.fails.set('/v1/self-model', () => Promise.reject(new TypeError('no network')))
  expect(await edgewise.facts.list()).toMatchObject({
    facts: [{ id, text: diet.text, where: 'edge' }],
    problem: { code: 'edge_unreachable' },
  })
})

test('the export holds the facts of device and edge, and the receipts', async () => {
  const { edgewise } = await atEdge()
  await edgewise.facts.add({ category: 'tool', text: 'writes Rust' })
  await chat(edgewise, 'recipe without meat')
  await vi.waitFor(() => expect(edgewise.receipts()).toHaveLength(1))
  expect(await edgewise.export()).toMatchObject({
    device: { facts: [{ text: 'writes Rust' }] },
    edge: { facts: [{ text: diet.text }] },
    receipts: [{ facts: [{ text: diet.text }] }],
  })
})

test('changes are told to those who watch the state', async () => {
  const { edgewise } = openPage()
  await ready(edgewise)
  const { revision: first } = edgewise.state.value
  await edgewise.decide({ text: 'nothing new here' })
  expect(edgewise.state.value.revision).toBe(first)
  const seen: number[] = []
  const stop = edgewise.state.subscribe(({ revision }) => seen.push(revision))
  await edgewise.facts.add(diet)
  await vi.waitFor(() => expect(seen.length).toBeGreaterThan(0))
  stop()
  const before = seen.length
  await edgewise.facts.add({ ...diet, text: 'eats no fish' })
  expect(seen).toHaveLength(before)
})
