import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import type { Fetch } from '../../client/types.ts'
import { createEdge, ENDPOINT, tokenFor, type Edge } from './support/edge.ts'
import { chat, closePages, openPage, openSeeded, ready, stored, storedOf } from './support/page.ts'

/* What was begun for one user does not end with the next one, and what was cleared does not come back. */

afterEach(closePages)
beforeEach(async () => {
  await openPage().edgewise.clear('device')
  closePages()
})

const sleep = (ms: number) => new Promise((wake) => setTimeout(wake, ms))
const someone = () => `user-${crypto.randomUUID()}`
const secret = (i: number) => ({ category: 'tool', text: `secret tool ${i}` }) as const

/** The edge, with answers of one route under way for `ms`. */
function slow(edge: Edge, { method, path, ms }: { method: string; path: string; ms: number }) {
  const fetch: Fetch = async (input, init) => {
    const answer = await edge.fetch(input, init)
    const { pathname } = new URL(
      input instanceof Request ? input.url : String(input),
      location.href,
    )
    if (pathname === path && init?.method === method) await sleep(ms)
    return answer
  }
  return fetch
}

/** A user with four facts on this device, of which the first is on its way to the edge. */
async function uploading() {
  const edge = createEdge()
  const fetch = slow(edge, { method: 'POST', path: '/v1/self-model/facts', ms: 300 })
  const { edgewise, user } = openPage({ edge, fetch })
  await ready(edgewise)
  for (let i = 0; i < 4; i++) await edgewise.facts.add(secret(i))
  const moved = edgewise.consent('edge')
  await vi.waitFor(() => expect(edge.modelOf(user).facts.length).toBeGreaterThan(0))
  return { edge, edgewise, user, moved }
}

test('facts on their way to the edge end with their user, and none reaches the next', async () => {
  const { edge, edgewise, moved } = await uploading()
  const other = someone()
  const behind = edgewise.consent('edge')
  await sleep(50)
  await edgewise.switchUser({ token: tokenFor(other) })
  for (const one of [moved, behind]) {
    expect(await one).toMatchObject({ problem: { code: 'token_invalid' } })
  }
  await ready(edgewise)
  await sleep(400)
  expect(edge.modelOf(other).facts).toEqual([])
})

test('facts on their way to the edge do not outlive that all is forgotten', async () => {
  const { edge, edgewise, user, moved } = await uploading()
  expect(await edgewise.clear('everything')).toMatchObject({ ok: true })
  await moved
  await sleep(400)
  expect(edge.modelOf(user).facts).toEqual([])
})

test('facts on their way to the edge stay where the user says no meanwhile', async () => {
  const { edge, edgewise, user, moved } = await uploading()
  await edgewise.consent('memory')
  await moved
  const { length } = edge.modelOf(user).facts
  expect(length).toBeLessThan(4)
  await sleep(400)
  expect(edge.modelOf(user).facts).toHaveLength(length)
})

test.each([
  ['a reading', 'GET', '/v1/self-model'],
  ['an addition', 'POST', '/v1/self-model/facts'],
])('%s that answers after a switch is not the next user’s', async (what, method, path) => {
  const edge = createEdge()
  const other = someone()
  await ready(openPage({ edge, user: other, storage: 'edge' }).edgewise)
  await vi.waitFor(async () => expect(await storedOf(other)).toContain('"session"'))
  const fetch = slow(edge, { method, path, ms: 200 })
  const { edgewise, user } = openPage({ edge, fetch, storage: 'edge' })
  await edge.seed(user, { category: 'health', text: 'takes lithium noodles' })
  await ready(edgewise)
  const asked =
    what === 'a reading'
      ? edgewise.facts.list()
      : edgewise.facts.add({ category: 'tool', text: 'Vim' })
  await sleep(50)
  await edgewise.switchUser({ token: tokenFor(other) })
  await ready(edgewise)
  await asked
  await chat(edgewise, 'which noodles?')
  expect(JSON.stringify(edge.contexts().at(-1))).not.toContain('lithium')
  expect(await storedOf(other)).not.toMatch(/lithium|Vim/)
})

test('a refusal holds against the writes that were under way', async () => {
  const { edge, edgewise, user } = await openSeeded({ storage: 'edge' })
  edgewise.note('looks at noodles')
  edgewise.resume()
  await edgewise.consent('memory')
  await sleep(100)
  expect(edgewise.state.value.consent).toBe('memory')
  await edgewise.facts.add({ category: 'tool', text: 'writes Go' })
  expect(edge.modelOf(user).facts.map(({ text }) => text)).not.toContain('writes Go')
})

test('a question that is refused is not asked again as whoever has logged in meanwhile', async () => {
  const edge = createEdge()
  const [user, other] = [someone(), someone()]
  let current = tokenFor(user)
  const { edgewise } = openPage({ edge, token: () => current })
  await ready(edgewise)
  await edgewise.facts.add({ category: 'health', text: 'private noodles allergy' })
  edge.refused.add(current)
  current = tokenFor(other)
  await chat(edgewise, 'which noodles?')
  const calls = edge.calls('/v1/chat/completions')
  expect(calls.map(({ headers }) => headers.get('authorization'))).toEqual([
    `Bearer ${tokenFor(user)}`,
  ])
})

test('what an answer adds to its receipt does not bring back one that was cleared', async () => {
  const { edgewise } = await openSeeded()
  const response = await edgewise.fetch(`${ENDPOINT}/v1/chat/completions`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({
      stream: true,
      messages: [{ role: 'user', content: 'which noodles?' }],
    }),
  })
  await vi.waitFor(() => expect(edgewise.receipts()).toHaveLength(1))
  await edgewise.clear('session')
  await response.text()
  await sleep(50)
  expect(edgewise.receipts()).toEqual([])
})

test('a visitor whose device was cleared comes back as another one', async () => {
  const { edge, edgewise } = openPage({ org: 'demo', token: () => undefined, storage: 'device' })
  const visitor = async () => JSON.stringify((await stored())?.get('visitor'))
  await ready(edgewise)
  await edgewise.consent('device')
  const before = await visitor()
  expect(before).toContain('token')
  await edgewise.clear('device')
  await ready(edgewise)
  await edgewise.consent('device')
  expect(await visitor()).not.toBe(before)
  expect(edge.calls('/v1/devices')).toHaveLength(2)
})
