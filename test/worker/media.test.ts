import { beforeAll, expect, test } from 'vitest'
import { events } from '../fakes/recording-provider.ts'
import { createHarness, receiptOf, someone, type Harness } from './harness.ts'
import { chatBody, context, decision, idOf, introduce, type Person } from './people.ts'

/* Pictures and sounds are no words: they neither take the block's room nor spend a day's tokens. */

let person: Person
beforeAll(async () => {
  person = await introduce(createHarness(), someone())
})

const photo = `data:image/png;base64,${'iVBORw0KGgo/'.repeat(65_000)}`
const question = { type: 'text', text: 'Can I eat this for dinner?' }

const chatWith = (part: unknown) => ({
  model: 'gpt-4o',
  stream: true,
  messages: [{ role: 'user', content: [question, part] }],
})
const responsesWith = (part: unknown) => ({
  model: 'gpt-4o',
  store: false,
  input: [{ role: 'user', content: [{ ...question, type: 'input_text' }, part] }],
})
const messagesWith = (part: unknown) => ({
  model: 'claude-haiku-4-5',
  max_tokens: 100,
  messages: [{ role: 'user', content: [part, question] }],
})

const image = { type: 'base64', media_type: 'image/png', data: photo.slice(22) }
const kinds: [string, string, object][] = [
  ['chat', '/v1/chat/completions', chatWith({ type: 'image_url', image_url: { url: photo } })],
  [
    'chat, sound',
    '/v1/chat/completions',
    chatWith({ type: 'input_audio', input_audio: { data: photo.slice(22), format: 'wav' } }),
  ],
  ['responses', '/v1/responses', responsesWith({ type: 'input_image', image_url: photo })],
  ['messages', '/v1/messages', messagesWith({ type: 'image', source: image })],
  [
    'messages, from a tool',
    '/v1/messages',
    messagesWith({
      type: 'tool_result',
      tool_use_id: 't',
      content: [{ type: 'image', source: image }],
    }),
  ],
]

const ask = (harness: Harness, given: { body: object; path?: string; facts?: string[] }) =>
  harness.chat(given.body, {
    as: person.user,
    ...(given.path ? { path: given.path } : {}),
    context: context({ decision: decision({ facts: given.facts ?? [idOf(person, 'peanuts')] }) }),
  })

test.each(kinds)('a photo of 800 kB leaves room for the allergy (%s)', async (_, path, body) => {
  const harness = createHarness({ vars: { ANTHROPIC_API_KEY: 'sk-ant-ours' } })
  const response = await ask(harness, { body, path })
  expect(response.status).toBe(200)
  expect(receiptOf(response)).toMatchObject({ why: 'attached', dropped: 0 })
  expect(harness.provider.last()).toContain('peanuts')
})

test.each([
  ['with a block', undefined],
  ['with nothing to add', []],
])('ten streamed photos do not spend a day (%s)', async (_, facts) => {
  const harness = createHarness()
  const body = chatWith({ type: 'image_url', image_url: { url: photo } })
  for (let i = 0; i < 10; i++) {
    const response = await ask(harness, { body, ...(facts ? { facts } : {}) })
    expect(response.status).toBe(200)
    await response.text()
  }
})

test('words that are called a picture in another place count as words', async () => {
  const harness = createHarness()
  const filler = { image_url: { url: photo } }
  const body = { ...chatWith(question), metadata: filler }
  expect(receiptOf(await ask(harness, { body })).why).toBe('no_room')
})

test('a stream that is too large to be read still tells its usage, where its dialect states it', async () => {
  const harness = createHarness({ vars: { ANTHROPIC_API_KEY: 'sk-ant-ours' } })
  const user = someone()
  const usage = { input_tokens: 1600, output_tokens: 1 }
  harness.provider.answers.push(() =>
    events([
      JSON.stringify({ type: 'message_start', message: { usage } }),
      JSON.stringify({ type: 'message_delta', usage: { output_tokens: 12 } }),
    ]),
  )
  const document = { type: 'document', source: { data: 'JVBERi0x'.repeat(600_000) } }
  const body = { ...messagesWith(document), stream: true }
  const response = await harness.chat(body, { as: user, path: '/v1/messages' })
  expect(receiptOf(response).why).toBe('too_large_to_read')
  expect(await response.text()).toMatch(/: edgewise .*1600/)
  expect((await harness.chat(chatBody('Hi'), { as: user })).status).toBe(200)
})

test('an answer that breaks off is the provider’s failure, and gives back what was reserved', async () => {
  const harness = createHarness()
  const user = someone()
  const broken = () =>
    new Response(
      new ReadableStream({
        start(controller) {
          controller.enqueue(new TextEncoder().encode('{"choices": ['))
          controller.error(new Error('reset'))
        },
      }),
      { headers: { 'content-type': 'application/json' } },
    )
  for (let i = 0; i < 6; i++) {
    harness.provider.answers.push(broken)
    const response = await harness.chat(chatBody('Hi', { max_tokens: 120_000 }), { as: user })
    expect(response.status).toBe(502)
    expect(await response.json()).toMatchObject({ error: { code: 'provider_unreachable' } })
  }
  expect((await harness.chat(chatBody('Hi'), { as: user })).status).toBe(200)
})
