import { limits } from '../limits.ts'
import { sameText } from '../normalise.ts'
import { fail, ok, type Result } from '../problem.ts'
import type { Category, Fact, FactChange, NewFact } from '../schema/fact.ts'
import { isVital } from '../vital.ts'
import { countPins, isOver, withinBounds } from './bounds.ts'
import { standsFor } from './current.ts'
import { dueOf } from './due.ts'
import { isSameStatement } from './join.ts'
import { withFacts, type Removed, type SelfModel } from './model.ts'
import { confidenceOf, isTrusted, statusOf, strongest } from './trust.ts'
import { wordsToKeep } from './words.ts'

export type Changed = { model: SelfModel; fact: Fact }

/** What counts as sure once its owner has said so by hand. */
const OWN_WORD = 0.95

/**
 * Adds a fact, redacted, or confirms the one that says the same. Errors: those of `wordsToKeep`,
 * `too_many_pins` (32, or 16 KiB of them). Beyond 64 facts or 16 KiB the least valuable unpinned fact leaves.
 */
export function addFact(
  model: SelfModel,
  fact: NewFact,
  { id, now }: { id: string; now: number },
): Result<Changed> {
  const words = wordsToKeep(fact.text)
  if (!words.ok) return words
  const text = words.value
  const { category, source = 'typed' } = fact
  const known = model.facts.find((one) => isSameStatement(one, { category, text }))
  const times = (known?.times ?? 0) + 1
  const from = known ? strongest(known.source, source) : source
  const isOwned = known?.owned === true || fact.pinned !== undefined || fact.vital !== undefined
  const expires = fact.expires ?? known?.expires ?? dueOf(category, text, now)
  const added: Fact = {
    id: known?.id ?? id,
    category,
    text,
    source: from,
    times,
    confidence: Math.max(known?.confidence ?? 0, confidenceOf(from, times)),
    firstSeen: known?.firstSeen ?? now,
    lastSeen: Math.max(known?.lastSeen ?? 0, now),
    ...(expires === undefined ? {} : { expires }),
    pinned: fact.pinned ?? known?.pinned ?? false,
    vital: fact.vital ?? known?.vital ?? isVital(category, text),
    status: isTrusted(source) || known?.status === 'active' ? 'active' : statusOf(from, times),
    ...(isOwned ? { owned: true } : {}),
    ...(known?.supersedes ? { supersedes: known.supersedes } : {}),
    ...(known?.earned ? { earned: known.earned } : {}),
  }
  return store(model, added, now)
}

export type Edit = {
  id: string
  change: FactChange
  /** The id of a statement; left out, a fact keeps its id when its words change. */
  idOf?: (category: Category, text: string) => string
}

/**
 * What its owner changes by hand. Other words or another category make another statement: it takes the
 * place of the old one and its near-duplicates, which do not come back by learning. Errors: `fact_not_found`, those of
 * `wordsToKeep` for new words, `too_many_pins`. A changed text counts as seen now.
 */
export function changeFact(
  model: SelfModel,
  { id, change, idOf }: Edit,
  now: number,
): Result<Changed> {
  const known = model.facts.find((fact) => fact.id === id)
  if (!known) return fail('fact_not_found', { field: 'id' })
  const words = change.text === undefined ? ok(known.text) : wordsToKeep(change.text)
  if (!words.ok) return words
  const text = words.value
  const category = change.category ?? known.category
  const isOther = category !== known.category || sameText(text) !== sameText(known.text)
  const changed = applyChange(known, { ...change, category, text }, now)
  if (!isOther) return store(model, changed, now)
  // What the other statement has brought says nothing of this one.
  const { earned: _earned, ...other } = changed
  const otherId = idOf ? idOf(category, text) : id
  const earned = model.facts.find((fact) => fact.id === otherId && fact.id !== id)?.earned
  const renamed = { ...other, id: otherId, ...(earned ? { earned } : {}) }
  const gone = standsFor(model.facts, id, now).filter((one) => one !== otherId)
  return store(withoutFacts(model, gone, now), renamed, now)
}

type FullChange = FactChange & { category: Category; text: string }

function applyChange(known: Fact, change: FullChange, now: number): Fact {
  const { expires: before, supersedes, ...kept } = known
  const { category, text, expires } = change
  const isReworded = change.text !== known.text
  const until = expires === undefined ? before : (expires ?? undefined)
  return {
    ...kept,
    category,
    text,
    pinned: change.pinned ?? known.pinned,
    vital: change.vital ?? (isReworded ? isVital(category, text) : known.vital),
    status: change.status ?? (isReworded ? 'active' : known.status),
    confidence:
      isReworded || change.status ? Math.max(OWN_WORD, known.confidence) : known.confidence,
    // Words and a yes of today count as said today: so they also win over what contradicted them.
    lastSeen: isReworded || change.status ? Math.max(known.lastSeen, now) : known.lastSeen,
    owned: true,
    ...(until === undefined ? {} : { expires: until }),
    ...(supersedes && !isReworded ? { supersedes } : {}),
  }
}

/**
 * Removes a fact, and near-duplicates with it: what its owner deletes does not come back in other words.
 * It is not learned again from what was said before. Errors: `fact_not_found`.
 */
export function removeFact(model: SelfModel, id: string, now = 0): Result<SelfModel> {
  const gone = standsFor(model.facts, id, now)
  if (gone.length === 0) return fail('fact_not_found', { field: 'id' })
  const without = withoutFacts(model, gone, now)
  return ok(withFacts(without, without.facts))
}

/** Puts a fact back as it was, whatever has become of it, but for what it has brought since. Errors: `too_many_pins`. */
export function restoreFact(model: SelfModel, fact: Fact, now: number): Result<Changed> {
  const removed = (model.removed ?? []).filter(({ id }) => id !== fact.id)
  const standing = model.facts.find(({ id }) => id === fact.id)
  const earned = standing && isSameStatement(standing, fact) ? standing.earned : undefined
  return store({ ...model, removed }, earned ? { ...fact, earned } : fact, now)
}

export function withoutFacts(model: SelfModel, ids: readonly string[], now: number): SelfModel {
  if (ids.length === 0) return model
  const isOut = new Set(ids)
  const gone: Removed[] = [
    ...(model.removed ?? []).filter(({ id }) => !isOut.has(id)),
    ...ids.map((id) => ({ id, at: now })),
  ]
  const kept = gone.slice(-limits.removed)
  const floor = Math.max(model.floor ?? 0, ...gone.slice(0, -limits.removed).map(({ at }) => at))
  return {
    ...model,
    facts: model.facts.filter(({ id }) => !isOut.has(id)),
    removed: kept,
    ...(floor > 0 ? { floor } : {}),
  }
}

function store(model: SelfModel, fact: Fact, now: number): Result<Changed> {
  const known = model.facts.some(({ id }) => id === fact.id)
  const facts = known
    ? model.facts.map((one) => (one.id === fact.id ? fact : one))
    : [...model.facts, fact]
  const kept = withinBounds(facts, now, fact.id)
  if (countPins(facts) > limits.pins || isOver(kept)) {
    return fail('too_many_pins', {
      field: 'pinned',
      expected: `at most ${limits.pins}, within 16 KiB`,
    })
  }
  return ok({ model: withFacts(model, kept), fact })
}
