import { fail, ok, type Result } from '../problem.ts'
import type { Change } from '../schema/learning.ts'
import { restoreFact, withoutFacts } from './edit.ts'
import { withFacts, type SelfModel } from './model.ts'

/**
 * Takes one change of the history back. A superseded fact counts as said now, so that it wins over the
 * one that had taken its place. Errors: `fact_not_found` where the words are no longer kept or the fact
 * has gone since, `too_many_pins`.
 */
export function undoChange(model: SelfModel, change: Change, now: number): Result<SelfModel> {
  const { before, after } = change
  if (!before) {
    if (!model.facts.some(({ id }) => id === change.fact))
      return fail('fact_not_found', { field: 'id' })
    const without = withoutFacts(model, [change.fact], now)
    return ok(withFacts(without, without.facts))
  }
  const isReworded = after !== undefined && after.id !== before.id
  const base = isReworded ? withoutFacts(model, [after.id], now) : model
  const fact =
    change.action === 'superseded'
      ? { ...before, status: 'active' as const, lastSeen: now, owned: true }
      : before
  const restored = restoreFact(base, fact, now)
  return restored.ok ? ok(restored.value.model) : restored
}
