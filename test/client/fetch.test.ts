import { afterEach, expect, test } from 'vitest'
import { decodeContext } from '../../shared/context-header.ts'
import { createEdge, ENDPOINT, tokenFor } from './support/edge.ts'
import { chat, closePages, openPage, openSeeded, ready } from './support/page.ts'

afterEach(closePages)

const url = `${ENDPOINT}/v1/chat/completions`
const body = JSON.stringify({ messages: [{ role: 'user', content: 'which noodles?' }] })
const headers = { 'content-type': 'application/json' }

test('a chat request gets the token, the context and the feature, and its body stays as it is', async () => {
  const { edge, edgewise, user } = await openSeeded({ feature: 'search' })
  const odd = ` {"messages" :[{"role":"user","content":"which noodles? \\u00e9"}], "seed":12345678901234567890}`
  await edgewise.fetch(url, { method: 'POST', headers, body: odd })
  const [call] = edge.calls('/v1/chat/completions')
  expect(call?.body).toBe(odd)
  expect(call?.headers.get('authorization')).toBe(`Bearer ${tokenFor(user)}`)
  expect(call?.headers.get('edgewise-feature')).toBe('search')
  const [context] = edge.contexts()
  expect(context).toMatchObject({
    device: { store: 'memory', gate: 'ready', version: 1, epoch: 0 },
    decision: { facts: [expect.stringMatching(/^f/)], slices: { profile: true } },
  })
  expect(context?.decision).not.toHaveProperty('scores')
})

test('a Request and a URL are taken as well as a string', async () => {
  const { edge, edgewise } = await openSeeded()
  await edgewise.fetch(new URL(url), { method: 'POST', headers, body })
  await edgewise.fetch(new Request(url, { method: 'POST', headers, body }))
  await edgewise.fetch(new Request(url, { method: 'POST', headers }), {
    method: 'POST',
    body,
    headers,
  })
  const calls = edge.calls('/v1/chat/completions')
  expect(calls.map((call) => call.body)).toEqual([body, body, body])
  expect(edge.contexts().map((context) => context?.decision?.facts.length)).toEqual([1, 1, 1])
})

test("the app's own token stays, the SDK's placeholder is replaced", async () => {
  const { edge, edgewise } = await openSeeded()
  for (const authorization of ['Bearer edgewise', 'Bearer my-own']) {
    await edgewise.fetch(url, { method: 'POST', headers: { ...headers, authorization }, body })
  }
  const sent = edge.calls('/v1/chat/completions').map((call) => call.headers.get('authorization'))
  expect(sent).toEqual([expect.stringContaining('Bearer eyJ'), 'Bearer my-own'])
})

test('other addresses are left alone: the very same arguments, no token', async () => {
  const passed: unknown[][] = []
  const { edgewise } = openPage({
    fetch: async (...given) => {
      passed.push(given)
      return new Response('other')
    },
  })
  const init = { method: 'POST', body: '{"messages":[]}', headers: { 'x-own': '1' } }
  for (const other of [
    'https://api.openai.com/v1/chat/completions',
    `${ENDPOINT}.evil.test/v1/models`,
  ]) {
    await edgewise.fetch(other, init)
    expect(passed.at(-1)).toEqual([other, init])
    expect(passed.at(-1)?.[1]).toBe(init)
  }
})

test('other routes of the endpoint get the token and nothing else', async () => {
  const { edge, edgewise } = await openSeeded()
  await edgewise.fetch(`${ENDPOINT}/v1/models`)
  const [call] = edge.calls('/v1/models')
  expect(call?.headers.get('authorization')).toContain('Bearer eyJ')
  expect(call?.headers.has('edgewise-context')).toBe(false)
})

test('forms and streams pass as they are, with the token only', async () => {
  const { edge, edgewise } = await openSeeded()
  const form = new FormData()
  form.set('file', new Blob(['bytes']), 'a.txt')
  await edgewise.fetch(url, { method: 'POST', body: form })
  const stream = new ReadableStream()
  await edgewise.fetch(url, { method: 'POST', body: stream, duplex: 'half' } as RequestInit)
  const calls = edge.calls('/v1/chat/completions')
  expect(calls[0]?.body).toBe(form)
  expect(calls[1]?.body).toBe(stream)
  expect(calls.map((call) => call.headers.has('edgewise-context'))).toEqual([false, false])
  expect(calls.every((call) => call.headers.get('authorization')?.startsWith('Bearer eyJ'))).toBe(
    true,
  )
})

