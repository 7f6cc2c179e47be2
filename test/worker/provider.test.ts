import { beforeAll, expect, test } from 'vitest'
import { events } from '../fakes/recording-provider.ts'
import { createHarness, receiptOf, someone, tokenFor } from './harness.ts'
import { chatBody, context, decision, idOf, introduce, type Person } from './people.ts'

let person: Person
beforeAll(async () => {
  person = await introduce(createHarness(), someone(), [['diet', 'I eat vegetarian food']])
})
const dinner = () => context({ decision: decision({ facts: [idOf(person, 'vegetarian')] }) })
const body = chatBody('dinner?')

const tooLong = () =>
  Response.json(
    {
      error: {
        message: 'too long',
        type: 'invalid_request_error',
        code: 'context_length_exceeded',
      },
    },
    { status: 400 },
  )

test('a request that is too long with its block is sent once more without it', async () => {
  const harness = createHarness()
  harness.provider.answers.push(tooLong)
  const response = await harness.chat(body, { as: person.user, context: dinner() })
  expect(response.status).toBe(200)
  expect(harness.provider.sent).toHaveLength(2)
  expect(harness.provider.last()).toBe(body)
  expect(receiptOf(response)).toMatchObject({
    why: 'length_retry',
    facts: [],
    slices: [],
    tokens: 0,
  })
})

test('a request that is too long by itself is not sent twice', async () => {
  const harness = createHarness()
  harness.provider.answers.push(tooLong)
  const response = await harness.chat(body, {
    as: person.user,
    context: context({ decision: decision() }),
  })
  expect(response.status).toBe(400)
  expect(harness.provider.sent).toHaveLength(1)
  expect(await response.json()).toMatchObject({ error: { code: 'context_length_exceeded' } })
})

test('an error of the provider is passed on as it was given, with what an SDK needs to try again', async () => {
  const harness = createHarness()
  const text = '{"error":{"message":"slow down","type":"x","code":"rate_limit_exceeded"} }'
  harness.provider.answers.push(
    () =>
      new Response(text, {
        status: 429,
        headers: {
          'retry-after-ms': '500',
          'x-ratelimit-remaining-tokens': '0',
          'x-request-id': 'req_1',
          'set-cookie': 'a=b',
          'alt-svc': 'h3',
          'content-type': 'application/json',
        },
      }),
  )
  const response = await harness.chat(body, { as: person.user, context: dinner() })
  expect(response.status).toBe(429)
  expect(await response.text()).toBe(text)
  expect(Object.fromEntries(response.headers)).toMatchObject({
    'retry-after-ms': '500',
    'x-ratelimit-remaining-tokens': '0',
    'x-request-id': 'req_1',
  })
  expect(response.headers.has('set-cookie')).toBe(false)
  expect(response.headers.has('alt-svc')).toBe(false)
})

test.each([
  ['cannot be reached', () => Promise.reject(new Error('connection refused'))],
  ['redirects', () => Response.redirect('https://elsewhere.test/', 307)],
])('a provider that %s is a 502 in its own dialect', async (_, answer) => {
  const harness = createHarness()
  harness.provider.answers.push(answer)
  const response = await harness.chat(body)
  expect(response.status).toBe(502)
  expect(await response.json()).toMatchObject({
    error: { code: 'provider_unreachable', type: 'api_error' },
  })
  expect(harness.provider.sent[0]?.init.redirect).toBe('manual')
})

test('the provider sees our key and nothing of the caller but what it needs', async () => {
  const harness = createHarness()
  await harness.chat(body, {
    headers: {
      cookie: 'secret=1',
      'edgewise-feature': 'search',
      'openai-organization': 'theirs',
      'user-agent': 'sdk/1',
      'x-forwarded-for': '1.2.3.4',
      origin: 'https://app.test',
    },
  })
  const [sent] = harness.provider.sent
  expect(sent?.url).toBe('https://provider.test/v1/chat/completions')
  expect(Object.fromEntries(sent?.headers ?? [])).toEqual({
    authorization: 'Bearer sk-ours',
    'content-type': 'application/json',
    'user-agent': 'sdk/1',
  })
})

test('a server that brings its own provider key has it used, with its account', async () => {
  const harness = createHarness()
  await harness.chat(body, {
    headers: {
      authorization: 'Bearer sk-theirs',
      'edgewise-token': await tokenFor('ada'),
      'openai-organization': 'theirs',
    },
  })
  const sent = harness.provider.sent[0]?.headers
  expect(sent?.get('authorization')).toBe('Bearer sk-theirs')
  expect(sent?.get('openai-organization')).toBe('theirs')
  expect(sent?.has('edgewise-token')).toBe(false)
})

test('a provider that takes strings only gets the block in the string', async () => {
  const harness = createHarness({ vars: { OPENAI_CONTENT: 'string' } })
  await harness.chat(body, { as: person.user, context: dinner() })
  const sent = JSON.parse(harness.provider.last()) as { messages: { content: string }[] }
  expect(sent.messages[0]?.content).toMatch(/^dinner\?\n\n<user_context>/)
})

