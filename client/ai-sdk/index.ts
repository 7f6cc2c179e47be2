import { headers as names } from '../../shared/headers.ts'
import { isObject } from '../../shared/is-object.ts'
import { fail, type Problem, type Result } from '../../shared/problem.ts'
import type { Receipt } from '../../shared/schema/receipt.ts'
import type { ContextReply } from '../../shared/schema/session.ts'
import { createApi, type CallOf } from '../api.ts'
import { pageAmbient, within } from '../clock.ts'
import { createEndpoint } from '../endpoint.ts'
import { placedIn } from '../placed.ts'
import { forwardHeaders, type IncomingHeaders } from '../server.ts'
import { createTokens, type Tokens } from '../token.ts'
import type { Credentials, Fetch } from '../types.ts'
import { asQuestion, withContext, type Message, type Question } from './prompt.ts'

/*
 * For apps that call their provider through the AI SDK (https://ai-sdk.dev, `wrapLanguageModel`): the edge
 * is asked for the block alone, so this works with any model the SDK has.
 */

export type AiSdkOptions = {
  /** Address of the Worker, with or without `/v1`. */
  endpoint: string | URL
  /** App token of the user, or what makes one; asked anew whenever the edge is. */
  token: NonNullable<Credentials['token']>
  /** The page's request: what its script sent along goes to the edge. Without a decision the edge decides. */
  request?: { headers: IncomingHeaders } | undefined
  /** The place in the app that asks; over the page's own. */
  feature?: string | undefined
  /** `string`: the provider takes no list of parts; the block stands in the user's text then, at its end. */
  content?: 'parts' | 'string' | undefined
  /** ms that the edge may take, 60,000 at most; 500 where left out. Then the request goes out as it is. */
  timeout?: number | undefined
  /** What went along with an answer and why. */
  onReceipt?: ((receipt: Receipt) => void) | undefined
  /** Why nothing went along where the edge could not be asked. */
  onProblem?: ((problem: Problem) => void) | undefined
  fetch?: Fetch | undefined
}

/** Fits `LanguageModelV4Middleware` of `@ai-sdk/provider`. */
export type EdgewiseMiddleware = {
  readonly specificationVersion: 'v4'
  transformParams<P extends { prompt: readonly Message[] }>(call: { params: P }): Promise<P>
}

/** A repeated question is the SDK's own retry for this long, ms. */
const RETRY = 30_000
/** Answers that are remembered: turns under way at once, where tools ask models of their own. */
const TURNS = 16

const compose: CallOf<'context'> = {
  method: 'POST',
  path: '/v1/context',
  is: (value): value is ContextReply =>
    isObject(value) && typeof value['block'] === 'string' && typeof value['policy'] === 'string',
}

type Reply = Result<ContextReply>
const late: Reply = fail('edge_unreachable', { detail: 'no answer in time' })
/** In place of a page's context that the edge refuses: nothing of the user goes along, the org's text does. */
const broken = JSON.stringify({
  v: 1,
  session: 'broken-context',
  device: { store: 'memory', gate: 'failed' },
})

/**
 * Puts the user's context after their last words, and the org's text after the app's system messages. For
 * one user: make one with each request to the back end, for the model that answers the user. The steps of
 * a turn (tools, retries) carry the same bytes. Never throws: where the edge cannot be asked the request
 * goes out as it is, and `onProblem` hears why.
 */
export function edgewiseMiddleware(options: AiSdkOptions): EdgewiseMiddleware {
  const { content = 'parts', onReceipt, onProblem } = options
  const { now } = pageAmbient
  const patience = Number(options.timeout) > 0 ? Math.min(Number(options.timeout), 60_000) : 500
  const fetch: Fetch = options.fetch ?? globalThis.fetch.bind(globalThis)
  const { feature } = placedIn({ feature: options.feature ?? '' })
  const sent = options.request?.headers ? forwardHeaders(options.request) : {}
  const headers = { ...sent, ...(feature ? { [names.feature]: feature } : {}) }
  const base = createEndpoint(options.endpoint).folder
  const known = new Map<string, { at: number; reply: Promise<Reply> }>()

  /** The edge's answer. Where it refuses what the page has sent, the org's text alone. */
  async function ask(body: Question, tokens: Tokens): Promise<Reply> {
    const first = await createApi(base, { fetch, tokens, headers, patience })(compose, { body })
    if (first.ok || first.problem.code !== 'bad_context') return first
    tell(onProblem, first.problem)
    const own = { ...headers, [names.context]: broken }
    return createApi(base, { fetch, tokens, headers: own, patience })(compose, { body })
  }

  function told(reply: Reply): Reply {
    if (reply.ok) tell(onReceipt, reply.value.receipt)
    else tell(onProblem, reply.problem)
    return reply
  }

  async function replyTo(prompt: readonly Message[]): Promise<Reply> {
    const { body, goesOn } = asQuestion(prompt)
    // Held no longer than for this question: whoever is asked for the next may have another user by then.
    const tokens = createTokens(options, { fetch, now, visitor: async (own) => own })
    const token = await within(tokens.get(), patience)
    if (!token?.ok) return told(token ?? late)
    const key = JSON.stringify([token.value.who, body])
    const before = known.get(key)
    if (before && (goesOn || now() - before.at < RETRY)) return before.reply
    const reply = within(ask(body, tokens), patience).then((answer = late) => told(answer))
    known.delete(key)
    known.set(key, { at: now(), reply })
    const [oldest = key] = known.keys()
    if (known.size > TURNS) known.delete(oldest)
    return reply
  }

  return {
    specificationVersion: 'v4',
    async transformParams({ params }) {
      const reply = await replyTo(params.prompt)
      return reply.ok
        ? { ...params, prompt: withContext(params.prompt, reply.value, content) }
        : params
    },
  }
}

/** The app's own code hears of it; its mistakes are shown to it and stop nothing here. */
function tell<T>(hear: ((value: T) => void) | undefined, value: T): void {
  Promise.resolve(value)
    .then(hear)
    // oxlint-disable-next-line no-console -- servers have no reportError
    .catch((cause: unknown) => console.error(cause))
}