test('a body that is no JSON, or holds no message of a user, goes out as it is', async () => {
  const { edge, edgewise } = await openSeeded()
  for (const odd of [
    'not json',
    '[]',
    '{"messages":"no"}',
    '{"messages":[{"role":"system","content":"x"}]}',
  ]) {
    expect((await edgewise.fetch(url, { method: 'POST', headers, body: odd })).status).toBe(200)
  }
  expect(edge.calls('/v1/chat/completions').map((call) => call.body)).toContain('not json')
})

test('a signal aborts the call, with the error that the app knows', async () => {
  const { edgewise } = await openSeeded()
  const controller = new AbortController()
  const call = edgewise.fetch(url, { method: 'POST', headers, body, signal: controller.signal })
  controller.abort()
  await expect(call).rejects.toMatchObject({ name: 'AbortError' })
  const request = new Request(url, { method: 'POST', headers, body, signal: AbortSignal.abort() })
  await expect(edgewise.fetch(request)).rejects.toMatchObject({ name: 'AbortError' })
})

test('a token that ends soon is replaced, and a refused one too, once', async () => {
  const edge = createEdge()
  const user = `user-${crypto.randomUUID()}`
  let minted = 0
  const token = () =>
    tokenFor(user, Date.now() / 1000 + (minted === 0 ? 20 : 600), String(++minted))
  const { edgewise } = openPage({ edge, user, token })
  await ready(edgewise)
  const before = minted
  expect(before).toBe(2)
  edge.refused.add(tokenFor(user, 0, ''))
  const held =
    edge.calls('/v1/sessions')[0]?.headers.get('authorization')?.replace('Bearer ', '') ?? ''
  edge.refused.add(held)
  expect((await edgewise.fetch(url, { method: 'POST', headers, body })).status).toBe(200)
  expect(edge.calls('/v1/chat/completions')).toHaveLength(2)
  edge.fails.set('/v1/chat/completions', () => new Response('', { status: 401 }))
  expect((await edgewise.fetch(url, { method: 'POST', headers, body })).status).toBe(401)
  expect(edge.calls('/v1/chat/completions')).toHaveLength(4)
})

test('a token comes from the route of the app, as JSON or as text, fetched once for all that wait', async () => {
  for (const asJson of [true, false]) {
    const edge = createEdge()
    const token = tokenFor(`user-${crypto.randomUUID()}`)
    let asked = 0
    const answer = async () => {
      asked++
      return asJson ? Response.json({ token }) : new Response(`${token}\n`)
    }
    const { edgewise } = openPage({
      edge,
      tokenUrl: '/token',
      fetch: (input, init) => (input === '/token' ? answer() : edge.fetch(input, init)),
    })
    await Promise.all([chat(edgewise, 'one'), chat(edgewise, 'two'), edgewise.facts.list()])
    expect(asked).toBe(1)
    expect(edge.calls('/v1/chat/completions')[0]?.headers.get('authorization')).toBe(
      `Bearer ${token}`,
    )
  }
})

test.each([
  ['/v1/messages', { max_tokens: 9, messages: [{ role: 'user', content: 'which noodles?' }] }],
  ['/v1/responses', { input: 'which noodles?' }],
  [
    '/v1/responses',
    { input: [{ role: 'user', content: [{ type: 'input_text', text: 'which noodles?' }] }] },
  ],
  ['/v1/messages/count_tokens', { messages: [{ role: 'user', content: 'which noodles?' }] }],
])('%s carries the context too, and its body is not changed (%#)', async (path, asked) => {
  const { edge, edgewise } = await openSeeded()
  const sent = JSON.stringify({ model: 'm', ...asked })
  const keyed = { ...headers, 'x-api-key': 'edgewise' }
  await edgewise.fetch(`${ENDPOINT}${path}`, { method: 'POST', headers: keyed, body: sent })
  const [call] = edge.calls(path)
  expect(call?.body).toBe(sent)
  expect(call?.headers.get('authorization')).toContain('Bearer eyJ')
  const context = decodeContext(call?.headers.get('edgewise-context') ?? '')
  expect(context.ok && context.value.decision?.facts.length).toBeGreaterThan(0)
})

test('a key of the app’s own in x-api-key is left to stand alone', async () => {
  const { edge, edgewise } = await openSeeded()
  const keyed = { ...headers, 'x-api-key': 'token-of-the-app' }
  await edgewise.fetch(`${ENDPOINT}/v1/messages`, { method: 'POST', headers: keyed, body })
  const [call] = edge.calls('/v1/messages')
  expect(call?.headers.has('authorization')).toBe(false)
})
