import type { Figures } from '../schema/metrics.ts'
import { degradations, type Counter } from './names.ts'

type Counts = Figures['counts']
const count = (counts: Counts, name: Counter): number => counts[name] ?? 0
const ratio = (a: number, b: number): number | undefined => (b > 0 ? a / b : undefined)

/** Share of requests that carried something of their user, 0..1; `undefined` without requests. */
export const attachRate = (counts: Counts): number | undefined =>
  ratio(count(counts, 'why:attached'), count(counts, 'requests'))

const inputOf = (counts: Counts) =>
  count(counts, 'tokens:fresh') + count(counts, 'tokens:cached') + count(counts, 'tokens:written')

/** Share of the input tokens that the provider read from its cache, 0..1. */
export const cacheShare = (counts: Counts): number | undefined =>
  ratio(count(counts, 'tokens:cached'), inputOf(counts))

export const degradedShare = (counts: Counts): number | undefined =>
  ratio(
    degradations.reduce((sum, why) => sum + count(counts, `why:${why}`), 0),
    count(counts, 'requests'),
  )

/**
 * What personal context cost, and what it would have cost at two other policies. `priced`: requests whose
 * model has a price; money in millionths of a US dollar.
 */
export type Economy = {
  priced: number
  spent: number
  /** Blocks that were attached: what stands between `spent` and no personalization at all. */
  added: number
  /** The whole profile on every request, in place of these blocks. */
  always: number
  /** `always` less what was added: money that was not spent. */
  saved: number
  /** Tokens of the same. */
  tokens: { added: number; always: number; saved: number }
}

/**
 * A block stands at the prompt's end and is never read from a cache, so its tokens are priced as fresh
 * input. The size of the whole profile is known only where the profile was read; all other requests count
 * with the mean of those. That a profile in front would void the provider's cache too is left out, so the
 * saving is understated. `known`: counts to take that mean from, for a short time those of a longer one.
 */
export function economyOf(counts: Counts, known: Counts = counts): Economy {
  const requests = count(counts, 'requests')
  const scale = ratio(requests, count(known, 'whole_known')) ?? 0
  const added = count(counts, 'cost:block')
  const always = Math.round(count(known, 'cost:whole') * scale)
  const block = count(counts, 'tokens:block')
  const whole = Math.round(count(known, 'tokens:whole') * scale)
  return {
    priced: requests - count(counts, 'unpriced'),
    spent: count(counts, 'cost'),
    added,
    always,
    saved: always - added,
    tokens: { added: block, always: whole, saved: whole - block },
  }
}
