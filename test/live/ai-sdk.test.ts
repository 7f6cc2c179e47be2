import { createOpenAICompatible } from '@ai-sdk/openai-compatible'
import { generateText, isStepCount, jsonSchema, streamText, tool } from 'ai'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import type { AiSdkOptions } from '../../client/ai-sdk/index.ts'
import { capital, dinner, startAiApp } from './ai-app.ts'

/* The AI SDK, as it comes: through the Worker, and beside it with the middleware. */

let app: Awaited<ReturnType<typeof startAiApp>>
beforeAll(async () => {
  app = await startAiApp()
})
afterAll(() => app?.stop())
beforeEach(() => app.forgetRequests())

test('through the Worker, streamed: the block reaches the provider, the answer the app', async () => {
  const edge = createOpenAICompatible({
    name: 'edgewise',
    baseURL: `${app.worker.url}/v1`,
    apiKey: await app.tokenOf('ada'),
  })
  const { textStream } = streamText({ model: edge('test-model'), prompt: dinner })
  const pieces: string[] = []
  for await (const piece of textStream) pieces.push(piece)
  expect(pieces.join('')).toBe('Hello there!')
  expect(JSON.stringify(app.sent())).toContain('Severe peanut allergy')
})

test('beside the app’s own provider: the block is a part after the words, and only where it helps', async () => {
  const model = await app.model()
  expect((await generateText({ model, instructions: 'Be kind.', prompt: dinner })).text).toBe(
    'Hello there!',
  )
  expect(app.sent()).toEqual([
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
  expect(app.provider.requests[0]?.headers['authorization']).toBe('Bearer sk-app')
  await generateText({ model, prompt: capital })
  expect(app.sent()).toEqual([{ role: 'user', content: capital }])
  expect(app.receipts.map(({ why }) => why)).toEqual(['attached', 'not_needed'])
  expect(app.failures).toEqual([])
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
  await generateText({ model: await app.model({ request, feature: 'recipes' }), prompt: dinner })
  expect(JSON.stringify(app.sent())).toContain('induction')
  expect(app.receipts[0]).toMatchObject({ decidedBy: 'device', feature: 'recipes' })
})

test('a follow-up carries it again, an earlier turn does not', async () => {
  const messages = [
    { role: 'user' as const, content: dinner },
    { role: 'assistant' as const, content: 'Noodles with a peanut-free sauce.' },
    { role: 'user' as const, content: 'Make it spicier.' },
  ]
  await generateText({ model: await app.model(), messages })
  expect(app.sent()[0]).toEqual({ role: 'user', content: dinner })
  expect(app.sent()[2]).toMatchObject({ content: [{ text: 'Make it spicier.' }, {}] })
  expect(JSON.stringify(app.sent()[2])).toContain('Severe peanut allergy')
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
  app.provider.behaviour.error = (body) => (body.includes('"role":"tool"') ? undefined : callsTool)
  const pantry = tool({
    description: 'What is in the pantry',
    inputSchema: jsonSchema<object>({ type: 'object', properties: {} }),
    execute: async () => ['rice'],
  })
  const { text } = await generateText({
    model: await app.model(given),
    prompt: dinner,
    tools: { pantry },
    stopWhen: isStepCount(3),
  })
  expect(text).toBe('Hello there!')
  expect(app.provider.requests).toHaveLength(2)
  expect(app.sent(1)[0]).toEqual(app.sent(0)[0])
}

test('both steps of a turn with a tool carry the same bytes, and the edge is asked once', async () => {
  await inTwoSteps()
  expect(JSON.stringify(app.sent(0)[0])).toContain('Severe peanut allergy')
  expect(app.receipts).toHaveLength(1)
})

test('a turn that began without context goes on without it', async () => {
  let calls = 0
  await inTwoSteps({
    fetch: async (url, init) => {
      calls += 1
      return calls === 1 ? new Response('', { status: 500 }) : fetch(url, init)
    },
  })
  expect(app.sent(0)[0]).toEqual({ role: 'user', content: dinner })
  expect(app.failures).toHaveLength(1)
})

test('the org’s text follows the app’s system text', async () => {
  const model = await app.model({ token: await app.tokenOf('bob', 'acme') })
  await generateText({ model, instructions: 'Be kind.', prompt: capital })
  const [own, org, words] = app.sent()
  expect(own).toEqual({ role: 'system', content: 'Be kind.' })
  expect(org).toMatchObject({ role: 'system', content: expect.stringContaining('competitor') })
  expect(words).toEqual({ role: 'user', content: capital })
  await generateText({ model, prompt: capital })
  expect(app.sent().map(({ role }) => role)).toEqual(['system', 'user'])
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
  const model = await app.model(given)
  expect((await generateText({ model, prompt: dinner })).text).toBe('Hello there!')
  expect(app.sent()).toEqual([{ role: 'user', content: dinner }])
  expect(app.failures).toMatchObject([{ code }])
})
