import type { Cache, Model } from './models-table.ts'

/**
 * A piece of the prompt, in prompt order. `shared`: the same for all users of the org (tools, app text,
 * org policy); `cohort`: the same for all of one cohort (its template); `history`: stable from turn to turn; `words`: a user message, earlier or
 * now; `block`: gone at the next turn; `turn`: tool calls and results after the words of the same turn.
 */
export type Segment = {
  kind: 'shared' | 'cohort' | 'history' | 'words' | 'block' | 'turn'
  tokens: number
}

/** A marker that the app set itself, after the segment `at`; `ttl` in seconds where it asks for one. */
export type CallersMarker = { at: number; ttl?: number }

export type CachePlan = {
  /** What the provider calls a marker; none where the model has no markers. */
  field?: 'cache_control' | 'prompt_cache_breakpoint'
  /** Segments after which a marker is set, in order; the app's own are not among them. */
  markers: number[]
  /** Ask the provider to keep nothing beyond the markers: the end of the prompt will not be seen again. */
  exclusive: boolean
  /** Send `prompt_cache_key`. */
  key: boolean
  why: 'planned' | 'no_cache' | 'implicit' | 'below_minimum' | 'no_marker_left'
}

/**
 * Where the cache markers of one request stand: at the end of what is shared and of the user's own words,
 * where a prefix long enough ends there. What stands behind a `block` that lies further front is not
 * worth a marker. The app's markers stay, count against the limit, and none is put before one of theirs
 * that lives longer (Anthropic refuses that). An unknown model gets nothing.
 */
export function cachePlan(
  model: Model | undefined,
  segments: readonly Segment[],
  callersMarkers: readonly CallersMarker[] = [],
): CachePlan {
  const cache = model?.cache ?? { way: 'none' }
  const none = { markers: [], exclusive: false }
  if (cache.way === 'none') return { ...none, key: false, why: 'no_cache' }
  const ends = runningSum(segments)
  const isLongEnough = (at: number) => (ends[at] ?? 0) >= cache.minimum
  if (!isLongEnough(segments.length - 1)) return { ...none, key: false, why: 'below_minimum' }
  if (cache.way === 'implicit') return { ...none, key: cache.key, why: 'implicit' }

  const { field, key, ttl } = cache
  const free = Math.max(0, cache.most - callersMarkers.length)
  const longLived = callersMarkers.filter((own) => (own.ttl ?? ttl) > ttl).map(({ at }) => at)
  const first = Math.max(-1, ...longLived)
  const wanted = placesOf(segments, cache).filter(
    (at) => isLongEnough(at) && at > first && !callersMarkers.some((own) => own.at === at),
  )
  const markers = wanted.slice(0, free).toSorted((a, b) => a - b)
  // Once the app has placed markers of its own, how the rest is kept is the app's to say.
  const exclusive =
    cache.lookback === 0 &&
    markers.length > 0 &&
    callersMarkers.length === 0 &&
    segments.at(-1)?.kind === 'block'
  const why =
    markers.length > 0 ? 'planned' : wanted.length > 0 ? 'no_marker_left' : 'below_minimum'
  return { field, key, markers, exclusive, why }
}

/** Places worth a marker, the most valuable first: where there are too few, the last ones are left out. */
function placesOf(
  segments: readonly Segment[],
  { lookback }: Extract<Cache, { way: 'breakpoints' }>,
): number[] {
  const block = segments.findIndex(({ kind }) => kind === 'block')
  const stop = (block < 0 ? segments.length : block) - 1
  const notShared = segments.findIndex(({ kind }) => kind !== 'shared')
  const shared = (notShared < 0 ? segments.length : notShared) - 1
  const places = [stop, shared]
  // Where the turn before ended: found by looking back, unless that is too far or not done.
  const before = segments.slice(0, Math.max(0, stop)).findLastIndex(({ kind }) => kind === 'words')
  if (before >= 0 && stop - before > lookback) places.push(before)
  // A turn that goes on with tools repeats its block: all of it is read again by the next request.
  const last = segments.length - 1
  const cohort = segments.findLastIndex(({ kind }) => kind === 'cohort')
  if (block >= 0 && lookback > 0 && segments[last]?.kind === 'turn') places.push(last)
  // Written with the words in any case: a place of its own lets the next user of the cohort read it.
  if (cohort >= 0 && (block < 0 || cohort < block)) places.push(cohort)
  return [...new Set(places)].filter((at) => at >= 0)
}

function runningSum(segments: readonly Segment[]): number[] {
  let sum = 0
  return segments.map(({ tokens }) => (sum += tokens))
}

/**
 * Tells whether a prefix of its own (a cohort's template) costs less kept than sent fresh: it must reach
 * the minimum, and `requests` of them within the cache's life must earn back the one that writes it.
 */
export function sharingPays(
  model: Model | undefined,
  { tokens, requests }: { tokens: number; requests: number },
): boolean {
  if (!model || model.cache.way === 'none' || tokens < model.cache.minimum) return false
  const { input, cached, written } = model.prices
  return written + (requests - 1) * cached < requests * input
}

/** Requests a minute that one `prompt_cache_key` can carry before the provider spreads them (OpenAI). */
const PER_MINUTE = 15

type KeyOf = {
  orgKey: string
  userKey: string
  requestsPerMinute: number
  /** Whose template the prefix holds: the place of one class among so many. */
  cohort?: { at: number; of: number } | undefined
}

/**
 * The `prompt_cache_key` of a user: one for the whole org while its traffic fits a single key, else one
 * of as many as it needs, the same for a user each time. Those who share a cohort's prefix share its key,
 * and are split only where the cohort alone has too many: one more key is one more copy of the prefix.
 * Keys are pseudonyms, cut to 64 characters.
 */
export function cacheKey({ orgKey, userKey, requestsPerMinute, cohort }: KeyOf): string {
  const needed = (requests: number) => Math.max(1, Math.ceil(requests / PER_MINUTE))
  const groups = cohort ? Math.min(cohort.of, needed(requestsPerMinute)) : 1
  const keys = needed(requestsPerMinute / groups)
  const group = cohort ? cohort.at % groups : 0
  return `ew-${orgKey.slice(0, 48)}-${group * keys + (hashOf(userKey) % keys)}`
}

/** FNV-1a, 32 bits. */
function hashOf(text: string): number {
  let hash = 0x811c9dc5
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193)
  return hash >>> 0
}
