import { limits } from './limits.ts'
import { oneLine, sameText } from './normalise.ts'
import { fail, ok, type Result } from './problem.ts'
import type { Fact, FactChange, NewFact } from './schema/fact.ts'
import { utf8Bytes } from './tokens.ts'
import { valueOf } from './value.ts'
import { isVital } from './vital.ts'

/** Everything known of one user: bounded, the truth. `version` grows with each change, `epoch` with each erasure. */
export type SelfModel = { version: number; epoch: number; facts: Fact[] }

export const emptyModel = (): SelfModel => ({ version: 0, epoch: 0, facts: [] })

export type Changed = { model: SelfModel; fact: Fact }

const next = (model: SelfModel, facts: Fact[]): SelfModel => ({
  ...model,
  version: model.version + 1,
  facts,
})

/**
 * Adds a fact, or confirms the one that says the same. Errors: `fact_rejected` (no
 * text left, or over 256 bytes), `too_many_pins` (32, or 16 KiB of them). Beyond 64 facts or 16 KiB the least valuable unpinned fact leaves.
 */
export function addFact(
  model: SelfModel,
  fact: NewFact,
  { id, now }: { id: string; now: number },
): Result<Changed> {
  const text = oneLine(fact.text)
  const unfit = checkText(text)
  if (unfit) return unfit
  const key = sameText(text)
  const known = model.facts.find((f) => f.category === fact.category && sameText(f.text) === key)
  const source = fact.source ?? 'typed'
  const trusted = source === 'typed' || source === 'app'
  const added: Fact = {
    id: known?.id ?? id,
    category: fact.category,
    text,
    confidence: Math.max(known?.confidence ?? 0, trusted ? 0.9 : 0.5),
    source: known?.source ?? source,
    firstSeen: known?.firstSeen ?? now,
    lastSeen: Math.max(known?.lastSeen ?? 0, now),
    ...(fact.expires === undefined ? {} : { expires: fact.expires }),
    pinned: fact.pinned ?? known?.pinned ?? false,
    vital: fact.vital ?? known?.vital ?? isVital(fact.category, text),
    status: trusted || known?.status === 'active' ? 'active' : 'pending',
  }
  return store(model, added, now)
}

/** Errors: `fact_not_found`, `fact_rejected`, `too_many_pins`. A changed text counts as seen now. */
export function changeFact(
  model: SelfModel,
  { id, change }: { id: string; change: FactChange },
  now: number,
): Result<Changed> {
  const known = model.facts.find((fact) => fact.id === id)
  if (!known) return fail('fact_not_found', { field: 'id' })
  const { expires, ...rest } = change
  const { expires: before, ...kept } = known
  const text = oneLine(rest.text ?? known.text)
  const unfit = checkText(text)
  if (unfit) return unfit
  const category = rest.category ?? known.category
  const until = expires === undefined ? before : (expires ?? undefined)
  const changed: Fact = {
    ...kept,
    category,
    text,
    pinned: rest.pinned ?? known.pinned,
    vital: rest.vital ?? (text === known.text ? known.vital : isVital(category, text)),
    confidence: rest.text === undefined ? known.confidence : 0.9,
    lastSeen: rest.text === undefined ? known.lastSeen : Math.max(known.lastSeen, now),
    ...(until === undefined ? {} : { expires: until }),
  }
  return store(model, changed, now)
}

/** Errors: `fact_not_found`. */
export function removeFact(model: SelfModel, id: string): Result<SelfModel> {
  const facts = model.facts.filter((fact) => fact.id !== id)
  if (facts.length === model.facts.length) return fail('fact_not_found', { field: 'id' })
  return ok(next(model, facts))
}

/** Nothing is left but a higher epoch: whatever was learned under an older one is void. */
export const forgetAll = (model: SelfModel): SelfModel => ({
  version: model.version + 1,
  epoch: model.epoch + 1,
  facts: [],
})

function store(model: SelfModel, fact: Fact, now: number): Result<Changed> {
  const known = model.facts.some(({ id }) => id === fact.id)
  const facts = known
    ? model.facts.map((f) => (f.id === fact.id ? fact : f))
    : [...model.facts, fact]
  const kept = withinBounds(facts, fact.id, now)
  if (facts.filter(({ pinned }) => pinned).length > limits.pins || isOver(kept)) {
    return fail('too_many_pins', {
      field: 'pinned',
      expected: `at most ${limits.pins}, within 16 KiB`,
    })
  }
  return ok({ model: next(model, kept), fact })
}

function checkText(text: string): Result<never> | undefined {
  if (text === '') return fail('fact_rejected', { field: 'text', expected: 'readable text' })
  if (utf8Bytes(text) <= limits.factBytes) return undefined
  return fail('fact_rejected', { field: 'text', expected: `at most ${limits.factBytes} bytes` })
}

const isOver = (facts: readonly Fact[]) =>
  facts.length > limits.facts || utf8Bytes(JSON.stringify(facts)) > limits.selfModelBytes

function withinBounds(facts: Fact[], keep: string, now: number): Fact[] {
  let kept = facts
  while (isOver(kept)) {
    const out = kept
      .filter((fact) => !fact.pinned && fact.id !== keep)
      .toSorted((a, b) => worth(a, now) - worth(b, now) || (a.id < b.id ? -1 : 1))[0]
    if (!out) break
    kept = kept.filter((fact) => fact !== out)
  }
  return kept
}

/** Expired and unconfirmed facts leave first, vital ones last. */
const worth = (fact: Fact, now: number) =>
  (fact.expires !== undefined && fact.expires <= now ? -2 : 0) +
  (fact.status === 'active' ? 0 : -1) +
  (fact.vital ? 2 : 0) +
  valueOf(fact, now)