test('a whole answer has its usage in the receipt', async () => {
  const response = await createHarness().chat(body, { as: person.user, context: dinner() })
  expect(receiptOf(response).usage).toEqual({ input: 7, output: 2, estimated: false })
})

test('a stream whose usage was asked for has it as a comment before its end', async () => {
  const harness = createHarness()
  const usage = {
    prompt_tokens: 9,
    completion_tokens: 4,
    prompt_tokens_details: { cached_tokens: 3, cache_write_tokens: 1 },
  }
  const sent = ['{"choices":[{}],"usage":null}', JSON.stringify({ choices: [], usage }), '[DONE]']
  harness.provider.answers.push(() => events(sent))
  const response = await harness.chat(
    chatBody('hi', { stream: true, stream_options: { include_usage: true } }),
  )
  const text = await response.text()
  expect(text).toBe(
    `data: ${sent[0]}\n\ndata: ${sent[1]}\n\n: edgewise {"input":9,"output":4,"estimated":false,"cached":3,"written":1}\n\ndata: [DONE]\n\n`,
  )
})

test('a stream whose usage nobody states is not touched at all', async () => {
  const harness = createHarness()
  const text = 'data: {"choices":[{"delta":{"content":"Hi"}}]}\n\ndata: [DONE]\n\n'
  harness.provider.answers.push(
    () => new Response(text, { headers: { 'content-type': 'text/event-stream' } }),
  )
  const response = await harness.chat(chatBody('hi', { stream: true }))
  expect(await response.text()).toBe(text)
  expect(receiptOf(response).usage).toBeUndefined()
})

test('without a key the preview shows the exact request, in the format that was asked for', async () => {
  const harness = createHarness({ vars: { PROVIDER: '', OPENAI_API_KEY: '' } })
  const whole = await harness.chat(body, { as: person.user, context: dinner() })
  const answer = await whole.json<{ choices: { message: { content: string } }[] }>()
  const content = answer.choices[0]?.message.content ?? ''
  expect(content).toMatch(/^Preview: no provider key is configured, so nothing was sent\./)
  const shown = content.slice(content.indexOf('{'))
  expect(JSON.parse(shown)).toMatchObject({ model: 'test-model' })
  expect(shown).toContain('<user_context>')

  const asked = body.replace(
    '"model"',
    '"stream":true,"stream_options":{"include_usage":true},"model"',
  )
  const streamed = await harness.chat(asked, { context: context({ decision: decision() }) })
  const parts = (await streamed.text()).split('\n\n').filter((part) => part.startsWith('data: {'))
  const said = parts
    .map((part) => JSON.parse(part.slice(6)) as { choices: { delta: { content?: string } }[] })
    .map(({ choices }) => choices[0]?.delta.content ?? '')
    .join('')
  expect(said.endsWith(asked)).toBe(true)
  expect(parts.length).toBeGreaterThan(5)
  expect(harness.provider.sent).toEqual([])
})

test.each([
  ['an unknown provider', { PROVIDER: 'somebody' }],
  [
    'a provider over plain http',
    { OPENAI_BASE_URL: 'http://provider.test/v1', ENVIRONMENT: 'production' },
  ],
])('%s is no provider', async (_, vars) => {
  const { acme, acmeToken, orgsOf } = await import('./harness.ts')
  const secrets = { EDGEWISE_NAMING_SECRET: 'n'.repeat(32), EDGEWISE_ROOT_SECRETS: 'r'.repeat(32) }
  const harness = createHarness({
    vars: { ...vars, ...secrets },
    ports: () => ({ orgs: orgsOf(acme()) }),
  })
  const response = await harness.chat(body, {
    headers: { authorization: `Bearer ${await acmeToken('ada')}` },
  })
  expect(response.status).toBe(501)
  expect(await response.json()).toMatchObject({ error: { code: 'no_provider_for_dialect' } })
})

test('models are listed as the provider lists them', async () => {
  const harness = createHarness()
  harness.provider.answers.push(() => Response.json({ object: 'list', data: [] }))
  const response = await harness.fetch('/v1/models')
  expect(await response.json()).toEqual({ object: 'list', data: [] })
  await harness.fetch('/v1/models/org%2Fmodel')
  expect(harness.provider.sent.map(({ url }) => url)).toEqual([
    'https://provider.test/v1/models',
    'https://provider.test/v1/models/org%2Fmodel',
  ])
})

test.each([
  'x%5C..%5C..%5Cfiles',
  '%5C..%5C..%5Cfiles',
  '%2e%2e/files',
  '%252e%252e/files',
  '..%2F..%2Ffiles',
  'x/../../files',
  '..%09/files',
  'x%3Fa=b',
  'x%23y',
])('no name of a model leads to another address of the provider: %s', async (name) => {
  const harness = createHarness()
  await harness.fetch(`/v1/models/${name}`)
  for (const { url } of harness.provider.sent) {
    const { pathname, search, hash } = new URL(url)
    expect(pathname).toMatch(/^\/v1\/models\//)
    expect(decodeURIComponent(decodeURIComponent(pathname))).not.toMatch(/\.\.[/\\]/)
    expect([search, hash]).toEqual(['', ''])
  }
})
