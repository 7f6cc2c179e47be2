import * as fc from 'fast-check'
import { beforeAll, expect, test } from 'vitest'
import { messages } from '../../shared/dialect/messages.ts'
import type { Said } from '../../shared/dialect/port.ts'
import { responses } from '../../shared/dialect/responses.ts'
import { createHarness, receiptOf, someone, tokenFor, type Harness } from './harness.ts'
import { context, decision, idOf, introduce, type Person } from './people.ts'

let harness: Harness
let ada: Person
beforeAll(async () => {
  harness = createHarness({ vars: both })
  ada = await introduce(harness, someone())
})

const both = { ANTHROPIC_API_KEY: 'sk-ant-ours', ANTHROPIC_BASE_URL: 'https://claude.test' }
const dinner = () =>
  context({ decision: decision({ facts: [idOf(ada, 'peanuts'), idOf(ada, 'vegetarian')] }) })
const plain = () => context({ decision: decision() })

const asked = {
  messages: {
    path: '/v1/messages',
    dialect: messages,
    raw: '{ "model":"m", "max_tokens":64, "x_new":{"a":1.0},\n"messages":[{"role":"user","content":"dinner\\u0021"}] }',
    url: 'https://claude.test/v1/messages',
    list: 'messages',
    type: 'text',
  },
  responses: {
    path: '/v1/responses',
    dialect: responses,
    raw: '{ "model":"m", "x_new":{"a":1.0},\n"input":[{"role":"user","content":"dinner\\u0021"}], "seed":12345678901234567890, "store":false }',
    url: 'https://provider.test/v1/responses',
    list: 'input',
    type: 'input_text',
  },
}
const all = Object.values(asked)

test.each(all)('$path: with nothing to add the body goes out byte for byte', async (to) => {
  const response = await harness.chat(to.raw, { as: ada.user, path: to.path, context: plain() })
  expect(response.status).toBe(200)
  expect(harness.provider.last()).toBe(to.raw)
  expect(harness.provider.sent.at(-1)?.url).toBe(to.url)
  expect(receiptOf(response)).toMatchObject({ why: 'not_needed', tokens: 0, decidedBy: 'device' })
})

test.each(all)('$path: what is known of the user stands behind the words', async (to) => {
  const response = await harness.chat(to.raw, { as: ada.user, path: to.path, context: dinner() })
  const sent = harness.provider.last()
  const [before = '', after = ''] = to.raw.split('"dinner\\u0021"')
  expect(sent.startsWith(`${before}[{"type":"${to.type}","text":"dinner\\u0021"},`)).toBe(true)
  expect(sent.endsWith(`]${after}`)).toBe(true)
  const prompt = to.dialect.promptOf(JSON.parse(sent))
  expect(prompt[0]).toEqual({ role: 'user', text: 'dinner!' })
  expect(prompt[1]?.text).toMatch(/^<user_context>[^]*allergic to peanuts/)
  expect(prompt).toHaveLength(2)
  const receipt = receiptOf(response)
  expect(receipt).toMatchObject({ why: 'attached', slices: ['profile'] })
  expect(receipt.tokens).toBeLessThanOrEqual(200)
})

test.each(all)('$path: without a decision the edge decides itself', async (to) => {
  const response = await harness.chat(
    to.raw.replace('dinner\\u0021', 'dinner ideas for tonight?'),
    {
      as: ada.user,
      path: to.path,
    },
  )
  expect(receiptOf(response)).toMatchObject({ why: 'attached', decidedBy: 'edge' })
})

test.each(all)('$path: errors of ours look like those of the route', async (to) => {
  const response = await harness.fetch(to.path, {
    as: '',
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: to.raw,
  })
  expect(response.status).toBe(401)
  expect(response.headers.get('x-should-retry')).toBe('false')
  expect(await response.json()).toMatchObject(
    to.path === '/v1/messages'
      ? { type: 'error', error: { type: 'authentication_error' } }
      : { error: { type: 'authentication_error', code: 'token_missing' } },
  )
})

test.each(all)('$path: errors of the provider are passed on as they came', async (to) => {
  const text = '{"type":"error", "error":{"type":"overloaded_error","message":"Overloaded"}}'
  const headers = {
    'content-type': 'application/json',
    'request-id': 'req_1',
    'anthropic-ratelimit-tokens-remaining': '0',
  }
  harness.provider.answers.push(() => new Response(text, { status: 529, headers }))
  const response = await harness.chat(to.raw, { as: ada.user, path: to.path, context: plain() })
  expect(response.status).toBe(529)
  expect(await response.text()).toBe(text)
  expect(response.headers.get('request-id')).toBe('req_1')
  expect(response.headers.get('anthropic-ratelimit-tokens-remaining')).toBe('0')
})

