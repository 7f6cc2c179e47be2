import type { Fact } from '../schema/fact.ts'
import type { Cause, Change } from '../schema/learning.ts'
import { reasonToLeave } from './bounds.ts'
import { currentFacts } from './current.ts'
import type { SelfModel } from './model.ts'

/** A change that has no number yet. */
export type NewChange = Omit<Change, 'id'>

export type ChangeContext = {
  now: number
  cause: Cause
  /** The fact that its owner has acted on, by the id it had. */
  target?: string
  /** What its owner did with it, where that is not to be seen from the outcome. */
  action?: 'restored'
}

/** What has happened between two states of a self-model, in words for its history. Sightings are no change. */
export function changesBetween(
  before: SelfModel,
  after: SelfModel,
  context: ChangeContext,
): NewChange[] {
  const { now, cause, target, action } = context
  const old = byId(currentFacts(before.facts, now))
  const current = byId(currentFacts(after.facts, now))
  const tell = (fact: Fact, rest: Pick<Change, 'action'> & Partial<Change>): NewChange => ({
    at: now,
    cause,
    fact: fact.id,
    category: fact.category,
    ...rest,
  })
  const added = [...current.values()].filter(({ id }) => !old.has(id))
  const gone = [...old.values()].filter(({ id }) => !current.has(id))
  const reworded =
    target !== undefined && gone.some(({ id }) => id === target) ? added[0] : undefined
  const changes: NewChange[] = []
  for (const fact of gone) {
    // Near-duplicates go with the fact that stood for them.
    if (target !== undefined && (fact.id === target || fact.by === target)) {
      if (!reworded || fact.id !== target) {
        const act = fact.status === 'pending' ? 'declined' : 'removed'
        changes.push(tell(fact, { action: act, before: plain(fact) }))
      }
    } else if (cause === 'time') {
      changes.push(tell(fact, { action: 'expired', before: plain(fact) }))
    } else {
      const why = reasonToLeave(fact, now)
      changes.push(tell(fact, { action: 'evicted', before: plain(fact), why }))
    }
  }
  for (const fact of added) {
    const was = fact === reworded && target !== undefined ? old.get(target) : undefined
    changes.push(
      was
        ? tell(fact, { action: 'changed', before: plain(was), after: plain(fact) })
        : tell(fact, { action: action ?? 'added', after: plain(fact) }),
    )
  }
  for (const fact of current.values()) {
    const was = old.get(fact.id)
    if (!was) continue
    if (fact.by !== undefined && was.by === undefined) {
      changes.push(tell(fact, { action: 'superseded', before: plain(was), by: fact.by }))
    } else if (isEdited(was, fact)) {
      const act = was.status === 'pending' && fact.status === 'active' ? 'approved' : 'changed'
      changes.push(tell(fact, { action: action ?? act, before: plain(was), after: plain(fact) }))
    }
  }
  return changes
}

/**
 * A history, newest first, without the words of facts that their owner removed up to a time: they go from
 * every change that tells of them, as their adding does.
 */
export function withoutRemovedWords(history: readonly Change[], until: number): Change[] {
  const removals = history.filter(
    ({ action, at }) => (action === 'removed' || action === 'declined') && at <= until,
  )
  return history.map((change) => {
    const { before, after, ...bare } = change
    const ids = [bare.fact, before?.id, after?.id]
    const isGone = removals.some(({ id, fact }) => id >= bare.id && ids.includes(fact))
    return isGone && (before || after) ? bare : change
  })
}

const byId = (facts: readonly Fact[]) => new Map(facts.map((fact) => [fact.id, fact]))

/** A fact as it is stored: how it stands among others is worked out anew. */
const plain = ({ by, ...fact }: Fact): Fact =>
  by === undefined ? fact : { ...fact, status: 'active' }

function isEdited(a: Fact, b: Fact): boolean {
  return (
    a.text !== b.text ||
    a.pinned !== b.pinned ||
    a.vital !== b.vital ||
    a.expires !== b.expires ||
    (a.status !== b.status && b.status !== 'superseded')
  )
}
