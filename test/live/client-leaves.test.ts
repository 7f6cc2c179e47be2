import { connect } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { mintToken } from '../../client/server.ts'
import { startProviderServer, streamOf, type ProviderServer } from '../fakes/provider-server.ts'
import { startWorker, testKey, type RunningWorker } from '../fakes/start-worker.ts'

let provider: ProviderServer
let worker: RunningWorker

beforeAll(async () => {
  provider = await startProviderServer({
    pieces: Array.from({ length: 400 }, () => 'word '),
    gap: 25,
  })
  worker = await startWorker({ vars: { PROVIDER: 'openai', OPENAI_BASE_URL: provider.url } })
})

afterAll(async () => {
  await worker?.stop()
  await provider?.close()
})

const key = { kid: 'development', alg: 'HS256' as const, secret: testKey }
const token = () => mintToken({ key, org: 'demo', user: 'ada' })

const bodyOf = (rest: object) =>
  JSON.stringify({
    model: 'test-model',
    stream: true,
    ...rest,
    messages: [{ role: 'user', content: 'What is the capital of France?' }],
  })
const plain = bodyOf({})
const metered = bodyOf({ stream_options: { include_usage: true } })

test.each([
  ['is passed through', plain],
  ['is metered', metered],
])('a client that is killed while its answer %s aborts the provider call', async (_, body) => {
  const { hostname, port } = new URL(worker.url)
  const socket = connect(Number(port), hostname)
  socket.write(
    [
      'POST /v1/chat/completions HTTP/1.1',
      `Host: ${hostname}`,
      `Authorization: Bearer ${await token()}`,
      'Content-Type: application/json',
      `Content-Length: ${Buffer.byteLength(body)}`,
      '',
      body,
    ].join('\r\n'),
  )
  const head = await new Promise<string>((resolve) => {
    socket.once('data', (data: Buffer) => resolve(data.toString('latin1')))
  })
  expect(head).toContain('HTTP/1.1 200')
  socket.destroy()
  const { closed } = provider.requests.at(-1) ?? {}
  // The whole answer would take 10 s: a connection that closes within 3 was cut.
  expect(await Promise.race([closed, sleep(3000, 'still streaming')])).toBe(true)
})

test.each([plain, metered])(
  'the bytes of a provider reach the client as they are: %s',
  async (body) => {
    const saved = { ...provider.behaviour }
    const pieces = ['Bon', 'jour "D"', ' [DONE]']
    Object.assign(provider.behaviour, { pieces, gap: 1, chunkBytes: 7 })
    const response = await fetch(`${worker.url}/v1/chat/completions`, {
      method: 'POST',
      headers: { authorization: `Bearer ${await token()}`, 'content-type': 'application/json' },
      body,
    })
    const text = await response.text()
    const sent = streamOf(provider.behaviour, body === metered).join('')
    Object.assign(provider.behaviour, saved)
    const comment = /^: edgewise .*\n\n(?=data: \[DONE\]\n\n$)/m.exec(text)?.[0] ?? ''
    expect(comment === '').toBe(body === plain)
    expect(text.replace(comment, '')).toBe(sent)
    expect(provider.requests.at(-1)?.raw).toBe(body)
    expect(response.headers.get('set-cookie')).toBeNull()
  },
)
