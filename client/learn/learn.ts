import { contentId } from '../../shared/fact-id.ts'
import { limits } from '../../shared/limits.ts'
import type { BriefFact } from '../../shared/schema/fact.ts'
import { learnSightings, type Sighting } from '../../shared/self-model.ts'
import type { HeldSession, Learned, Lesson, UserRecord } from '../store/record.ts'
import { corrected, fromPersona, isKnown, replacedBy } from './corrections.ts'
import {
  deviceId,
  keyOf,
  learnedOf,
  modelOf,
  withHistory,
  withModel,
  withoutCopies,
} from './device-model.ts'

/** Lessons kept for an edge that does not answer; the oldest go first. */
const OUTBOX = 64

type Found = {
  sightings: readonly Sighting[]
  /** The edge learns it as well. */
  travels: boolean
  now: number
}

/**
 * The record after what was found in one message: it holds here at once. Where it travels, the same goes
 * into the outbox, without the message, and what the edge knows already is only told to it once more.
 */
export function learnFound(old: UserRecord, { sightings, travels, now }: Found): UserRecord {
  const { session } = old
  if (!session) return old
  const persona = session.persona.facts
  const model = modelOf(old)
  const known = [...old.facts, ...persona.map(fromPersona)]
  const fitting = sightings.map((sighting) => corrected(sighting, known))
  const fresh = fitting.filter((sighting) => !isKnown(sighting, persona))
  const next = learnSightings(model, fresh, { now, idOf: deviceId(session.subject) })
  const lesson = travels ? toLesson(fitting, { session, now }) : undefined
  if (next === model) return lesson ? withLesson(old, lesson) : old
  const learned = withReplaced(withModel(old, next, { now, cause: 'learned' }), persona, now)
  return lesson ? withLesson(learned, lesson) : learned
}

/** The session keeps what is said again in another visit, or after it was deleted, apart from what is only sent again. */
function toLesson(
  sightings: readonly Sighting[],
  { session, now }: { session: HeldSession; now: number },
): Lesson {
  const facts = sightings.slice(0, limits.observedFacts)
  const idOf = deviceId(session.subject)
  const copies = facts.map(({ category, text }) => idOf(category, text))
  const said = facts.map(({ category, text, supersedes }, i) => {
    const deleted = session.gone?.[copies[i] ?? '']
    return [category, text, supersedes, ...(deleted === undefined ? [] : [deleted])]
  })
  return {
    id: `d_${contentId(JSON.stringify([session.id, said]))}`,
    epoch: session.persona.epoch,
    at: now,
    facts,
    copies,
  }
}

function withLesson(old: UserRecord, lesson: Lesson): UserRecord {
  const learned = learnedOf(old)
  const others = learned.outbox.filter(({ id }) => id !== lesson.id)
  return { ...old, learned: { ...learned, outbox: [...others, lesson].slice(-OUTBOX) } }
}

/** What the edge's facts say no longer holds here; the history tells of it as of any other change. */
function withReplaced(old: UserRecord, persona: readonly BriefFact[], now: number): UserRecord {
  const learned = learnedOf(old)
  const before = new Set(learned.replaced.map(({ id }) => id))
  const replaced = replacedBy(old.facts, persona, now).filter(({ id }) => !before.has(id))
  const changes = replaced.flatMap(({ id, by }) => {
    const fact = persona.find((one) => one.id === id)
    if (!fact) return []
    const { category } = fact
    return [
      { at: now, cause: 'learned', action: 'superseded', fact: id, category, by } as const,
    ].map((change) => ({ ...change, before: fromPersona(fact) }))
  })
  const added = replaced.map((one) => ({ ...one, at: now }))
  return withHistory(
    { ...old, learned: { ...learned, replaced: [...learned.replaced, ...added] } },
    changes,
    now,
  )
}

/** The edge's word after this long holds, ms: queue and KV have followed by then. */
const LAG = 2 * 60_000

export type Seen = {
  epoch: number
  facts: readonly { id: string; category: string; text: string; seen?: number | undefined }[]
  /** When the edge said so, ms. */
  at: number
}

/**
 * What the edge shows takes the place of what stood for it here. A lesson that was accepted long ago
 * without a trace, or made before an erasure, is over.
 */
export function followEdge(old: UserRecord, { epoch, facts, at }: Seen): UserRecord {
  const learned = old.learned
  if (!learned) return old
  const shown = new Set(facts.map(keyOf))
  const isOver = (lesson: Lesson) =>
    lesson.epoch < epoch ||
    (lesson.accepted !== undefined &&
      (at - lesson.accepted > LAG || lesson.facts.every((fact) => shown.has(keyOf(fact)))))
  const waiting = learned.outbox.filter((lesson) => !isOver(lesson))
  const stillNeeded = new Set(waiting.flatMap(({ copies }) => copies))
  const gone = new Set(
    learned.outbox
      .filter(isOver)
      .flatMap(({ copies }) => copies)
      .filter((id) => !stillNeeded.has(id)),
  )
  const replaced = learned.replaced.filter(({ id, by, at: since }) => {
    const fact = facts.find((one) => one.id === id)
    return !gone.has(by) && fact !== undefined && (fact.seen ?? 0) <= since
  })
  if (gone.size === 0 && isSameLength(learned, waiting, replaced)) return old
  return withoutCopies({ ...old, learned: { ...learned, outbox: waiting, replaced } }, gone)
}

const isSameLength = (
  { outbox, replaced }: Learned,
  waiting: readonly unknown[],
  left: readonly unknown[],
) => outbox.length === waiting.length && replaced.length === left.length