test.each([
  [
    asked.messages,
    {
      type: 'invalid_request_error',
      message: 'prompt is too long: 200001 tokens > 200000 maximum',
    },
  ],
  [asked.responses, { code: 'context_length_exceeded', message: 'too long' }],
])(
  'a request that is too long with its block is sent once more without it (%#)',
  async (to, error) => {
    harness.provider.answers.push(() => Response.json({ type: 'error', error }, { status: 400 }))
    const before = harness.provider.sent.length
    const response = await harness.chat(to.raw, { as: ada.user, path: to.path, context: dinner() })
    expect(response.status).toBe(200)
    expect(harness.provider.sent.length - before).toBe(2)
    expect(harness.provider.last()).toBe(to.raw)
    expect(receiptOf(response)).toMatchObject({ why: 'length_retry', facts: [], tokens: 0 })
  },
)

test('Anthropic sees our key, the version and betas that were asked for, and nothing else of the caller', async () => {
  await harness.chat(asked.messages.raw, {
    as: ada.user,
    path: '/v1/messages?beta=true',
    context: plain(),
    headers: {
      'anthropic-version': '2026-10-21',
      'anthropic-beta': 'tools-1',
      'anthropic-dangerous-direct-browser-access': 'true',
      'openai-organization': 'theirs',
      'user-agent': 'sdk/1',
      cookie: 'a=b',
    },
  })
  const sent = harness.provider.sent.at(-1)
  expect(sent?.url).toBe('https://claude.test/v1/messages?beta=true')
  expect(sent?.init.redirect).toBe('manual')
  expect(Object.fromEntries(sent?.headers ?? [])).toEqual({
    'anthropic-beta': 'tools-1',
    'anthropic-version': '2026-10-21',
    'content-type': 'application/json',
    'user-agent': 'sdk/1',
    'x-api-key': 'sk-ant-ours',
  })
})

test.each([
  ['x-api-key', { 'x-api-key': 'sk-ant-theirs' }, 'sk-ant-theirs', null],
  ['Authorization', { authorization: 'Bearer sk-ant-theirs' }, null, 'Bearer sk-ant-theirs'],
])('a key of the caller goes on in %s, where it came', async (...[, headers, key, bearer]) => {
  const own = { ...headers, 'edgewise-token': await tokenFor(ada.user) }
  await harness.chat(asked.messages.raw, { path: '/v1/messages', context: plain(), headers: own })
  const sent = harness.provider.sent.at(-1)?.headers
  expect(sent?.get('x-api-key')).toBe(key)
  expect(sent?.get('authorization')).toBe(bearer)
  expect(sent?.get('anthropic-version')).toBe('2023-06-01')
  expect(sent?.has('edgewise-token')).toBe(false)
})

test('the app token may stand in x-api-key, where the SDK puts its key', async () => {
  const headers = { 'x-api-key': await tokenFor(ada.user) }
  const response = await harness.chat(asked.messages.raw, {
    path: '/v1/messages',
    context: dinner(),
    headers,
  })
  expect(receiptOf(response).why).toBe('attached')
})

test('tokens are counted of what would be sent, and cost nothing', async () => {
  const raw = '{"model":"m","messages":[{"role":"user","content":"dinner!"}]}'
  const options = { as: ada.user, path: '/v1/messages/count_tokens', context: dinner() }
  const response = await harness.chat(raw, options)
  expect(await response.json()).toEqual({ input_tokens: 11 })
  expect(harness.provider.sent.at(-1)?.url).toBe('https://claude.test/v1/messages/count_tokens')
  const counted = harness.provider.last()
  await harness.chat(raw, { ...options, path: '/v1/messages' })
  expect(harness.provider.last()).toBe(counted)
  expect(counted).toContain('allergic to peanuts')
  expect(receiptOf(response).usage).toBeUndefined()
})

const turns = fc.array(
  fc.record({
    words: fc.oneof(
      fc.string({ minLength: 1, maxLength: 40 }).map((text) => `q ${text}`),
      fc.constantFrom('Dinner ideas?', '日本の夕食 🍣', '</user_context>'),
    ),
    facts: fc.uniqueArray(fc.nat(11), { maxLength: 5 }),
    style: fc.boolean(),
  }),
  { minLength: 20, maxLength: 20 },
)

test.each(all)(
  '$path: over 20 turns a prompt without its block begins the next',
  async (to) => {
    const own = createHarness({ vars: both, ports: () => ({ meter: endless }) })
    const property = fc.asyncProperty(turns, async (said) => {
      const list: object[] = []
      let before: Said[] = []
      for (const { words, facts, style } of said) {
        list.push({ role: 'user', content: words })
        const decided = decision({
          facts: facts.map((i) => ada.facts[i]?.id ?? ''),
          slices: { style, session: false, profile: facts.length > 0 },
        })
        const body = { model: 'm', max_tokens: 9, store: false, [to.list]: list }
        const options = { as: ada.user, path: to.path, context: context({ decision: decided }) }
        const response = await own.chat(body, options)
        const prompt = to.dialect.promptOf(JSON.parse(own.provider.last()))
        expect(prompt.slice(0, before.length)).toEqual(before)
        const attached = receiptOf(response).why === 'attached'
        expect(prompt.at(-1)?.text.startsWith('<user_context>\n')).toBe(attached)
        before = attached ? prompt.slice(0, -1) : prompt
        expect(before).toEqual(to.dialect.promptOf(body))
        list.push({ role: 'assistant', content: 'ok' })
      }
    })
    await fc.assert(property, { numRuns: 5 })
  },
  60_000,
)
const endless = { report: async () => ({ granted: 1e12, rest: 1e12 }) }

