import { headers as names } from '../shared/headers.ts'
import { isObject } from '../shared/is-object.ts'
import { limits } from '../shared/limits.ts'
import { fail, type Problem } from '../shared/problem.ts'
import type { Receipt } from '../shared/schema/receipt.ts'
import type { ContextReply } from '../shared/schema/session.ts'
import { turnOf } from '../shared/turn.ts'
import { createApi, type CallOf } from './api.ts'
import { pageAmbient, within } from './clock.ts'
import { createEndpoint } from './endpoint.ts'
import { forwardHeaders, type IncomingHeaders } from './server.ts'
import { createTokens } from './token.ts'
import type { Credentials, Fetch } from './types.ts'

/*
 * For apps that call their provider through the AI SDK (https://ai-sdk.dev, `wrapLanguageModel`): the edge
 * is asked for the block alone, so this works with any model the SDK has.
 */

export type AiSdkOptions = Pick<Credentials, 'token'> & {
  /** Address of the Worker, with or without `/v1`. */
  endpoint: string | URL
  /** The page's request: what its script sent along goes to the edge. Without a decision the edge decides. */
  request?: { headers: IncomingHeaders }
  /** The place in the app that asks; over the page's own. */
  feature?: string
  /** ms that a request may wait for the edge; 500 where left out. Then it goes out as it is. */
  timeout?: number
  /** What went along with an answer and why. */
  onReceipt?: (receipt: Receipt) => void
  /** Why nothing went along where the edge could not be asked. */
  onProblem?: (problem: Problem) => void
  fetch?: Fetch
}

/** A prompt of the AI SDK, as far as it matters here. */
type Part = { type: string; text?: string }
type Message = { role: string; content: string | readonly Part[] }
type Params = { prompt: readonly Message[] }

/** Fits `LanguageModelV4Middleware` of `@ai-sdk/provider`. */
export type EdgewiseMiddleware = {
  readonly specificationVersion: 'v4'
  transformParams<P extends Params>(call: { params: P }): Promise<P>
}

/** Earlier messages go along as far back as this, bytes of JSON: the route takes `limits.ownBodyBytes` in all. */
const HISTORY = limits.ownBodyBytes / 2

const late = fail('edge_unreachable', { detail: 'no answer in time' })

const compose: CallOf<'context'> = {
  method: 'POST',
  path: '/v1/context',
  is: (value): value is ContextReply =>
    isObject(value) && typeof value['block'] === 'string' && typeof value['policy'] === 'string',
}

/**
 * Puts the user's context after their last words, and the org's text after the app's system messages. For
 * one user: make one with each request to the back end. The steps of a turn (tools) carry the same bytes. Throws
 * nothing of its own: where the edge cannot be asked the request goes out as it is, and `onProblem` hears why.
 */
export function edgewiseMiddleware(options: AiSdkOptions): EdgewiseMiddleware {
  const { feature, timeout = 500, onReceipt, onProblem } = options
  const fetch: Fetch = options.fetch ?? globalThis.fetch.bind(globalThis)
  const sent = options.request ? forwardHeaders(options.request) : {}
  const tokens = createTokens(options, { fetch, now: pageAmbient.now, visitor: async (own) => own })
  const api = createApi(createEndpoint(options.endpoint).folder, {
    fetch,
    tokens,
    headers: { ...sent, ...(feature ? { [names.feature]: feature } : {}) },
  })
  let last: { asked: string; reply: ContextReply | undefined } | undefined

  async function ask(prompt: readonly Message[]): Promise<ContextReply | undefined> {
    const { query, at, history } = turnOf(prompt)
    if (at < 0) return undefined
    const body = { query, messages: latest(history) }
    const asked = JSON.stringify(body)
    const goesOn = at < prompt.length - 1
    if (goesOn && last?.asked === asked) return last.reply
    const reply = (await within(api(compose, { body }), timeout)) ?? late
    last = { asked, reply: reply.ok ? reply.value : undefined }
    if (reply.ok) onReceipt?.(reply.value.receipt)
    else onProblem?.(reply.problem)
    return last.reply
  }

  return {
    specificationVersion: 'v4',
    async transformParams({ params }) {
      const { prompt } = params
      const reply = await ask(prompt)
      return reply ? { ...params, prompt: withAdded(prompt, reply) } : params
    },
  }
}

/** The latest of the messages, as many as have room. */
function latest<T>(messages: readonly T[]): T[] {
  let size = 0
  const from = messages.findLastIndex((message) => {
    size += new TextEncoder().encode(JSON.stringify(message)).length
    return size > HISTORY
  })
  return messages.slice(from + 1)
}

function withAdded(prompt: readonly Message[], { block, policy }: ContextReply): Message[] {
  const { at } = turnOf(prompt)
  const added = prompt.map((message, i) =>
    i === at && block ? { ...message, content: [...partsOf(message), textPart(block)] } : message,
  )
  if (!policy) return added
  const own = prompt.findIndex(({ role }) => role !== 'system')
  return added.toSpliced(own, 0, { role: 'system', content: policy })
}

const textPart = (text: string): Part => ({ type: 'text', text })
const partsOf = ({ content }: Message): readonly Part[] =>
  typeof content === 'string' ? [textPart(content)] : content
