import { contentId } from '../../shared/fact-id.ts'
import { textOf } from '../../shared/turn.ts'
import { dayOf } from '../../shared/calendar.ts'
import type { ExtractedFact } from '../../shared/extract/port.ts'
import { learnable } from '../../shared/learnable.ts'
import { limits } from '../../shared/limits.ts'
import { fail, ok, type Result } from '../../shared/problem.ts'
import { resolveSettings } from '../../shared/resolve.ts'
import type {
  LearnedMessage,
  Observation,
  ObservedFact,
  Observed,
  Refusal,
} from '../../shared/schema/learning.ts'
import type { Org } from '../../shared/schema/org.ts'
import type { Clock, StorageKeys } from '../ports.ts'
import type { LearningQueue } from '../learning-ports.ts'
import { makeExcerpt, type Said } from './excerpts.ts'

/** Finds the durable facts in one user message; the same rules and weights as on the device. */
export type EdgeExtract = (message: string) => ExtractedFact[]

export type ObserveDeps = {
  learning: LearningQueue
  /** Opened when a conversation first comes. */
  extract: () => EdgeExtract
  clock: Clock
}
export type Observe = (
  observation: Observation,
  from: { org: Org; keys: StorageKeys; headers: Headers },
) => Promise<Result<Observed>>

/** A longer message is more likely pasted than typed, characters: what it states waits for a yes. */
const TYPED = 2000

/**
 * Takes note of what an app or its page reports, and answers as soon as the queue has it: learning
 * happens later. Nothing is learned without consent. Errors: `storage_unavailable` where the queue fails;
 * then the same observation, sent again with the same id, counts once.
 */
export function createObserve({ learning, extract, clock }: ObserveDeps): Observe {
  return async function observe(observation, { org, keys, headers }) {
    const made = clock()
    const said = readConversation(observation.conversation ?? [], extract)
    const messages = observation.facts
      ? readFacts(observation, made)
      : said.flatMap((one) => toMessage(one, made))
    const id = observation.id ?? contentId(JSON.stringify(messages))
    const { blocked } = resolveSettings(org)
    const refusal = withoutConsent(observation, headers)
    const { kept, refused } = sift(messages, blocked, refusal)
    const accepted = kept.reduce((sum, { facts }) => sum + facts.length, 0)
    const { epoch } = observation
    const { retentionDays } = org
    const rules = {
      made,
      blocked,
      ...(epoch === undefined ? {} : { epoch }),
      ...(retentionDays === undefined ? {} : { retentionDays }),
    }
    const excerpt = refusal ? undefined : makeExcerpt(said, org, rules)
    try {
      if (accepted > 0) {
        const cause = isImport(kept) ? 'imported' : 'learned'
        await learning.send(keys, { v: 1, ...rules, cause, messages: kept })
      }
      if (excerpt) await learning.sendExcerpt(keys, excerpt)
    } catch {
      return fail('storage_unavailable', { retryAfter: 5 })
    }
    return ok({ id, accepted, refused })
  }
}

const isImport = (messages: readonly LearnedMessage[]): boolean =>
  messages.every(({ facts }) => facts.every(({ source }) => source === 'import'))

/** The user's word is needed, and a browser that asks not to be sold is told so in the answer. */
function withoutConsent({ consent }: Observation, headers: Headers): Refusal | undefined {
  if (consent === 'edge') return undefined
  return headers.get('sec-gpc') === '1' ? 'global_privacy_control' : 'no_consent'
}

function readFacts({ id, at, facts = [] }: Observation, made: number): LearnedMessage[] {
  // Without an id or a time of its own, the same report counts once a day.
  const content = id ?? JSON.stringify([at ?? dayOf(made), facts])
  const messages = Map.groupBy(facts, ({ message }) =>
    message === undefined ? `o_${contentId(content)}` : `x_${contentId(message)}`,
  )
  return [...messages].map(([message, said]) => ({
    id: message,
    facts: said.map((fact) => toLearned(fact, at, made)),
  }))
}

function toLearned(
  observed: ObservedFact,
  at: number | undefined,
  made: number,
): LearnedMessage['facts'][number] {
  const { message: _, ...fact } = observed
  return { ...fact, source: fact.source ?? 'typed', at: Math.min(fact.at ?? at ?? made, made) }
}

/** Only what the user wrote, the newest messages. */
function readConversation(
  conversation: NonNullable<Observation['conversation']>,
  extract: () => EdgeExtract,
): Said[] {
  const texts = conversation
    .filter(({ role }) => role === 'user')
    .map((message) => textOf(message['content']))
    .filter((text) => text.trim() !== '')
    .slice(-limits.observedMessages)
  if (texts.length === 0) return []
  const find = extract()
  return texts.map((text) => ({
    text,
    source: text.length > TYPED ? 'pasted' : 'typed',
    found: find(text),
  }))
}

/** Each message is learned once, however often it comes. */
function toMessage({ text, source, found }: Said, made: number): LearnedMessage[] {
  const facts = found.map((fact) => ({
    category: fact.category,
    text: fact.text,
    source,
    at: made,
    ...(fact.supersedes === undefined ? {} : { supersedes: fact.supersedes }),
  }))
  return facts.length === 0 ? [] : [{ id: `m_${contentId(text)}`, facts }]
}

type Sifted = { kept: LearnedMessage[]; refused: Observed['refused'] }

function sift(
  messages: LearnedMessage[],
  blocked: readonly string[],
  all: Refusal | undefined,
): Sifted {
  const refused: Observed['refused'] = {}
  const refuse = (why: Refusal): [] => {
    refused[why] = (refused[why] ?? 0) + 1
    return []
  }
  const kept = messages.map(({ id, facts }) => ({
    id,
    facts: facts.flatMap((fact) => {
      if (all) return refuse(all)
      if (blocked.includes(fact.category)) return refuse('blocked_by_org')
      const read = learnable(fact)
      if ('refused' in read) return refuse(read.refused)
      const { supersedes = '', ...said } = fact
      const before = learnable({ category: fact.category, text: supersedes })
      return [
        { ...said, text: read.text, ...('text' in before ? { supersedes: before.text } : {}) },
      ]
    }),
  }))
  return { kept: kept.filter(({ facts }) => facts.length > 0), refused }
}