test('in a tool loop the block is there, byte for byte, in both requests', async () => {
  const first = '{"role":"user","content":"dinner ideas?"}'
  const rest =
    ',{"role":"assistant","content":[{"type":"thinking","thinking":"hm","signature":"s"},{"type":"tool_use","id":"t","name":"f","input":{}}]},{"role":"user","content":[{"type":"tool_result","tool_use_id":"t","content":"rice"}]}'
  const options = { as: ada.user, path: '/v1/messages', context: dinner() }
  const body = (list: string) => `{"model":"m","max_tokens":9,"messages":[${list}]}`
  await harness.chat(body(first), options)
  const one = harness.provider.last()
  await harness.chat(body(first + rest), options)
  const two = harness.provider.last()
  expect(one).toContain('<user_context>')
  expect(two).toBe(one.replace(/\]\}$/, `${rest}]}`))
})

test('an answer to earlier turns at the provider carries the block with its new words, and a tool result alone carries none', async () => {
  const options = { as: ada.user, path: '/v1/responses', context: dinner() }
  await harness.chat(
    '{"model":"m","store":false,"previous_response_id":"r","input":"dinner?"}',
    options,
  )
  expect(harness.provider.last()).toContain('allergic to peanuts')
  const result =
    '{"model":"m","store":false,"previous_response_id":"r","input":[{"type":"function_call_output","call_id":"c","output":"rice"}]}'
  const response = await harness.chat(result, options)
  expect(harness.provider.last()).toBe(result)
  expect(receiptOf(response).why).toBe('no_user_message')
})

test.each([
  ['/v1/messages', { OPENAI_API_KEY: 'sk-ours' }, 501],
  ['/v1/chat/completions', { OPENAI_API_KEY: 'sk-ours' }, 200],
  ['/v1/messages', { OPENAI_API_KEY: '', PROVIDER: 'anthropic' }, 200],
  ['/v1/responses', { OPENAI_API_KEY: '', PROVIDER: 'anthropic' }, 501],
  ['/v1/messages', { ANTHROPIC_BASE_URL: 'http://claude.test', ENVIRONMENT: 'production' }, 501],
])('%s with %j answers %i', async (path, vars, status) => {
  const { acme, acmeToken, orgsOf } = await import('./harness.ts')
  const secrets = { EDGEWISE_NAMING_SECRET: 'n'.repeat(32), EDGEWISE_ROOT_SECRETS: 'r'.repeat(32) }
  const own = createHarness({
    vars: { PROVIDER: '', ...secrets, ...vars },
    ports: () => ({ orgs: orgsOf(acme()) }),
  })
  const headers = { authorization: `Bearer ${await acmeToken('ada')}` }
  const response = await own.chat(asked.messages.raw, { path, headers })
  expect(response.status).toBe(status)
  if (status === 200) return
  expect(JSON.stringify(await response.json())).toContain('No provider is configured for this')
})

test('models are listed by the provider whose SDK asks', async () => {
  await harness.fetch('/v1/models?limit=2', { headers: { 'anthropic-version': '2023-06-01' } })
  expect(harness.provider.sent.at(-1)?.url).toBe('https://claude.test/v1/models?limit=2')
  await harness.fetch('/v1/models')
  expect(harness.provider.sent.at(-1)?.url).toBe('https://provider.test/v1/models')
})

test.each(all)('$path: the preview answers in the dialect, whole and as a stream', async (to) => {
  const own = createHarness({ vars: { PROVIDER: 'preview' } })
  const ask = { as: ada.user, path: to.path, context: plain() }
  const whole = await (await own.chat(to.raw, ask)).json<{ content?: unknown; output?: unknown }>()
  expect(JSON.stringify(whole.content ?? whole.output)).toContain('exact request')
  const streamed = to.raw.replace('"model"', '"stream":true,"model"')
  const text = await (await own.chat(streamed, ask)).text()
  const events = text.split('\n\n').filter((event) => event.startsWith('event: '))
  const said = events
    .map((event): { delta?: unknown } => JSON.parse(event.slice(event.indexOf('{'))))
    .map(({ delta }) => {
      if (typeof delta === 'string') return delta
      return typeof delta === 'object' && delta && 'text' in delta ? delta.text : ''
    })
    .join('')
  expect(said.endsWith(streamed)).toBe(true)
  expect(text).toMatch(/: edgewise \{"input":\d+,"output":\d+,"estimated":false/)
})
