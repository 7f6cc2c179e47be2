import { beforeAll, describe, expect, test } from 'vitest'
import type { ChatCall } from '../../worker/ports.ts'
import { createHarness, receiptOf, someone } from './harness.ts'
import { chatBody, context, decision, idOf, introduce, type Person } from './people.ts'

/* What comes goes out byte for byte, however it is sent; what no provider could read either is refused. */

let person: Person
beforeAll(async () => {
  person = await introduce(createHarness(), someone())
})

const asked = () => context({ decision: decision({ facts: [idOf(person, 'peanuts')] }) })

const bytesOf = (text: string): Uint8Array => new TextEncoder().encode(text)
const whole = (bytes: Uint8Array) => ({
  headers: { 'content-length': String(bytes.byteLength) },
  body: bytes,
})
const inPieces = (bytes: Uint8Array) => ({ headers: {}, body: new Response(bytes).body })
const ways = [
  ['whole', whole],
  ['in pieces', inPieces],
] as const

type Sent = {
  bytes: Uint8Array
  headers?: Record<string, string>
  way: typeof whole | typeof inPieces
}

/** Sends a body as it is, and tells what the provider was sent of it. */
async function pass({ bytes, headers, way }: Sent) {
  let received: Uint8Array | undefined
  const chat = async ({ body }: ChatCall) => {
    received = new Uint8Array(await new Response(body).arrayBuffer())
    return { ok: true as const, value: Response.json({}) }
  }
  const harness = createHarness({
    ports: (real) => ({ provider: { ...real.provider, chat } }),
  })
  const sent = way(bytes)
  const response = await harness.fetch('/v1/chat/completions', {
    as: person.user,
    method: 'POST',
    body: sent.body,
    headers: {
      'content-type': 'application/json',
      'edgewise-context': JSON.stringify(context({ device: { store: 'memory', gate: 'paused' } })),
      ...sent.headers,
      ...headers,
    },
  })
  return { response, received }
}

const mark = '\ufeff'
const words = (text: string) => bytesOf(chatBody(text))
const cases: [string, Uint8Array, string][] = [
  ['in ASCII', words('dinner?'), 'paused'],
  ['in other scripts', words('夕食は何がいい？ à la carte 🍲'), 'paused'],
  ['with a replacement character of its own', words('a \ufffd stood here'), 'paused'],
  ['with escapes', bytesOf('{"messages":[{"role":"user","content":"\\u00e9\\ud83d"}]}'), 'paused'],
  ['with a byte order mark', bytesOf(mark + chatBody('dinner?')), 'unreadable_body'],
  ['with a byte order mark, in other scripts', bytesOf(mark + chatBody('夕食')), 'unreadable_body'],
  ['with two byte order marks', bytesOf(mark + mark + chatBody('x')), 'unreadable_body'],
  ['that is no JSON', bytesOf('{"messages": ['), 'unreadable_body'],
  ['that is empty', bytesOf(''), 'unreadable_body'],
]

describe.each(ways)('a body sent %s', (_, way) => {
  test.each(cases)('%s reaches the provider byte for byte', async (_name, bytes, why) => {
    const { response, received } = await pass({ bytes, way })
    expect(response.status).toBe(200)
    expect(received).toEqual(bytes)
    expect(receiptOf(response).why).toBe(why)
  })

  test('that is compressed reaches the provider byte for byte', async () => {
    const bytes = new Uint8Array([0x1f, 0x8b, 0x08, 0x00, 0xff, 0xfe])
    const { response, received } = await pass({
      bytes,
      way,
      headers: { 'content-encoding': 'gzip' },
    })
    expect(received).toEqual(bytes)
    expect(receiptOf(response).why).toBe('unreadable_body')
  })

  test.each([
    ['stray bytes', [0x7b, 0xff, 0xfe, 0x7d]],
    ['a cut character', [0x22, 0xc3, 0x22]],
    ['half of a surrogate pair', [0x22, 0xed, 0xa0, 0x80, 0x22]],
    ['stray bytes behind a byte order mark', [0xef, 0xbb, 0xbf, 0x22, 0xff, 0x22]],
  ])('that is no UTF-8 (%s) is refused, and nothing is sent', async (_name, bytes) => {
    const { response, received } = await pass({ bytes: new Uint8Array(bytes), way })
    expect(response.status).toBe(400)
    expect(await response.json()).toMatchObject({
      error: { code: 'bad_request', param: 'body', message: expect.stringContaining('UTF-8') },
    })
    expect(received).toBeUndefined()
  })
})

const long = (size: number) => chatBody('x', { metadata: { filler: 'y'.repeat(size) } })

test('a body of 300 kB is read and carries its block', async () => {
  const harness = createHarness()
  const big = long(300 * 1024).replace('"x"', '"dinner?"')
  const response = await harness.chat(big, { as: person.user, context: asked() })
  expect(receiptOf(response).why).toBe('attached')
  expect(harness.provider.last().length).toBeGreaterThan(big.length)
})

test('a body of 1 MB leaves no room in the window, so it goes out as it came', async () => {
  const harness = createHarness()
  const big = long(1024 * 1024).replace('"x"', '"dinner?"')
  const response = await harness.chat(big, { as: person.user, context: asked() })
  expect(receiptOf(response).why).toBe('no_room')
  expect(harness.provider.last() === big).toBe(true)
})

test.each(['whole', 'in pieces'])(
  'a body above 4 MB, sent %s, passes through unread',
  async (how) => {
    const harness = createHarness()
    const big = long(4.5 * 1024 * 1024)
    const bytes = bytesOf(big)
    const response = await harness.fetch('/v1/chat/completions', {
      as: person.user,
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        'edgewise-context': JSON.stringify(asked()),
        ...(how === 'whole' ? { 'content-length': String(bytes.byteLength) } : {}),
      },
      body: how === 'whole' ? bytes : new Response(bytes).body,
    })
    expect(response.status).toBe(200)
    expect(harness.provider.last() === big).toBe(true)
    expect(receiptOf(response).why).toBe('too_large_to_read')
  },
)

test('a body above 32 MB is refused before it is read', async () => {
  const response = await createHarness().fetch('/v1/chat/completions', {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'content-length': String(33 * 1024 * 1024) },
    body: '{}',
  })
  expect(response.status).toBe(413)
  expect(await response.json()).toMatchObject({ error: { code: 'body_too_large' } })
})
