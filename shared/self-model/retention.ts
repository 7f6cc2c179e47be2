import { DAY } from '../calendar.ts'
import type { SelfModel } from './model.ts'
import { withFacts } from './model.ts'

/** Days for which a fact that has expired can still be seen by its owner. */
const AFTER_EXPIRY = 30

/**
 * Deletes what has expired 30 days ago, and what was not said again for as many days as the org allows:
 * pinned or not, that is the org's rule. Returns the same model where nothing is due.
 */
export function letGo(model: SelfModel, now: number, retentionDays?: number): SelfModel {
  const oldest = retentionDays === undefined ? -Infinity : now - retentionDays * DAY
  const facts = model.facts.filter(
    ({ expires = Infinity, lastSeen }) => expires > now - AFTER_EXPIRY * DAY && lastSeen > oldest,
  )
  return facts.length === model.facts.length ? model : withFacts(model, facts)
}

/** When `letGo` has something to do next, ms; infinite where nothing will be due. */
export function nextToGo({ facts }: SelfModel, retentionDays?: number): number {
  const kept = retentionDays === undefined ? Infinity : retentionDays * DAY
  return Math.min(
    Infinity,
    ...facts.map(({ expires = Infinity, lastSeen }) =>
      Math.min(expires + AFTER_EXPIRY * DAY, lastSeen + kept),
    ),
  )
}
