import { afterAll, beforeAll, expect, test } from 'vitest'
import { mintToken } from '../../client/server.ts'
import { messages } from '../../shared/dialect/messages.ts'
import { decodeReceipt } from '../../shared/receipt.ts'
import { startProviderServer, type ProviderServer } from '../fakes/provider-server.ts'
import { startWorker, testKey, type RunningWorker } from '../fakes/start-worker.ts'

/* Anthropic's dialect against the Worker in workerd, with both providers configured and recording. */

let claude: ProviderServer
let gpt: ProviderServer
let worker: RunningWorker
let token: string

beforeAll(async () => {
  claude = await startProviderServer()
  gpt = await startProviderServer()
  worker = await startWorker({
    vars: {
      PROVIDER: 'openai, anthropic',
      OPENAI_BASE_URL: gpt.url,
      ANTHROPIC_BASE_URL: claude.url,
      ANTHROPIC_API_KEY: 'sk-ant-ours',
    },
  })
  const key = { kid: 'development', alg: 'HS256' as const, secret: testKey }
  token = await mintToken({ key, org: 'demo', user: 'ada' })
  const added = await fetch(`${worker.url}/v1/self-model/facts`, {
    method: 'POST',
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
    body: JSON.stringify({ category: 'health', text: 'I am allergic to peanuts' }),
  })
  if (!added.ok) throw new Error(`no fact was added: ${added.status}`)
})

afterAll(async () => {
  await worker?.stop()
  await claude?.close()
  await gpt?.close()
})

const ask = (content: string, rest: object = {}) =>
  fetch(`${worker.url}/v1/messages`, {
    method: 'POST',
    headers: {
      'x-api-key': token,
      'anthropic-version': '2023-06-01',
      'content-type': 'application/json',
    },
    body: JSON.stringify({
      model: 'test-model',
      max_tokens: 64,
      messages: [{ role: 'user', content }],
      ...rest,
    }),
  })

test('a whole answer, and the block of the edge in what Anthropic’s server received', async () => {
  const response = await ask('dinner ideas for tonight?')
  expect(await response.json()).toMatchObject({ content: [{ text: 'Hello there!' }] })
  expect(decodeReceipt(response.headers.get('edgewise-receipt') ?? '')).toMatchObject({
    why: 'attached',
    decidedBy: 'edge',
    usage: { input: 20, output: 3, cached: 16, written: 0, estimated: false },
  })
  const sent = claude.requests.at(-1)
  expect(sent?.headers['x-api-key']).toBe('sk-ant-ours')
  expect(messages.promptOf(JSON.parse(sent?.raw ?? '')).at(-1)?.text).toContain('peanuts')
  expect(gpt.requests).toEqual([])
})

test('a stream arrives whole, with its usage behind the last event', async () => {
  const text = await (await ask('What is the capital of France?', { stream: true })).text()
  const events = text.split('\n\n').filter((event) => event.startsWith('event: '))
  expect(events.at(-1)).toContain('message_stop')
  expect(text).toMatch(/: edgewise \{"input":20,"output":3,"estimated":false,"cached":16/)
  expect(claude.requests.at(-1)?.raw).not.toContain('peanuts')
})

test('chat completions go to the other provider', async () => {
  const response = await fetch(`${worker.url}/v1/chat/completions`, {
    method: 'POST',
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
    body: JSON.stringify({ model: 'm', messages: [{ role: 'user', content: 'hi' }] }),
  })
  expect(response.status).toBe(200)
  expect(gpt.requests.at(-1)?.path).toBe('/v1/chat/completions')
  expect(await (await fetch(`${worker.url}/healthz`)).json()).toMatchObject({
    provider: 'openai, anthropic',
  })
})
