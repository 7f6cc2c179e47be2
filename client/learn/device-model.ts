import { contentId } from '../../shared/fact-id.ts'
import { limits } from '../../shared/limits.ts'
import { sameText } from '../../shared/normalise.ts'
import type { Category, Fact } from '../../shared/schema/fact.ts'
import type { Change } from '../../shared/schema/learning.ts'
import {
  changesBetween,
  currentFacts,
  letGo,
  withoutRemovedWords,
  type ChangeContext,
  type SelfModel,
} from '../../shared/self-model.ts'
import { statusOf } from '../../shared/self-model/trust.ts'
import type { Learned, Lesson, UserRecord } from '../store/record.ts'

/** Ids of facts that only this device knows; ids of the edge never look so. */
const DEVICE = 'd_'

export const isDeviceId = (id: string): boolean => id.startsWith(DEVICE)

/** The same statement has the same id; `salt` keeps its words from being told by it. */
export const deviceId =
  (salt = '') =>
  (category: Category, text: string): string =>
    DEVICE + contentId(`${salt}\n${keyOf({ category, text })}`)

/** What makes two facts the same statement, here and at the edge. */
export const keyOf = ({ category, text }: { category: string; text: string }): string =>
  `${category}\n${sameText(text)}`

const nothing: Learned = {
  learn: true,
  blocked: [],
  replaced: [],
  removed: [],
  history: [],
  outbox: [],
}
export const learnedOf = ({ learned }: UserRecord): Learned => learned ?? nothing

/** The facts of this device as a self-model of their own, to which the edge's own rules apply. */
export const modelOf = (record: UserRecord): SelfModel => ({
  version: 0,
  epoch: 0,
  facts: record.facts.map(alone),
  removed: learnedOf(record).removed,
})

/** How a fact stands among others is worked out anew with every change. */
function alone({ by, ...fact }: Fact): Fact {
  if (by === undefined) return fact
  return { ...fact, status: fact.owned ? 'active' : statusOf(fact.source, fact.times ?? 1) }
}

/** The record with its facts as they stand after a change, and the change in its history. */
export function withModel(old: UserRecord, model: SelfModel, context: ChangeContext): UserRecord {
  const { now } = context
  const learned = learnedOf(old)
  const facts = currentFacts(model.facts, now)
  const kept = new Set(facts.map(({ id }) => id))
  const gone = new Set(old.facts.map(({ id }) => id).filter((id) => !kept.has(id)))
  const next = {
    ...learned,
    removed: model.removed ?? [],
    replaced: learned.replaced.filter(({ by }) => !gone.has(by)),
    outbox: withoutLessons(learned.outbox, gone),
  }
  const changes = changesBetween(modelOf(old), model, context)
  return withHistory({ ...old, facts, learned: next }, changes, now)
}

/** Adds to the history, which keeps 64 changes, and the words of what was deleted for a day. */
export function withHistory(
  old: UserRecord,
  changes: readonly Omit<Change, 'id'>[],
  now: number,
): UserRecord {
  const learned = learnedOf(old)
  const last = learned.history[0]?.id ?? 0
  const added = changes.map((change, index) => ({ ...change, id: last + 1 + index }))
  const history = [...added.toReversed(), ...learned.history].slice(0, limits.history)
  return withoutOldWords({ ...old, learned: { ...learned, history } }, now)
}

/** What time does to a record, as at the edge: what has long expired goes, and words of what was deleted. */
export function tidied(old: UserRecord, now: number): UserRecord {
  const model = modelOf(old)
  const kept = letGo(model, now)
  return withoutOldWords(kept === model ? old : withModel(old, kept, { now, cause: 'time' }), now)
}

/** The record without words of what was deleted a day ago; the same one where it holds none. */
function withoutOldWords(old: UserRecord, now: number): UserRecord {
  const { learned } = old
  if (!learned) return old
  const history = withoutRemovedWords(learned.history, now - limits.undoTime)
  const isSame = history.every((change, at) => change === learned.history[at])
  return isSame ? old : { ...old, learned: { ...learned, history } }
}

/**
 * Without facts that the edge holds in their place, or does not want: its own history tells of them.
 * `removed`: those of which the words do not hold any more.
 */
export function withoutCopies(
  old: UserRecord,
  gone: ReadonlySet<string>,
  removed: Learned['removed'] = [],
): UserRecord {
  const learned = learnedOf(old)
  return {
    ...old,
    facts: old.facts.filter(({ id }) => !gone.has(id)),
    learned: {
      ...learned,
      replaced: learned.replaced.filter(({ by }) => !gone.has(by)),
      removed: [...learned.removed, ...removed],
      history: learned.history.filter(({ fact }) => !gone.has(fact)),
      outbox: withoutLessons(learned.outbox, gone),
    },
  }
}

/** What was deleted here before it was sent is not sent. */
const withoutLessons = (outbox: readonly Lesson[], gone: ReadonlySet<string>): Lesson[] =>
  outbox
    .map((lesson) => {
      const isKept = (_: unknown, at: number) => !gone.has(lesson.copies[at] ?? '')
      const { facts, copies } = lesson
      return { ...lesson, facts: facts.filter(isKept), copies: copies.filter(isKept) }
    })
    .filter(({ facts }) => facts.length > 0)
