import { limits } from '../../shared/limits.ts'
import type { Change } from '../../shared/schema/learning.ts'
import type { Removed } from '../../shared/self-model.ts'
import type { Learned } from './record.ts'

/** Both: of the user's word the more careful one, of all else what either holds. The same where they agree. */
export function joinLearned(stored: Learned, page: Learned): Learned {
  const removed = [...stored.removed, ...page.removed].toSorted((a, b) => a.at - b.at)
  return {
    learn: stored.learn && page.learn,
    blocked: [...new Set([...stored.blocked, ...page.blocked])],
    replaced: [...byId([...stored.replaced, ...page.replaced]).values()],
    removed: [...byId<Removed>(removed).values()].slice(-limits.removed),
    history: joinHistory(stored.history, page.history),
    outbox: [...byId([...stored.outbox, ...page.outbox]).values()],
  }
}

const byId = <T extends { id: string }>(items: readonly T[]) =>
  new Map(items.map((item) => [item.id, item]))

/** A page that has gone on from what is stored tells all of it; what it began alone is numbered behind it. */
function joinHistory(stored: readonly Change[], page: readonly Change[]): Change[] {
  const keyOf = ({ at, action, fact }: Change) => `${at} ${action} ${fact}`
  const told = new Set(stored.map(keyOf))
  const added = page.filter((change) => !told.has(keyOf(change)))
  const last = stored[0]?.id ?? 0
  const renumbered = added.map((change, at) => ({ ...change, id: last + added.length - at }))
  return [...renumbered, ...stored].slice(0, limits.history)
}
