import { createOpenAICompatible } from '@ai-sdk/openai-compatible'
import { generateText, isStepCount, jsonSchema, streamText, tool, wrapLanguageModel } from 'ai'
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest'
import { edgewiseMiddleware, type AiSdkOptions } from '../../client/ai-sdk.ts'
import { mintToken } from '../../client/server.ts'
import type { Problem } from '../../shared/problem.ts'
import type { Receipt } from '../../shared/schema/receipt.ts'
import { startProviderServer, type ProviderServer } from '../fakes/provider-server.ts'
import { startWorker, testKey, type RunningWorker } from '../fakes/start-worker.ts'

/* The AI SDK, as it comes: through the Worker, and beside it with the middleware. */

let provider: ProviderServer
let worker: RunningWorker

const key = { kid: 'development', alg: 'HS256' as const, secret: testKey }
const tokenOf = (user: string, org = 'demo') => mintToken({ key, org, user })
const dinner = 'Dinner ideas for tonight?'
const capital = 'What is the capital of France?'

beforeAll(async () => {
  provider = await startProviderServer()
  worker = await startWorker({ vars: { PROVIDER: 'openai', OPENAI_BASE_URL: provider.url } })
  const added = await fetch(`${worker.url}/v1/self-model/facts`, {
    method: 'POST',
    headers: {
      authorization: `Bearer ${await tokenOf('ada')}`,
      'content-type': 'application/json',
    },
    body: JSON.stringify({ category: 'health', text: 'Severe peanut allergy', vital: true }),
  })
  if (!added.ok) throw new Error(`no fact was added: ${added.status}`)
})

afterAll(async () => {
  await worker?.stop()
  await provider?.close()
})

const receipts: Receipt[] = []
const failures: Problem[] = []
beforeEach(() => {
  provider.requests.length = 0
  receipts.length = 0
  failures.length = 0
})
afterEach(() => {
  delete provider.behaviour.error
})

type Sent = { messages: { role: string; content: unknown }[] }
const sent = (n = -1): Sent['messages'] => {
  const body: Sent = JSON.parse(provider.requests.at(n)?.raw ?? '{"messages":[]}')
  return body.messages
}

/** A model of the app's own provider, and Edgewise beside it. */
async function beside(given: Partial<AiSdkOptions> = {}) {
  const own = createOpenAICompatible({
    name: 'own',
    baseURL: provider.url,
    apiKey: 'sk-of-the-app',
  })
  const middleware = edgewiseMiddleware({
    endpoint: worker.url,
    token: await tokenOf('ada'),
    onReceipt: (receipt) => receipts.push(receipt),
    onProblem: (problem) => failures.push(problem),
    ...given,
  })
  return wrapLanguageModel({ model: own('test-model'), middleware })
}

test('through the Worker, streamed: the block reaches the provider, the answer the app', async () => {
  const edge = createOpenAICompatible({
    name: 'edgewise',
    baseURL: `${worker.url}/v1`,
    apiKey: await tokenOf('ada'),
  })
  const { textStream } = streamText({ model: edge('test-model'), prompt: dinner })
  const pieces: string[] = []
  for await (const piece of textStream) pieces.push(piece)
  expect(pieces.join('')).toBe('Hello there!')
  expect(JSON.stringify(sent())).toContain('Severe peanut allergy')
})

test('beside the app’s own provider: the block is a part after the words, and only where it helps', async () => {
  const model = await beside()
  expect((await generateText({ model, instructions: 'Be kind.', prompt: dinner })).text).toBe(
    'Hello there!',
  )
  expect(sent()).toEqual([
    { role: 'system', content: 'Be kind.' },
    {
      role: 'user',
      content: [
        { type: 'text', text: dinner },
        {
          type: 'text',
          text: expect.stringMatching(/^<user_context>\n[^]*peanut[^]*<\/user_context>$/),
        },
      ],
    },
  ])
  expect(provider.requests[0]?.headers['authorization']).toBe('Bearer sk-of-the-app')
  await generateText({ model, prompt: capital })
  expect(sent()).toEqual([{ role: 'user', content: capital }])
  expect(receipts.map(({ why }) => why)).toEqual(['attached', 'not_needed'])
  expect(failures).toEqual([])
})

test('what the page has decided holds', async () => {
  const context = {
    v: 1,
    session: 'a-session-of-the-page',
    device: { store: 'memory', gate: 'ready' },
    decision: {
      tier: 'lite',
      mode: 'balanced',
      slices: { style: false, session: false, profile: true },
      facts: ['d1'],
      stakes: 'none',
      language: 'en',
      inherited: 0,
      ms: 0.1,
      reason: 'the page has chosen',
    },
    facts: [{ id: 'd1', category: 'tool', text: 'Cooks on an induction stove' }],
  }
  const request = {
    headers: { 'edgewise-context': JSON.stringify(context), authorization: 'Bearer x' },
  }
  await generateText({ model: await beside({ request, feature: 'recipes' }), prompt: dinner })
  expect(JSON.stringify(sent())).toContain('induction')
  expect(receipts[0]).toMatchObject({ decidedBy: 'device', feature: 'recipes' })
})

