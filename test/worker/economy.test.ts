import { expect, test } from 'vitest'
import type { Org } from '../../shared/schema/org.ts'
import { readUsageComment } from '../../shared/receipt.ts'
import { acme, acmeToken, createHarness, orgsOf, receiptOf, type Harness } from './harness.ts'
import { context, decision } from './people.ts'

/* What a request costs: markers for the provider's cache, and what the provider says of tokens. */

const both = { ANTHROPIC_API_KEY: 'sk-ant-ours', ANTHROPIC_BASE_URL: 'https://claude.test' }
const at = (rest: Partial<Org> = {}): Harness =>
  createHarness({ vars: both, ports: () => ({ orgs: orgsOf(acme(rest)) }) })

async function ask(harness: Harness, body: string, path = '/v1/chat/completions') {
  const headers = { authorization: `Bearer ${await acmeToken('ada')}` }
  return harness.chat(body, { path, context: context({ decision: decision() }), headers })
}

const long = JSON.stringify('All about cooking. '.repeat(400))
const claude = `{"model":"claude-sonnet-5","max_tokens":9,"system":${long},"messages":[{"role":"user","content":"hi"}]}`
const gpt = `{"model":"gpt-4o-mini","messages":[{"role":"system","content":${long}},{"role":"user","content":"hi"}]}`
const marked = `{"model":"gpt-5.6","messages":[{"role":"system","content":${long}},{"role":"user","content":"hi"}]}`

test('a long prompt is marked for the provider’s cache also where nothing personal goes along', async () => {
  const harness = at()
  await ask(harness, claude, '/v1/messages')
  const marker = '"cache_control":{"type":"ephemeral"}'
  expect(harness.provider.last()).toBe(
    `{"model":"claude-sonnet-5","max_tokens":9,"system":[{"type":"text","text":${long},${marker}}],"messages":[{"role":"user","content":[{"type":"text","text":"hi",${marker}}]}]}`,
  )
  await ask(harness, marked)
  expect(harness.provider.last()).toMatch(
    /^\{"prompt_cache_key":"ew-[\w-]{43}-0","model":"gpt-5.6".*"prompt_cache_breakpoint":\{"mode":"explicit"\}\}\]\}\]\}$/,
  )
})

