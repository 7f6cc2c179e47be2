import { afterEach, expect, test, vi } from 'vitest'
import { createEdgewise } from '../../client/index.ts'
import type { Fetch } from '../../client/types.ts'
import { createEdge, ENDPOINT, tokenFor } from './support/edge.ts'
import { chat, closePages, createWordGate, openPage, openSeeded, storedOf } from './support/page.ts'

/* `edgewise.fetch` in the place of the page's own. */

afterEach(closePages)

const url = `${ENDPOINT}/v1/chat/completions`
const headers = { 'content-type': 'application/json' }
const asking = (content: string) => JSON.stringify({ messages: [{ role: 'user', content }] })

/** Nobody decides then: it is read in time, or counts as late. */
const held = /"gate\W+(paused|late)/

/** A client whose calls are only written down. */
function recorded(given: { endpoint?: string } = {}) {
  const seen: Request[] = []
  const fetch: Fetch = async (input, init) => {
    seen.push(new Request(input, init))
    return Response.json({})
  }
  const { edgewise } = openPage({ fetch, ...given })
  return { seen, edgewise }
}

test('it may be put in the place of the page’s own fetch', async () => {
  const own = window.fetch
  const edgewise = createEdgewise({
    endpoint: ENDPOINT,
    token: tokenFor('x'),
    gate: createWordGate(),
  })
  try {
    window.fetch = edgewise.fetch
    expect((await window.fetch(location.href)).status).toBe(200)
  } finally {
    window.fetch = own
    edgewise.stop()
  }
})

test('a request that stands in for options keeps its method', async () => {
  const { seen, edgewise } = recorded()
  const given = new Request(`${ENDPOINT}/v1/files/1`, { method: 'DELETE' })
  await edgewise.fetch(`${ENDPOINT}/v1/files/2`, given)
  expect(seen.at(-1)).toMatchObject({
    method: 'DELETE',
    url: expect.stringContaining('/v1/files/2'),
  })
})

test('on the page’s own origin only the routes of the Worker get the token', async () => {
  const { seen, edgewise } = recorded({ endpoint: '/' })
  for (const path of ['/api/orders', '/login', '/v1/models']) await edgewise.fetch(path)
  const sent = seen.map((request) => request.headers.has('authorization'))
  expect(sent.slice(-3)).toEqual([false, false, true])
})

test('an app that gives up while its token is fetched is not kept waiting', async () => {
  const edge = createEdge()
  const fetch: Fetch = (input, init) =>
    input === '/token' ? new Promise(() => {}) : edge.fetch(input, init)
  const { edgewise } = openPage({ edge, tokenUrl: '/token', fetch })
  const giving = new AbortController()
  const call = edgewise.fetch(`${ENDPOINT}/v1/models`, { signal: giving.signal })
  giving.abort()
  await expect(call).rejects.toMatchObject({ name: 'AbortError' })
  const late = edgewise.fetch(`${ENDPOINT}/v1/models`, { signal: AbortSignal.abort() })
  await expect(late).rejects.toMatchObject({ name: 'AbortError' })
})

test('where there is no token, what stands for one is not sent', async () => {
  const edge = createEdge()
  const { edgewise } = openPage({ edge, token: () => undefined })
  const given = { ...headers, authorization: 'Bearer edgewise', 'x-api-key': 'edgewise' }
  await edgewise.fetch(url, { method: 'POST', headers: given, body: asking('hello') })
  const { headers: sent } = edge.calls('/v1/chat/completions').at(-1) ?? {}
  expect([sent?.get('authorization'), sent?.get('x-api-key')]).toEqual([null, null])
})

test('a pause of an earlier page holds for the first request of this one, whatever its body is', async () => {
  const { edge, edgewise, user } = await openSeeded({ storage: 'device' })
  edgewise.pause()
  await vi.waitFor(async () => expect(await storedOf(user)).toContain('"paused":true'))
  const again = openPage({ edge, user, storage: 'device' }).edgewise
  const body = new TextEncoder().encode(asking('which noodles?'))
  await again.fetch(url, { method: 'POST', headers, body })
  expect(JSON.stringify(edge.contexts().at(-1)?.device)).toMatch(held)
  const other = openPage({ edge, user, storage: 'device' }).edgewise
  expect(JSON.stringify(await other.headers())).toMatch(held)
})

test('what is only counted is not remembered', async () => {
  const { edge, edgewise, user } = await openSeeded({ storage: 'device' })
  await edgewise.fetch(`${ENDPOINT}/v1/messages/count_tokens`, {
    method: 'POST',
    headers,
    body: asking('a draft that is never sent'),
  })
  await chat(edgewise, 'tell me about it')
  expect(await storedOf(user)).not.toContain('a draft')
  expect(JSON.stringify(edge.contexts().at(-1))).not.toContain('a draft')
})

test.each([
  ['a page to log in', '<!doctype html>\n<html lang="en"><body>Log in</body></html>'],
  ['text in quotes', JSON.stringify(tokenFor('x'))],
  ['words of another alphabet', 'токен'],
])('where the token route answers %s, the request goes out without a token', async (_, answer) => {
  const edge = createEdge()
  const fetch: Fetch = async (input, init) =>
    input === '/token' ? new Response(answer) : edge.fetch(input, init)
  const { edgewise } = openPage({ edge, tokenUrl: '/token', fetch })
  const sent = await edgewise.fetch(url, { method: 'POST', headers, body: asking('hello') })
  expect(sent.status).toBe(401)
  const [call] = edge.calls('/v1/chat/completions')
  expect(call?.headers.has('authorization')).toBe(false)
})

test.each([
  ['search', 'search'],
  ['検索', null],
  ['two words', null],
])('of the feature %j the edge hears %j, and the request goes out', async (feature, heard) => {
  const edge = createEdge()
  const { edgewise } = openPage({ edge, feature })
  const sent = await edgewise.fetch(url, { method: 'POST', headers, body: asking('hello') })
  expect(sent.status).toBe(200)
  const [call] = edge.calls('/v1/chat/completions')
  expect(call?.headers.get('edgewise-feature')).toBe(heard)
  expect(new Headers(await edgewise.headers()).get('edgewise-feature')).toBe(heard)
})
