import { generateText } from 'ai'
import { afterAll, beforeAll, beforeEach, expect, test, vi } from 'vitest'
import type { AiSdkOptions } from '../../client/ai-sdk/index.ts'
import { capital, dinner, startAiApp } from './ai-app.ts'

/* What apps on the AI SDK do besides asking one short question. */

let app: Awaited<ReturnType<typeof startAiApp>>
beforeAll(async () => {
  app = await startAiApp()
})
afterAll(() => app?.stop())
beforeEach(() => app.forgetRequests())

type Body = { query: string; messages: { content: string }[] }

/** Keeps what the edge is asked. */
function listening() {
  const bodies: Body[] = []
  const spy: AiSdkOptions['fetch'] = async (url, init) => {
    if (typeof init?.body === 'string') bodies.push(JSON.parse(init.body))
    return fetch(url, init)
  }
  return { bodies, fetch: spy }
}

const long = Array.from({ length: 40 }, (_, i) => ({
  role: i % 2 ? ('assistant' as const) : ('user' as const),
  content: `${i}: ${'wörter '.repeat(300)}`,
}))
const image = { type: 'file' as const, mediaType: 'image/png', data: new Uint8Array([1]) }

test('of a long conversation the latest messages are told', async () => {
  const { bodies, ...given } = listening()
  const model = await app.model(given)
  await generateText({ model, messages: [...long, { role: 'user', content: dinner }] })
  expect(bodies[0]?.messages.at(-1)?.content).toMatch(/^39: /)
  expect(JSON.stringify(app.sent().at(-1))).toContain('Severe peanut allergy')
  expect(bodies[0]?.messages.length).toBeGreaterThan(5)
})

test.each(['a', '食', '\u0001'])(
  'a pasted document of %j is no reason to go without, and goes to the provider whole',
  async (letter) => {
    const { bodies, ...given } = listening()
    const model = await app.model(given)
    const asked = `${dinner} ${letter.repeat(90_000)} ${dinner}`
    await generateText({ model, messages: [...long, { role: 'user', content: asked }] })
    expect(app.failures).toEqual([])
    expect(bodies[0]?.query.endsWith(dinner)).toBe(true)
    expect(app.sent().at(-1)).toMatchObject({ content: [{ text: asked }, {}] })
    expect(JSON.stringify(app.sent().at(-1))).toContain('Severe peanut allergy')
  },
)

test('one that serves several users asks for each with their own token', async () => {
  let user = 'ada'
  const model = await app.model({ token: () => app.tokenOf(user) })
  await generateText({ model, prompt: dinner })
  user = 'bob'
  await generateText({ model, prompt: dinner })
  expect(JSON.stringify(app.sent(0))).toContain('Severe peanut allergy')
  expect(JSON.stringify(app.sent(1))).toContain('Eats only fish and rice')
  expect(JSON.stringify(app.sent(1))).not.toContain('peanut')
})

test('the SDK’s own retries carry the same bytes, and the edge is asked once', async () => {
  let refusals = 2
  const busy = {
    status: 529,
    body: { error: { message: 'busy' } },
    headers: { 'retry-after-ms': '1' },
  }
  app.provider.behaviour.error = () => (refusals-- > 0 ? busy : undefined)
  expect((await generateText({ model: await app.model(), prompt: dinner })).text).toBe(
    'Hello there!',
  )
  expect(app.provider.requests).toHaveLength(3)
  expect(new Set(app.provider.requests.map(({ raw }) => raw)).size).toBe(1)
  expect(app.receipts).toHaveLength(1)
})

test('a page’s context that is refused costs the block, never the org’s text', async () => {
  const model = await app.model({
    token: await app.tokenOf('bob', 'acme'),
    request: { headers: { 'edgewise-context': '{' } },
  })
  await generateText({ model, prompt: dinner })
  expect(app.sent()).toEqual([
    { role: 'system', content: expect.stringContaining('competitor') },
    { role: 'user', content: dinner },
  ])
  expect(app.failures).toMatchObject([{ code: 'bad_context' }])
  expect(app.receipts).toMatchObject([{ why: 'gate_failed' }])
})

