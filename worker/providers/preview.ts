import { estimateTokens } from '../../shared/tokens.ts'
import { ok } from '../../shared/problem.ts'
import { readChat, type Chat } from '../../shared/chat.ts'
import type { ChatCall, Clock, NewId, Provider } from '../ports.ts'

const MODEL = 'edgewise-preview'
const NOTICE =
  'Preview: no provider key is configured, so nothing was sent. This is the exact request that would have gone to the provider:\n\n'
/** Characters in one streamed piece: a few words, as models stream them; long answers in longer pieces. */
const PIECE = 24
const PIECES = 400

/** Answers in the provider's own format with the exact request that would have been sent. */
export function preview({ clock, newId }: { clock: Clock; newId: NewId }): Provider {
  return {
    name: 'preview',
    parts: true,
    async chat({ body }) {
      const raw = await textOf(body)
      const read = readChat(raw)
      const chat = read.ok ? read.value : undefined
      const head = {
        id: `chatcmpl-${newId()}`,
        created: Math.floor(clock() / 1000),
        model: chat?.model ?? MODEL,
      }
      const content = NOTICE + raw
      const answer = { head, content, usage: usageOf(raw, content) }
      return ok(chat?.stream ? streamed(answer, chat) : whole(answer))
    },
    async models({ path }) {
      const model = { id: MODEL, object: 'model', created: 0, owned_by: 'edgewise' }
      if (path === '') return ok(Response.json({ object: 'list', data: [model] }))
      if (path === `/${MODEL}`) return ok(Response.json(model))
      const message = `The model '${decodeURIComponent(path.slice(1))}' does not exist`
      const error = {
        message,
        type: 'invalid_request_error',
        param: 'model',
        code: 'model_not_found',
      }
      return ok(Response.json({ error }, { status: 404 }))
    },
  }
}

type Answer = {
  head: { id: string; created: number; model: string }
  content: string
  usage: ReturnType<typeof usageOf>
}

const textOf = (body: ChatCall['body']): Promise<string> => new Response(body).text()

function usageOf(prompt: string, answer: string) {
  const [input, output] = [estimateTokens(prompt), estimateTokens(answer)]
  return { prompt_tokens: input, completion_tokens: output, total_tokens: input + output }
}

function whole({ head, content, usage }: Answer): Response {
  const message = { role: 'assistant', content, refusal: null }
  const choices = [{ index: 0, message, logprobs: null, finish_reason: 'stop' }]
  return Response.json({ object: 'chat.completion', ...head, choices, usage })
}

const delta = (value: object, finish: string | null = null) => [
  { index: 0, delta: value, logprobs: null, finish_reason: finish },
]

function streamed({ head, content, usage }: Answer, { includeUsage }: Chat): Response {
  const event = (choices: unknown[], rest: object = includeUsage ? { usage: null } : {}) =>
    `data: ${JSON.stringify({ object: 'chat.completion.chunk', ...head, choices, ...rest })}\n\n`
  const events = [
    event(delta({ role: 'assistant', content: '' })),
    ...piecesOf(content).map((piece) => event(delta({ content: piece }))),
    event(delta({}, 'stop')),
    ...(includeUsage ? [event([], { usage })] : []),
    'data: [DONE]\n\n',
  ]
  const bytes = new TextEncoder()
  let next = 0
  const body = new ReadableStream<Uint8Array>({
    pull(controller) {
      const text = events[next++]
      if (text === undefined) controller.close()
      else controller.enqueue(bytes.encode(text))
    },
  })
  return new Response(body, { headers: { 'content-type': 'text/event-stream; charset=utf-8' } })
}

/** Cuts between characters, never inside one. */
function piecesOf(text: string): string[] {
  const size = Math.max(PIECE, Math.ceil(text.length / PIECES))
  const pieces: string[] = []
  for (let start = 0; start < text.length;) {
    let end = start + size
    const last = text.charCodeAt(end - 1)
    if (last >= 0xd800 && last < 0xdc00) end++
    pieces.push(text.slice(start, end))
    start = end
  }
  return pieces
}