test('a follow-up carries it again, an earlier turn does not', async () => {
  const messages = [
    { role: 'user' as const, content: dinner },
    { role: 'assistant' as const, content: 'Noodles with a peanut-free sauce.' },
    { role: 'user' as const, content: 'Make it spicier.' },
  ]
  await generateText({ model: await beside(), messages })
  expect(sent()[0]).toEqual({ role: 'user', content: dinner })
  expect(sent()[2]).toMatchObject({ content: [{ text: 'Make it spicier.' }, {}] })
  expect(JSON.stringify(sent()[2])).toContain('Severe peanut allergy')
})

const call = { id: 'c1', type: 'function', function: { name: 'pantry', arguments: '{}' } }
const message = { role: 'assistant', content: null, tool_calls: [call] }
/** The provider's first answer calls a tool. */
const callsTool = {
  status: 200,
  body: {
    id: 'x',
    object: 'chat.completion',
    created: 1,
    model: 'test-model',
    choices: [{ index: 0, message, finish_reason: 'tool_calls' }],
  },
}

async function inTwoSteps(given: Partial<AiSdkOptions> = {}) {
  provider.behaviour.error = (body) => (body.includes('"role":"tool"') ? undefined : callsTool)
  const pantry = tool({
    description: 'What is in the pantry',
    inputSchema: jsonSchema<object>({ type: 'object', properties: {} }),
    execute: async () => ['rice'],
  })
  const { text } = await generateText({
    model: await beside(given),
    prompt: dinner,
    tools: { pantry },
    stopWhen: isStepCount(3),
  })
  expect(text).toBe('Hello there!')
  expect(provider.requests).toHaveLength(2)
  expect(sent(1)[0]).toEqual(sent(0)[0])
}

test('both steps of a turn with a tool carry the same bytes, and the edge is asked once', async () => {
  await inTwoSteps()
  expect(JSON.stringify(sent(0)[0])).toContain('Severe peanut allergy')
  expect(receipts).toHaveLength(1)
})

test('a turn that began without context goes on without it', async () => {
  let calls = 0
  await inTwoSteps({
    fetch: async (url, init) => {
      calls += 1
      return calls === 1 ? new Response('', { status: 500 }) : fetch(url, init)
    },
  })
  expect(sent(0)[0]).toEqual({ role: 'user', content: dinner })
  expect(failures).toHaveLength(1)
})

test('the org’s text follows the app’s system text', async () => {
  await worker.saveOrg({
    v: 1,
    id: 'acme',
    keys: [key],
    compliance: ['Never name a competitor.'],
  })
  const model = await beside({ token: await tokenOf('bob', 'acme') })
  await generateText({ model, instructions: 'Be kind.', prompt: capital })
  const [own, org, words] = sent()
  expect(own).toEqual({ role: 'system', content: 'Be kind.' })
  expect(org).toMatchObject({ role: 'system', content: expect.stringContaining('competitor') })
  expect(words).toEqual({ role: 'user', content: capital })
  await generateText({ model, prompt: capital })
  expect(sent().map(({ role }) => role)).toEqual(['system', 'user'])
})

const never = new Promise<never>(() => undefined)

test.each<[string, Partial<AiSdkOptions>, string]>([
  ['a token that is none', { token: 'not-a-token' }, 'token_invalid'],
  ['no token', { token: () => undefined }, 'token_missing'],
  ['an edge that is down', { endpoint: 'http://127.0.0.1:9' }, 'edge_unreachable'],
  ['an edge that hangs', { timeout: 50, fetch: () => never }, 'edge_unreachable'],
  ['a token that never comes', { timeout: 50, token: () => never }, 'edge_unreachable'],
  [
    'an edge that answers nonsense',
    { fetch: async () => new Response('<html>') },
    'edge_unreachable',
  ],
])('%s: the request goes out as it is, and the app can know', async (_, given, code) => {
  const model = await beside(given)
  expect((await generateText({ model, prompt: dinner })).text).toBe('Hello there!')
  expect(sent()).toEqual([{ role: 'user', content: dinner }])
  expect(failures).toMatchObject([{ code }])
})

test('of a long conversation the latest messages are told, and a prompt without words is left alone', async () => {
  const bodies: { messages: { content: string }[] }[] = []
  const model = await beside({
    fetch: async (url, init) => {
      if (typeof init?.body === 'string') bodies.push(JSON.parse(init.body))
      return fetch(url, init)
    },
  })
  const long = Array.from({ length: 40 }, (_, i) => ({
    role: i % 2 ? ('assistant' as const) : ('user' as const),
    content: `${i}: ${'wörter '.repeat(300)}`,
  }))
  await generateText({ model, messages: [...long, { role: 'user', content: dinner }] })
  expect(bodies[0]?.messages.at(-1)?.content).toMatch(/^39: /)
  expect(JSON.stringify(sent().at(-1))).toContain('Severe peanut allergy')
  expect(Buffer.byteLength(JSON.stringify(bodies[0]))).toBeLessThan(64 * 1024)
  expect(bodies[0]?.messages.length).toBeGreaterThan(5)
  const image = { type: 'file' as const, mediaType: 'image/png', data: new Uint8Array([1]) }
  await generateText({ model, messages: [{ role: 'user', content: [image] }] })
  expect(bodies).toHaveLength(1)
})
