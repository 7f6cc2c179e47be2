import OpenAI from 'openai'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { mintToken } from '../../client/server.ts'
import { chat as dialect } from '../../shared/dialect/chat.ts'
import { decodeReceipt } from '../../shared/receipt.ts'
import { startProviderServer, type ProviderServer } from '../fakes/provider-server.ts'
import { startWorker, testKey, type RunningWorker } from '../fakes/start-worker.ts'

/* The official SDK, as it comes, against the Worker in workerd and a provider that records. */

let provider: ProviderServer
let worker: RunningWorker
let client: OpenAI
let token: string

beforeAll(async () => {
  provider = await startProviderServer()
  worker = await startWorker({ vars: { PROVIDER: 'openai', OPENAI_BASE_URL: provider.url } })
  const key = { kid: 'development', alg: 'HS256' as const, secret: testKey }
  token = await mintToken({ key, org: 'demo', user: 'ada' })
  client = new OpenAI({ apiKey: token, baseURL: `${worker.url}/v1` })
  const added = await fetch(`${worker.url}/v1/self-model/facts`, {
    method: 'POST',
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
    body: JSON.stringify({ category: 'health', text: 'I am allergic to peanuts' }),
  })
  if (!added.ok) throw new Error(`no fact was added: ${added.status}`)
})

afterAll(async () => {
  await worker?.stop()
  await provider?.close()
})

beforeEach(() => {
  provider.behaviour.error = undefined
})

const model = 'test-model'
const ask = (content: string) => ({ model, messages: [{ role: 'user' as const, content }] })
const lastSent = () => provider.requests.at(-1)?.raw ?? ''

test('a whole answer, and the block of the edge in what the provider received', async () => {
  const { data, response } = await client.chat.completions
    .create(ask('dinner ideas for tonight?'))
    .withResponse()
  expect(data.choices[0]?.message.content).toBe('Hello there!')
  expect(dialect.promptOf(JSON.parse(lastSent())).at(-1)?.text).toContain('allergic to peanuts')
  expect(decodeReceipt(response.headers.get('edgewise-receipt') ?? '')).toMatchObject({
    why: 'attached',
    decidedBy: 'edge',
    usage: { input: 20, output: 3, cached: 16, estimated: false },
  })
})

test.each([false, true])('a streamed answer is the same (usage asked for: %s)', async (asks) => {
  const stream = await client.chat.completions.create({
    ...ask('What is the capital of France?'),
    stream: true,
    ...(asks ? { stream_options: { include_usage: true } } : {}),
  })
  let text = ''
  let tokens: number | undefined
  for await (const chunk of stream) {
    text += chunk.choices[0]?.delta.content ?? ''
    tokens = chunk.usage?.total_tokens ?? tokens
  }
  expect(text).toBe('Hello there!')
  expect(tokens).toBe(asks ? 23 : undefined)
  expect(lastSent()).not.toContain('peanuts')
})

test('models are listed', async () => {
  const models = await client.models.list()
  expect(models.data.map(({ id }) => id)).toEqual(['test-model'])
})

test('a refusal of ours is an error of the SDK, with its code, and is not tried again', async () => {
  const before = provider.requests.length
  const other = new OpenAI({ apiKey: 'not-a-token', baseURL: `${worker.url}/v1` })
  const error = await other.chat.completions.create(ask('hi')).catch((cause: unknown) => cause)
  expect(error).toBeInstanceOf(OpenAI.AuthenticationError)
  expect(error).toMatchObject({ status: 401, code: 'token_invalid' })
  expect(provider.requests.length).toBe(before)
})

test('an error of the provider reaches the SDK as the provider gave it', async () => {
  const body = {
    error: { message: 'No such model', type: 'x', code: 'model_not_found', param: 'model' },
  }
  provider.behaviour.error = { status: 404, body }
  const error = await client.chat.completions.create(ask('hi')).catch((cause: unknown) => cause)
  expect(error).toMatchObject({ status: 404, code: 'model_not_found', param: 'model' })
})
