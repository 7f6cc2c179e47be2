import { contentId } from '../../shared/fact-id.ts'
import { textOf } from '../../shared/chat.ts'
import { dayOf } from '../../shared/calendar.ts'
import type { ExtractedFact } from '../../shared/extract/port.ts'
import { learnable } from '../../shared/learnable.ts'
import { limits } from '../../shared/limits.ts'
import { fail, ok, type Result } from '../../shared/problem.ts'
import { resolveSettings } from '../../shared/resolve.ts'
import type { Source } from '../../shared/schema/fact.ts'
import type {
  LearnedMessage,
  Observation,
  ObservedFact,
  Observed,
  Refusal,
} from '../../shared/schema/learning.ts'
import type { Org } from '../../shared/schema/org.ts'
import type { Clock, LearningQueue, StorageKeys } from '../ports.ts'

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
    const messages = readMessages(observation, { made, extract })
    const id = observation.id ?? contentId(JSON.stringify(messages))
    const { blocked } = resolveSettings(org)
    const refusal = withoutConsent(observation, headers)
    const { kept, refused } = sift(messages, blocked, refusal)
    const accepted = kept.reduce((sum, { facts }) => sum + facts.length, 0)
    if (accepted === 0) return ok({ id, accepted, refused })
    const { epoch } = observation
    const { retentionDays } = org
    try {
      await learning.send(keys, {
        v: 1,
        made,
        cause: 'learned',
        messages: kept,
        blocked,
        ...(epoch === undefined ? {} : { epoch }),
        ...(retentionDays === undefined ? {} : { retentionDays }),
      })
    } catch {
      return fail('storage_unavailable', { retryAfter: 5 })
    }
    return ok({ id, accepted, refused })
  }
}

/** The user's word is needed, and a browser that asks not to be sold is told so in the answer. */
function withoutConsent({ consent }: Observation, headers: Headers): Refusal | undefined {
  if (consent === 'edge') return undefined
  return headers.get('sec-gpc') === '1' ? 'global_privacy_control' : 'no_consent'
}

type Reading = { made: number; extract: () => EdgeExtract }

function readMessages(
  { id, at, facts, conversation }: Observation,
  reading: Reading,
): LearnedMessage[] {
  const { made } = reading
  if (facts) {
    // Without an id or a time of its own, the same report counts once a day.
    const content = id ?? JSON.stringify([at ?? dayOf(made), facts])
    return [
      { id: `o_${contentId(content)}`, facts: facts.map((fact) => toLearned(fact, at, made)) },
    ]
  }
  return readConversation(conversation ?? [], reading)
}

const toLearned = (fact: ObservedFact, at: number | undefined, made: number) => ({
  ...fact,
  source: fact.source ?? ('typed' as const),
  at: Math.min(fact.at ?? at ?? made, made),
})

/** Only what the user wrote, the newest messages first; each message is learned once, however often it comes. */
function readConversation(
  conversation: NonNullable<Observation['conversation']>,
  { made, extract }: Reading,
): LearnedMessage[] {
  const texts = conversation
    .filter(({ role }) => role === 'user')
    .map((message) => textOf(message['content']))
    .filter((text) => text.trim() !== '')
    .slice(-limits.observedMessages)
  const find = extract()
  return texts.flatMap((text): LearnedMessage[] => {
    const source: Source = text.length > TYPED ? 'pasted' : 'typed'
    const facts = find(text).map((fact) => ({
      category: fact.category,
      text: fact.text,
      source,
      at: made,
      ...(fact.supersedes === undefined ? {} : { supersedes: fact.supersedes }),
    }))
    return facts.length === 0 ? [] : [{ id: `m_${contentId(text)}`, facts }]
  })
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
      return 'refused' in read ? refuse(read.refused) : [{ ...fact, text: read.text }]
    }),
  }))
  return { kept: kept.filter(({ facts }) => facts.length > 0), refused }
}
