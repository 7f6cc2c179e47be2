import { afterEach, expect, test, vi } from 'vitest'
import type { ReceiptEntry } from '../../client/index.ts'
import { createEdge, ENDPOINT } from './support/edge.ts'
import { chat, closePages, openPage, storedOf } from './support/page.ts'

afterEach(closePages)

const url = `${ENDPOINT}/v1/chat/completions`
const body = JSON.stringify({ messages: [{ role: 'user', content: 'secret question' }] })

test('a receipt is told when the answer starts, and again when its tokens are known', async () => {
  const { edgewise } = openPage()
  await edgewise.facts.add({ category: 'diet', text: 'loves noodles' })
  const told: ReceiptEntry[] = []
  const stop = edgewise.onReceipt((entry) => told.push(entry))
  await chat(edgewise, 'which noodles?')
  await vi.waitFor(() => expect(told).toHaveLength(2))
  expect(told[0]).toMatchObject({ facts: [{ category: 'diet', text: 'loves noodles' }] })
  expect(told[0]).not.toHaveProperty('usage')
  expect(told[1]).toMatchObject({
    receipt: { id: told[0]?.receipt.id },
    usage: { input: 12, output: 3, estimated: true },
  })
  expect(edgewise.receipts()).toEqual([told[1]])
  stop()
  await chat(edgewise, 'which noodles again?')
  await vi.waitFor(() => expect(edgewise.receipts()).toHaveLength(2))
  expect(told).toHaveLength(2)
})

test('the usage of an answer that is not streamed is read as well', async () => {
  const { edgewise } = openPage()
  const response = await edgewise.fetch(url, { method: 'POST', body })
  expect(await response.json()).toMatchObject({ usage: { prompt_tokens: 11 } })
  await vi.waitFor(() =>
    expect(edgewise.receipts()).toMatchObject([
      { usage: { input: 11, output: 2, estimated: false } },
    ]),
  )
})

test('the answer reaches the page as it came: bytes, status, headers, address', async () => {
  const edge = createEdge()
  const { edgewise } = openPage({ edge })
  const streamed = await chat(edgewise, 'hello')
  expect(streamed).toBe(
    'data: {"choices":[{"delta":{"content":"Hi"}}]}\n\n' +
      ': edgewise {"input":12,"output":3,"estimated":true}\n\ndata: [DONE]\n\n',
  )
  const first = await edge.fetch(url, {
    method: 'POST',
    body,
    headers: edge.seen.at(-1)?.headers ?? {},
  })
  const headers = new Headers(first.headers)
  const odd = new Response('{"a":1}', { status: 429, statusText: 'Slow down', headers })
  Object.defineProperty(odd, 'url', { value: url })
  edge.fails.set('/v1/chat/completions', () => odd)
  const response = await edgewise.fetch(url, { method: 'POST', body })
  expect(response).toMatchObject({ status: 429, statusText: 'Slow down', url, ok: false })
  expect([...response.headers]).toEqual([...headers])
  expect(await response.clone().text()).toBe('{"a":1}')
})

test('an answer without a receipt passes as it is', async () => {
  const edge = createEdge()
  const plain = new Response('plain')
  edge.fails.set('/v1/chat/completions', () => plain)
  const { edgewise } = openPage({ edge })
  expect(await edgewise.fetch(url, { method: 'POST', body })).toBe(plain)
})

test('a page that stops reading ends the answer', async () => {
  const edge = createEdge()
  const { edgewise } = openPage({ edge })
  await chat(edgewise, 'hello')
  const { headers } = await edge.fetch(url, {
    method: 'POST',
    body,
    headers: edge.seen.at(-1)?.headers ?? {},
  })
  const cancelled = vi.fn<() => void>()
  const endless = new ReadableStream({
    pull: (controller) => controller.enqueue(new Uint8Array([32])),
    cancel: cancelled,
  })
  edge.fails.set('/v1/chat/completions', () => new Response(endless, { headers }))
  const response = await edgewise.fetch(url, { method: 'POST', body })
  const reader = response.body?.getReader()
  await reader?.read()
  await reader?.cancel()
  await vi.waitFor(() => expect(cancelled).toHaveBeenCalledOnce())
})

test('the last fifty are kept, newest first, and never the question', async () => {
  const { edgewise, user } = openPage({ storage: 'device' })
  for (let i = 0; i < 55; i++) await edgewise.fetch(url, { method: 'POST', body })
  await vi.waitFor(() => expect(edgewise.receipts()).toHaveLength(50))
  const times = edgewise.receipts().map(({ at }) => at)
  expect(times).toEqual(times.toSorted((a, b) => b - a))
  await vi.waitFor(async () => expect(await storedOf(user)).toContain('"receipts":[{'))
  expect(JSON.stringify(edgewise.receipts())).not.toContain('secret')
})

test('a listener that throws breaks neither the answer nor the others', async () => {
  const { edgewise } = openPage()
  const reported = vi.fn<(event: ErrorEvent) => void>((event) => event.preventDefault())
  addEventListener('error', reported)
  const heard = vi.fn<() => void>()
  edgewise.onReceipt(() => {
    throw new Error('of the page')
  })
  edgewise.onReceipt(heard)
  expect(await chat(edgewise, 'hello')).toContain('Hi')
  await vi.waitFor(() => expect(heard).toHaveBeenCalled())
  removeEventListener('error', reported)
  expect(reported).toHaveBeenCalled()
})