test('a prompt without words has the org’s text, and nothing of the user', async () => {
  const messages = [{ role: 'user' as const, content: [image] }]
  await generateText({ model: await app.model(), messages })
  expect(app.sent()).toMatchObject([{ role: 'user', content: [{ type: 'image_url' }] }])
  const model = await app.model({ token: await app.tokenOf('bob', 'acme') })
  await generateText({ model, messages })
  expect(app.sent().map(({ role }) => role)).toEqual(['system', 'user'])
  expect(app.receipts.map(({ why }) => why)).toEqual(['no_user_message', 'no_user_message'])
})

test('for a provider that takes no parts the block stands in the text', async () => {
  await generateText({ model: await app.model({ content: 'string' }), prompt: dinner })
  expect(app.sent()).toEqual([
    {
      role: 'user',
      content: expect.stringMatching(/^Dinner ideas for tonight\?\n\n<user_context>/),
    },
  ])
})

test('a picture keeps its place in front of the block', async () => {
  const content = [{ type: 'text' as const, text: dinner }, image]
  await generateText({ model: await app.model(), messages: [{ role: 'user', content }] })
  expect(app.sent()).toMatchObject([
    {
      content: [
        { text: dinner },
        { type: 'image_url' },
        { text: expect.stringContaining('<user_context>') },
      ],
    },
  ])
})

test('what marks the message for a cache stays with the words', async () => {
  const { transformParams } = await app.middlewareWith()
  const marker = { type: 'ephemeral' }
  const prompt = [
    {
      role: 'user',
      content: [{ type: 'text', text: dinner, providerOptions: { anthropic: { own: 1 } } }],
      providerOptions: { anthropic: { cacheControl: marker, other: 2 }, openai: { name: 'ada' } },
    },
  ]
  const before = structuredClone(prompt)
  const after = await transformParams({ params: { prompt, maxOutputTokens: 7 } })
  expect(prompt).toEqual(before)
  expect(after).toEqual({
    maxOutputTokens: 7,
    prompt: [
      {
        role: 'user',
        content: [
          {
            type: 'text',
            text: dinner,
            providerOptions: { anthropic: { own: 1, cacheControl: marker } },
          },
          { type: 'text', text: expect.stringContaining('peanut') },
        ],
        providerOptions: { anthropic: { other: 2 }, openai: { name: 'ada' } },
      },
    ],
  })
})

test.each<[string, object]>([
  ['listeners that throw', { onReceipt: () => JSON.parse('{') }],
  ['listeners that reject', { onReceipt: () => Promise.reject(new Error('no log')) }],
  ['a request without headers', { request: {} }],
  ['a feature that is no label', { feature: '食谱\n' }],
  ['a timeout without end', { timeout: Number.POSITIVE_INFINITY }],
])('%s cost nothing', async (_, given) => {
  const shown = vi.spyOn(console, 'error').mockImplementation(() => undefined)
  expect((await generateText({ model: await app.model(given), prompt: dinner })).text).toBe(
    'Hello there!',
  )
  expect(JSON.stringify(app.sent())).toContain('Severe peanut allergy')
  expect(shown).toHaveBeenCalledTimes('onReceipt' in given ? 1 : 0)
  await generateText({ model: await app.model(given), prompt: capital })
  expect(app.sent()).toEqual([{ role: 'user', content: capital }])
  shown.mockRestore()
})

test('a timeout that is none counts as left out: the edge has half a second', async () => {
  const started = performance.now()
  const never = new Promise<never>(() => undefined)
  const model = await app.model({ timeout: Number('unset'), fetch: () => never })
  await generateText({ model, prompt: dinner })
  expect(performance.now() - started).toBeGreaterThan(450)
  expect(app.failures).toMatchObject([{ code: 'edge_unreachable' }])
})
