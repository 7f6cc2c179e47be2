import type { ExtractedFact } from '../../shared/extract/port.ts'
import type { Picked } from '../../shared/extract/extract.ts'
import { learnable } from '../../shared/learnable.ts'
import { limits } from '../../shared/limits.ts'
import type { Excerpt } from '../../shared/schema/excerpt.ts'
import { Category } from '../../shared/schema/fact.ts'
import type { LearnedMessage } from '../../shared/schema/learning.ts'
import { estimateTokens } from '../../shared/tokens.ts'
import { readBounded } from '../bounded-text.ts'
import { withDeadline } from '../deadline.ts'
import type { Allowances, Clock, Provider, WaitUntil } from '../ports.ts'
import type { LearningQueue, SelfModels, Subject } from '../learning-ports.ts'
import { ANSWER_TOKENS, readProposals, requestFor, type Proposal } from './ask-model.ts'
import { usageInJson } from './usage.ts'

/** Puts pieces of a message that a model has picked through the same rules as the extraction's own. */
export type EdgePick = (message: string, picked: readonly Picked[]) => ExtractedFact[]

export type InferDeps = {
  learning: LearningQueue
  selfModels: SelfModels
  provider: Provider
  allowances: Allowances
  /** Opened when a model first proposes something. */
  pick: () => EdgePick
  clock: Clock
}

/** `again`: the cause may pass; `given up`: nothing is gained by another try. */
export type Inferred = 'read' | 'nothing to read' | 'given up' | 'again'
export type Infer = (
  letter: { subject: Subject; excerpt: Excerpt },
  waitUntil: WaitUntil,
) => Promise<Inferred>

/** Milliseconds that a model may take, and bytes of its answer. */
const PATIENCE = 45_000
const ANSWER_BYTES = 64 * 1024
/** Answers of a provider whose cause may pass. */
const passing = (status: number): boolean => status === 408 || status === 429 || status >= 500

/**
 * Has the org's language model read what a user wrote, and puts what it proposes into the queue as an
 * ordinary lesson. A message is read once: not again where it was, nor after an erasure, nor where its
 * owner does not want to be learned about. Rejects where storage or queue fail; then it may come again.
 */
export function createInfer(deps: InferDeps): Infer {
  const { learning, selfModels, clock } = deps
  return async function infer({ subject, excerpt }, waitUntil) {
    const { made, epoch, retentionDays, model } = excerpt
    if (clock() - made > limits.excerptTime) return 'given up'
    const rules = { made, ...(epoch === undefined ? {} : { epoch }) }
    const ids = excerpt.messages.map(({ id }) => id)
    const open = await selfModels.unread(subject, { ...rules, ids })
    const messages = excerpt.messages.filter(({ id }) => open.ids.includes(id))
    const blocked = [...new Set([...excerpt.blocked, ...open.blocked])]
    const categories = Category.options.filter((category) => !blocked.includes(category))
    if (messages.length === 0 || categories.length === 0) return 'nothing to read'
    const body = requestFor(messages, { model, categories })
    const answer = await ask(body, deps, { subject, excerpt, waitUntil })
    if (answer === 'again' || answer === 'given up') return answer
    await learning.send(subject, {
      v: 1,
      ...rules,
      cause: 'learned',
      blocked,
      // Also those that say nothing: they need not be read again.
      messages: toMessages(messages, answer, { made, categories, pick: deps.pick }),
      ...(retentionDays === undefined ? {} : { retentionDays }),
    })
    return 'read'
  }
}

type Asking = { subject: Subject; excerpt: Excerpt; waitUntil: WaitUntil }

/** What the model proposes; nothing, where its answer makes no sense. The org pays in either case. */
async function ask(
  body: string,
  { provider, allowances }: InferDeps,
  { subject, excerpt, waitUntil }: Asking,
): Promise<Proposal[] | 'again' | 'given up'> {
  const input = estimateTokens(body)
  const spender = { orgKey: subject.orgKey, orgLimit: excerpt.tokensPerDay }
  const reservation = allowances.take(spender, input + ANSWER_TOKENS, waitUntil)
  if (!reservation.ok) return 'given up'
  const stop = new AbortController()
  let used = 0
  async function call(): Promise<Proposal[] | 'again' | 'given up'> {
    const headers = new Headers({
      accept: 'application/json',
      'content-type': 'application/json',
    })
    const sent = await provider.chat({ body, headers, signal: stop.signal })
    if (!sent.ok) return sent.problem.code === 'provider_unreachable' ? 'again' : 'given up'
    const { status, body: stream } = sent.value
    if (status !== 200) {
      await stream?.cancel()
      return passing(status) ? 'again' : 'given up'
    }
    used = input
    const text = (await readBounded(stream, ANSWER_BYTES)) ?? ''
    const usage = usageInJson(text)
    used = usage ? usage.input + usage.output : input + ANSWER_TOKENS
    return readProposals(parse(text)) ?? []
  }
  try {
    const answer = await withDeadline(call(), PATIENCE)
    return answer === 'late' ? 'again' : answer
  } catch {
    return 'again'
  } finally {
    reservation.value.settle(used)
    stop.abort()
  }
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

type Reading = { made: number; categories: readonly Category[]; pick: () => EdgePick }

function toMessages(
  messages: Excerpt['messages'],
  proposals: readonly Proposal[],
  { made, categories, pick }: Reading,
): LearnedMessage[] {
  const wanted = proposals.slice(0, limits.observedFacts)
  return messages.map(({ id, text, source, found }, message) => {
    const picked = wanted.filter((proposal) => {
      const start = text.indexOf(proposal.span)
      const isKnown = found.some(
        (known) => known.start < start + proposal.span.length && start < known.end,
      )
      return proposal.message === message && start >= 0 && !isKnown && !isLink(proposal.span)
    })
    const stated = picked.length === 0 ? [] : pick()(text, picked)
    const facts = stated.flatMap((fact) => {
      const read = categories.includes(fact.category) ? learnable(fact) : { refused: 'blocked' }
      if (!('text' in read)) return []
      const { category, supersedes } = fact
      return [
        {
          category,
          text: read.text,
          // Words that were pasted stay so: a second paste does not confirm them.
          source: source === 'typed' ? ('inferred' as const) : source,
          at: made,
          ...(supersedes === undefined ? {} : { supersedes }),
        },
      ]
    })
    return { id, facts }
  })
}

/** What redaction put in place of a link: what is said with one is there to be followed, not to be kept. */
const isLink = (span: string): boolean => span.includes('[link]')
