import { headers as names } from '../shared/headers.ts'
import { limits } from '../shared/limits.ts'
import { readBody } from './ask.ts'
import type { Endpoint } from './endpoint.ts'
import type { Tokens } from './token.ts'
import type { Asked } from './turn-key.ts'
import type { Fetch, Verdict } from './types.ts'

export type FetchOptions = {
  endpoint: Endpoint
  fetch: Fetch
  tokens: Tokens
  /** `counting`: the message is not sent, only counted. */
  decide: (asked: Asked, counting: boolean) => Promise<Verdict>
  undecided: () => Promise<Verdict>
  /** Hears a message before it is sent; what it answers is called when it was. */
  saying: (text: string) => () => void
  /** Sees every answer of a chat request, with what was asked where that could be read, and may wrap it. */
  answered: (response: Response, asked?: Asked) => Promise<Response>
  feature?: string
}

/** What SDKs are given as `apiKey` in a page: it stands for the app token. */
const PLACEHOLDER = 'edgewise'

/** Where a model is asked something: one path a dialect. */
const asking = ['/v1/chat/completions', '/v1/responses', '/v1/messages']
/** Counted as it would be sent: with its context, but nothing is said by it. */
const COUNTING = '/v1/messages/count_tokens'

/** A call as it will be sent, apart from its headers. */
type Call = {
  headers: Headers
  body?: string | undefined
  signal?: AbortSignal | null | undefined
  send: (headers: Headers) => Promise<Response>
}

/**
 * A drop-in `fetch`. Calls to other addresses pass untouched. Calls to the endpoint get the app token
 * where the app's own stands not there; chat requests whose body is text get the context header too.
 * The body is never changed. What fails on our side costs the context, never the request.
 */
export function createFetch(options: FetchOptions): Fetch {
  const { endpoint, fetch, tokens, answered } = options

  async function sendWithToken(call: Call): Promise<Response> {
    if (options.feature && !call.headers.has(names.feature)) {
      call.headers.set(names.feature, options.feature)
    }
    const wanted = wantsToken(call.headers)
    // An app that gives up does not wait for its own token route.
    const token = wanted ? await unlessAborted(tokens.get(), call.signal) : undefined
    if (token?.ok) call.headers.set('authorization', `Bearer ${token.value.value}`)
    else if (wanted) {
      // What stands for a token is none: the edge then says that it is missing, not that it is wrong.
      call.headers.delete('authorization')
      call.headers.delete('x-api-key')
    }
    const response = await call.send(call.headers)
    if (response.status !== 401 || !token?.ok || !canRepeat(call)) return response
    const fresh = await tokens.get(token.value.value)
    if (!fresh.ok || fresh.value.value === token.value.value) return response
    // Somebody else has logged in: what one user asks, with what is known of them, is not asked as another.
    if (fresh.value.who !== token.value.who) return response
    void response.body?.cancel()
    call.headers.set('authorization', `Bearer ${fresh.value.value}`)
    return call.send(call.headers)
  }

  async function sendChat(call: Call, asked: Asked): Promise<Response> {
    const sent = options.saying(asked.query)
    const response = await sendDecided(call, asked)
    sent()
    return answered(response, asked)
  }

  async function sendDecided(call: Call, asked: Asked, isCounted = false): Promise<Response> {
    const verdict = await options.decide(asked, isCounted)
    // The app may have set one of its own, from `headers()`.
    if (!call.headers.has(names.context)) call.headers.set(names.context, verdict.header)
    return sendWithToken(call)
  }

  /** Nothing is decided on what cannot be read here; a pause holds for it all the same. */
  async function sendUnread(call: Call): Promise<Response> {
    const verdict = await options.undecided()
    if (verdict.gate !== 'ready') call.headers.set(names.context, verdict.header)
    return answered(await sendWithToken(call))
  }

  return async (to, given) => {
    // A request can stand in for options, too: it cannot be spread.
    const isRequest = given instanceof Request
    const [input, init] = isRequest ? [new Request(to, given), undefined] : [to, given]
    const url = input instanceof Request ? input.url : String(input)
    const path = endpoint.pathOf(url)
    if (path === undefined) return fetch(input, init)
    const method = init?.method ?? (input instanceof Request ? input.method : 'GET')
    const isCounted = path === COUNTING
    const isChat = (isCounted || asking.includes(path)) && method.toUpperCase() === 'POST'
    const call = await readCall(input, { init, fetch, isChat })
    if (!isChat) return sendWithToken(call)
    const { body = '' } = call
    const asked = body.length <= limits.inspectBytes ? readBody(body) : undefined
    if (isCounted) return asked ? sendDecided(call, asked, true) : sendWithToken(call)
    return asked ? sendChat(call, asked) : sendUnread(call)
  }
}

type CallOptions = { init: RequestInit | undefined; fetch: Fetch; isChat: boolean }

async function readCall(
  input: Request | URL | string,
  { init, fetch, isChat }: CallOptions,
): Promise<Call> {
  if (!(input instanceof Request)) {
    const body = init?.body
    return {
      headers: new Headers(init?.headers),
      ...(typeof body === 'string' ? { body } : body ? {} : { body: '' }),
      signal: init?.signal,
      send: (headers) => fetch(input, { ...init, headers }),
    }
  }
  const request = new Request(input, init)
  const headers = new Headers(request.headers)
  const { signal } = request
  const isJson = headers.get('content-type')?.toLowerCase().includes('json') ?? false
  if (!isChat || !isJson)
    return { headers, signal, send: (h) => fetch(new Request(request, { headers: h })) }
  // Kept as bytes: text and back would change what is not valid UTF-8.
  const bytes = await request.arrayBuffer()
  return {
    headers,
    signal,
    body: new TextDecoder().decode(bytes),
    send: (h) => fetch(new Request(request, { method: request.method, headers: h, body: bytes })),
  }
}

/** Rejects as `fetch` does once the app has given up; what it waited for goes on without it. */
function unlessAborted<T>(work: Promise<T>, signal: Call['signal']): Promise<T> {
  if (!signal) return work
  return new Promise((resolve, reject) => {
    const stop = () => reject(signal.reason)
    if (signal.aborted) return stop()
    signal.addEventListener('abort', stop, { once: true })
    work.then(resolve, reject).finally(() => signal.removeEventListener('abort', stop))
  })
}

/** A body of text, or none, can be sent twice; a stream or a form is sent as it is, once. */
const canRepeat = ({ body }: Call) => body !== undefined

function wantsToken(headers: Headers): boolean {
  if (headers.has(names.token)) return false
  // Anthropic's older SDKs have the key in a header of its own.
  const key = headers.get('x-api-key') ?? PLACEHOLDER
  const given = headers.get('authorization') ?? `Bearer ${PLACEHOLDER}`
  return key === PLACEHOLDER && given === `Bearer ${PLACEHOLDER}`
}
