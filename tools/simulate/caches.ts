import type { Cache } from '../../shared/models-table.ts'
import type { Billed } from '../../shared/prices.ts'
import type { Fingerprint } from './fingerprint.ts'

export type Input = Omit<Billed, 'output'>

/** A provider's cache over time: what one request reads, and what it leaves behind. */
export type PromptCache = {
  /** `markers`: ends of pieces after which the request asks to be kept; requests come in order of time. */
  bill(prompt: Fingerprint, at: { time: number; markers: readonly number[]; found: boolean }): Input
}

/** Every prefix is kept in steps; the longest one still alive is read, and reading keeps it alive. */
export function implicitCache({ minimum, ttl }: Extract<Cache, { way: 'implicit' }>): PromptCache {
  const seen = new Map<number, number>()
  return {
    bill({ tokens, steps }, { time, found }) {
      let cached = 0
      let alive = found
      for (const mark of steps) {
        if (mark.tokens < minimum) continue
        const last = seen.get(mark.hash)
        alive = alive && last !== undefined && time - last <= ttl
        if (alive) cached = mark.tokens
        seen.set(mark.hash, time)
      }
      return { input: tokens, cached, written: 0 }
    },
  }
}

/**
 * A prefix is kept where a marker stands, and found from a marker at its end or up to `lookback` pieces
 * behind it. What lies between the longest one found and the last marker is written.
 */
export function breakpointCache(cache: Extract<Cache, { way: 'breakpoints' }>): PromptCache {
  const { minimum, ttl, lookback } = cache
  const kept = new Map<number, number>()
  return {
    bill({ tokens, ends }, { time, markers, found }) {
      const places = markers.filter((at) => (ends[at]?.tokens ?? 0) >= minimum)
      let cached = 0
      for (const place of places) {
        for (let at = place; at >= Math.max(0, place - lookback); at--) {
          const mark = ends[at]
          const last = mark && kept.get(mark.hash)
          if (!found || last === undefined || time - last > ttl) continue
          cached = Math.max(cached, mark?.tokens ?? 0)
          if (mark) kept.set(mark.hash, time)
          break
        }
      }
      const last = Math.max(0, ...places.map((at) => ends[at]?.tokens ?? 0))
      for (const place of places) {
        const mark = ends[place]
        if (mark) kept.set(mark.hash, time)
      }
      return { input: tokens, cached, written: Math.max(0, last - cached) }
    },
  }
}