test('a model that finds prefixes by itself gets a key only where the org says how busy it is', async () => {
  const quiet = at()
  await ask(quiet, gpt)
  expect(quiet.provider.last()).toBe(gpt)
  const busy = at({ requestsPerMinute: 10 })
  await ask(busy, gpt)
  expect(busy.provider.last()).toMatch(/^\{"prompt_cache_key":"ew-[\w-]{43}-0","model"/)
})

test.each([
  ['claude-sonnet-5', claude, '/v1/messages'],
  ['gpt-4o-mini', gpt, '/v1/chat/completions'],
  ['gpt-5.6', marked, '/v1/chat/completions'],
])('with the cache off a long prompt for %s goes out byte for byte', async (_, body, path) => {
  const harness = at({ cache: 'off' })
  await ask(harness, body, path)
  expect(harness.provider.last()).toBe(body)
})

test('a short prompt goes out byte for byte, whatever the model', async () => {
  const harness = at()
  for (const model of ['gpt-4o-mini', 'gpt-5.6', 'house-model']) {
    const body = `{"model":"${model}","messages":[{"role":"user","content":"capital of France?"}]}`
    await ask(harness, body)
    expect(harness.provider.last()).toBe(body)
  }
})

test('busy orgs have their cache key split, the same for a user each time', async () => {
  const harness = at({ requestsPerMinute: 900 })
  await ask(harness, gpt)
  const first = harness.provider.last()
  await ask(harness, gpt)
  expect(harness.provider.last()).toBe(first)
  expect(first).not.toMatch(/"ew-[\w-]{43}-0"/)
})

test('Anthropic’s tokens are added up, and priced by what was read, written and fresh', async () => {
  const response = await ask(at(), claude, '/v1/messages')
  // 7 fresh at $2, 2,000 read at $0.20, 300 written at $2.50, 2 out at $10 a million: in millionths.
  expect(receiptOf(response).usage).toEqual({
    input: 2307,
    output: 2,
    cached: 2000,
    written: 300,
    cost: 14 + 400 + 750 + 20,
    estimated: false,
  })
})

/** 400 tokens that Anthropic has written to its cache, for as long as `creation` says. */
const written = (creation?: Record<string, number>) => ({
  input_tokens: 0,
  cache_creation_input_tokens: 400,
  cache_creation: creation,
  output_tokens: 0,
})
const whole = (usage: object) => () => Response.json({ type: 'message', content: [], usage })

test.each([
  [undefined, 1000],
  [{ ephemeral_5m_input_tokens: 400, ephemeral_1h_input_tokens: 0 }, 1000],
  [{ ephemeral_5m_input_tokens: 300, ephemeral_1h_input_tokens: 100 }, 750 + 400],
])('what Anthropic keeps as %j is priced by how long it is kept', async (creation, cost) => {
  const usage = written(creation)
  const harness = at()
  harness.provider.answers.push(whole(usage))
  const stated = receiptOf(await ask(harness, claude, '/v1/messages')).usage
  expect(stated).toMatchObject({ input: 400, written: 400, cost })
  expect(stated?.hour).toBe(creation?.ephemeral_1h_input_tokens || undefined)
  harness.provider.answers.push(() =>
    stream(
      typed(
        { type: 'message_start', message: { usage } },
        delta('hi'),
        { type: 'message_delta', delta: {}, usage: { output_tokens: 30 } },
        { type: 'message_stop' },
      ),
    ),
  )
  const body = claude.replace('{', '{"stream":true,')
  const answer = await (await ask(harness, body, '/v1/messages')).text()
  expect(readUsageComment(answer.trim().split('\n\n').at(-1) ?? '')).toMatchObject({
    written: 400,
    output: 30,
    cost: cost + 300,
  })
})

test('an org’s own price for an hour stands over the list’s', async () => {
  const usage = written({ ephemeral_5m_input_tokens: 0, ephemeral_1h_input_tokens: 400 })
  const price = { input: 1, output: 5, written: 1.25 }
  for (const [own, cost] of [
    [price, 500],
    [{ ...price, hour: 2 }, 800],
  ] as const) {
    const harness = at({ prices: { 'claude-sonnet-5': own } })
    harness.provider.answers.push(whole(usage))
    const response = await ask(harness, claude, '/v1/messages')
    expect(receiptOf(response).usage).toMatchObject({ hour: 400, cost })
  }
})

test('OpenAI’s responses state theirs under other names', async () => {
  const harness = at()
  const usage = {
    input_tokens: 2000,
    input_tokens_details: { cached_tokens: 1500, cache_write_tokens: 100 },
    output_tokens: 10,
  }
  harness.provider.answers.push(() => Response.json({ object: 'response', output: [], usage }))
  const response = await ask(harness, '{"model":"gpt-5.6","input":"hi"}', '/v1/responses')
  expect(receiptOf(response).usage).toEqual({
    input: 2000,
    output: 10,
    cached: 1500,
    written: 100,
    cost: 400 * 4 + 1500 * 0.4 + 100 * 5 + 10 * 20,
    estimated: false,
  })
})

test('an org’s own price stands over the list’s; without a price nothing is said', async () => {
  const own = at({ prices: { 'house-model': { input: 1, output: 2 } } })
  const body = '{"model":"house-model","messages":[{"role":"user","content":"hi"}]}'
  expect(receiptOf(await ask(own, body)).usage).toMatchObject({ input: 7, output: 2, cost: 11 })
  expect(receiptOf(await ask(at(), body)).usage).not.toHaveProperty('cost')
})

const stream = (text: string, size = 7) => {
  const bytes = new TextEncoder().encode(text)
  let from = 0
  const body = new ReadableStream<Uint8Array>({
    pull(controller) {
      if (from >= bytes.length) return controller.close()
      controller.enqueue(bytes.slice(from, (from += size)))
    },
  })
  return new Response(body, { headers: { 'content-type': 'text/event-stream' } })
}
const typed = (...events: ({ type: string } & Record<string, unknown>)[]) =>
  events.map((data) => `event: ${data.type}\ndata: ${JSON.stringify(data)}\n\n`).join('')

const start = {
  type: 'message_start',
  message: {
    usage: {
      input_tokens: 5,
      cache_read_input_tokens: 100,
      cache_creation_input_tokens: 0,
      output_tokens: 1,
    },
  },
}
const delta = (text: string) => ({
  type: 'content_block_delta',
  delta: { type: 'text_delta', text },
})

test('a stream of Anthropic’s passes as it is, with its usage as a comment behind it', async () => {
  const harness = at()
  const end = { type: 'message_delta', delta: {}, usage: { output_tokens: 30 } }
  const text = typed(start, delta('日本 "usage":{"output_tokens":9}'), end, {
    type: 'message_stop',
  })
  harness.provider.answers.push(() => stream(text))
  const body = claude.replace('{', '{"stream":true,')
  const answer = await (await ask(harness, body, '/v1/messages')).text()
  expect(answer.startsWith(text)).toBe(true)
  expect(readUsageComment(answer.slice(text.length).trim())).toEqual({
    input: 105,
    output: 30,
    cached: 100,
    written: 0,
    cost: 10 + 20 + 300,
    estimated: false,
  })
})

test('of a stream that breaks off the prompt is known and the answer estimated', async () => {
  const harness = at()
  harness.provider.answers.push(() =>
    stream(typed(start, delta('one'), delta('two'), delta('three'))),
  )
  const body = claude.replace('{', '{"stream":true,')
  const answer = await (await ask(harness, body, '/v1/messages')).text()
  const comment = readUsageComment(answer.trim().split('\n\n').at(-1) ?? '')
  expect(comment).toMatchObject({ input: 105, cached: 100, estimated: true })
  expect(comment?.output).toBeGreaterThanOrEqual(2)
})

test('a stream of responses says its usage at the end of a long last event', async () => {
  const harness = at()
  const usage = { input_tokens: 9, output_tokens: 4, input_tokens_details: { cached_tokens: 3 } }
  const output = [{ text: '{"usage":{"input_tokens":1,"output_tokens":1}} '.repeat(800) }]
  const text = typed(
    { type: 'response.created' },
    { type: 'response.completed', response: { output, usage, user: null } },
  )
  harness.provider.answers.push(() => stream(text, 4000))
  const response = await ask(harness, '{"model":"m","stream":true,"input":"hi"}', '/v1/responses')
  const answer = await response.text()
  expect(answer.startsWith(text)).toBe(true)
  expect(readUsageComment(answer.slice(text.length).trim())).toEqual({
    input: 9,
    output: 4,
    cached: 3,
    estimated: false,
  })
})

const chunk = (content: string, usage: string) =>
  `data: {"id":"c","choices":[{"index":0,"delta":{"content":${JSON.stringify(content)}}}]${usage},"x":1}\n\n`
const stated = 'data: {"id":"c","choices":[],"usage":{"prompt_tokens":9,"completion_tokens":2}}\n\n'
const done = 'data: [DONE]\n\n'

test.each([
  [
    '{"model":"m","stream":true,',
    '{"stream_options":{"include_usage":true},"model":"m","stream":true,',
  ],
  [
    '{"model":"m","stream":true,"stream_options":{"include_usage": false},',
    '{"model":"m","stream":true,"stream_options":{"include_usage": true},',
  ],
  [
    '{"model":"m","stream":true,"stream_options":{"include_obfuscation":false},',
    '{"model":"m","stream":true,"stream_options":{"include_usage":true,"include_obfuscation":false},',
  ],
])(
  'metered: usage is asked for, and the client sees what it would have seen (%#)',
  async (open, sent) => {
    const harness = at({ metering: 'metered' })
    const rest = '"messages":[{"role":"user","content":"hi"}]}'
    const answered =
      chunk('日本', ',"usage":null') + chunk('"usage":null', ',"usage":null') + stated + done
    harness.provider.answers.push(() => stream(answered))
    const response = await ask(harness, open + rest)
    expect(harness.provider.last()).toBe(sent + rest)
    const [comment, ...others] = (await response.text())
      .split('\n\n')
      .toSorted((a, b) => Number(b.startsWith(':')) - Number(a.startsWith(':')))
    expect(others.join('\n\n')).toBe(chunk('日本', '') + chunk('"usage":null', '') + done)
    expect(readUsageComment(comment ?? '')).toEqual({ input: 9, output: 2, estimated: false })
  },
)

test('metered: an app that asks itself gets all of it', async () => {
  const harness = at({ metering: 'metered' })
  const answered = chunk('Hi', ',"usage":null') + stated + done
  harness.provider.answers.push(() => stream(answered))
  const body =
    '{"model":"m","stream":true,"stream_options":{"include_usage":true},"messages":[{"role":"user","content":"hi"}]}'
  const text = await (await ask(harness, body)).text()
  expect(harness.provider.last()).toBe(body)
  expect(text.replace(/: edgewise .*\n\n/, '')).toBe(answered)
})

test('metered: what is not a stream goes out as it came', async () => {
  const harness = at({ metering: 'metered' })
  const body = '{"model":"m","messages":[{"role":"user","content":"hi"}]}'
  await ask(harness, body)
  expect(harness.provider.last()).toBe(body)
})

test('a model that is called as a member of every object has no price', async () => {
  const harness = at({ prices: { house: { input: 1, output: 2 } } })
  for (const model of ['constructor', '__proto__', 'toString']) {
    const body = `{"model":"${model}","messages":[{"role":"user","content":"hi"}]}`
    const response = await ask(harness, body)
    expect(response.status).toBe(200)
    expect(receiptOf(response).usage).not.toHaveProperty('cost')
  }
})
