import { createServer, type IncomingHttpHeaders, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'

/** A request as it arrived, byte for byte. */
export type Recorded = {
  method: string
  path: string
  headers: IncomingHttpHeaders
  raw: string
  /** Settles when the connection of this request has closed: true where it was cut before the end. */
  closed: Promise<boolean>
}

type Failure = { status: number; body: unknown; headers?: Record<string, string> }

/** How the server answers; each may be changed while it runs. */
export type Behaviour = {
  /** The text of the answer, one streamed event a piece. */
  pieces: string[]
  /** Bytes of one write of a stream; events are cut anywhere. 0: one write an event. */
  chunkBytes: number
  /** Milliseconds before the response head, and between two writes. */
  headDelay: number
  gap: number
  /** Answers with this status and body instead, where set; or as it says of each request's body. */
  error?: Failure | ((body: string) => Failure | undefined) | undefined
  /** Why a whole answer ends. */
  finish?: string
  /** The text of the answer to one request, in place of `pieces`. */
  reply?: (body: string) => string
  /** Never answers. */
  hang: boolean
}

export type ProviderServer = {
  /** Base address, with `/v1`. */
  url: string
  requests: Recorded[]
  behaviour: Behaviour
  close(): Promise<void>
}

const usual: Behaviour = {
  pieces: ['Hello', ' there', '!'],
  chunkBytes: 0,
  headDelay: 0,
  gap: 0,
  hang: false,
}

/** A local OpenAI-compatible server: it really listens, and remembers what it received. */
export async function startProviderServer(given: Partial<Behaviour> = {}): Promise<ProviderServer> {
  const behaviour: Behaviour = { ...usual, ...given }
  const requests: Recorded[] = []
  const server = createServer((request, response) => {
    const parts: Buffer[] = []
    const closed = new Promise<boolean>((resolve) => {
      response.on('close', () => resolve(!response.writableFinished))
    })
    request.on('data', (part: Buffer) => parts.push(part))
    request.on('end', () => {
      const raw = Buffer.concat(parts).toString('utf8')
      const { method = '', url: path = '', headers } = request
      requests.push({ method, path, headers, raw, closed })
      answer({ path, raw }, response, behaviour).catch(() => response.destroy())
    })
  })
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve)
  })
  const { port } = server.address() as AddressInfo
  return {
    url: `http://127.0.0.1:${port}/v1`,
    requests,
    behaviour,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}

async function answer(
  { path, raw }: { path: string; raw: string },
  response: ServerResponse,
  behaviour: Behaviour,
): Promise<void> {
  const { headDelay, hang } = behaviour
  const error = typeof behaviour.error === 'function' ? behaviour.error(raw) : behaviour.error
  if (headDelay > 0) await sleep(headDelay)
  if (hang) return
  if (error) {
    response.writeHead(error.status, { 'content-type': 'application/json', ...error.headers })
    response.end(JSON.stringify(error.body))
    return
  }
  if (path.startsWith('/v1/models')) {
    const data = [{ id: 'test-model', object: 'model', created: 0, owned_by: 'test' }]
    response.writeHead(200, { 'content-type': 'application/json' })
    response.end(JSON.stringify({ object: 'list', data }))
    return
  }
  const asked = parse(raw)
  const said = behaviour.reply ? { ...behaviour, pieces: [behaviour.reply(raw)] } : behaviour
  if (path.startsWith('/v1/messages')) return answerMessage(asked, response, behaviour)
  if (asked.stream === true) await stream(asked, response, said)
  else whole(response, said)
}

type Asked = { stream?: boolean; stream_options?: { include_usage?: boolean } }

function parse(raw: string): Asked {
  try {
    return JSON.parse(raw) as Asked
  } catch {
    return {}
  }
}

const usageOf = ({ pieces }: Behaviour) => ({
  prompt_tokens: 20,
  completion_tokens: pieces.length,
  total_tokens: 20 + pieces.length,
  prompt_tokens_details: { cached_tokens: 16 },
})
const head = { id: 'chatcmpl-1', created: 1, model: 'test-model' }

function whole(response: ServerResponse, behaviour: Behaviour): void {
  const message = { role: 'assistant', content: behaviour.pieces.join('') }
  const choices = [{ index: 0, message, finish_reason: behaviour.finish ?? 'stop' }]
  response.writeHead(200, {
    'content-type': 'application/json',
    'set-cookie': 'a=b',
    'x-request-id': 'r1',
  })
  response.end(
    JSON.stringify({ object: 'chat.completion', ...head, choices, usage: usageOf(behaviour) }),
  )
}

/** An answer in Anthropic's dialect. */
function answerMessage(
  { stream: streams }: Asked,
  response: ServerResponse,
  { pieces }: Behaviour,
): void {
  const read = { input_tokens: 4, cache_read_input_tokens: 16, cache_creation_input_tokens: 0 }
  const usage = { ...read, output_tokens: pieces.length }
  const answered = { id: 'msg_1', type: 'message', role: 'assistant', model: 'test-model' }
  if (streams !== true) {
    const content = [{ type: 'text', text: pieces.join('') }]
    response.writeHead(200, { 'content-type': 'application/json', 'request-id': 'r1' })
    response.end(JSON.stringify({ ...answered, content, stop_reason: 'end_turn', usage }))
    return
  }
  const started = { ...answered, content: [], usage: { ...read, output_tokens: 1 } }
  const sent = [
    { type: 'message_start', message: started },
    ...pieces.map((text) => ({
      type: 'content_block_delta',
      index: 0,
      delta: { type: 'text_delta', text },
    })),
    { type: 'message_delta', delta: {}, usage: { output_tokens: pieces.length } },
    { type: 'message_stop' },
  ]
  response.writeHead(200, { 'content-type': 'text/event-stream', 'request-id': 'r1' })
  for (const data of sent) {
    response.write(`event: ${data.type}\ndata: ${JSON.stringify(data)}\n\n`)
  }
  response.end()
}

/** The bytes of a streamed answer. */
export function streamOf(behaviour: Behaviour, includeUsage: boolean): string[] {
  const event = (value: object) =>
    `data: ${JSON.stringify({ object: 'chat.completion.chunk', ...head, ...value })}\n\n`
  const delta = (value: object, finish: string | null = null) => ({
    choices: [{ index: 0, delta: value, finish_reason: finish }],
    ...(includeUsage ? { usage: null } : {}),
  })
  return [
    event(delta({ role: 'assistant', content: '' })),
    ...behaviour.pieces.map((content) => event(delta({ content }))),
    event(delta({}, 'stop')),
    ...(includeUsage ? [event({ choices: [], usage: usageOf(behaviour) })] : []),
    'data: [DONE]\n\n',
  ]
}

async function stream(asked: Asked, response: ServerResponse, behaviour: Behaviour): Promise<void> {
  const { chunkBytes, gap } = behaviour
  const events = streamOf(behaviour, asked.stream_options?.include_usage === true)
  response.writeHead(200, { 'content-type': 'text/event-stream', 'x-request-id': 'r1' })
  const writes = chunkBytes > 0 ? cut(Buffer.from(events.join('')), chunkBytes) : events
  for (const write of writes) {
    if (response.destroyed) return
    response.write(write)
    if (gap > 0) await sleep(gap)
  }
  response.end()
}

function cut(bytes: Buffer, size: number): Buffer[] {
  const count = Math.ceil(bytes.length / size)
  return Array.from({ length: count }, (_, i) => bytes.subarray(i * size, (i + 1) * size))
}
