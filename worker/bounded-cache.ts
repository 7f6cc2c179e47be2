import type { Clock } from './ports.ts'

export type BoundedCache<V> = {
  /** `now`: for callers that have asked the clock already. */
  get(key: string, now?: number): V | undefined
  set(key: string, value: V): void
  delete(key: string): void
}

/** Remembers at most `max` values for at most `ttl` ms; one of those used longest ago leaves first. */
export function boundedCache<V>(options: {
  max: number
  ttl: number
  clock: Clock
}): BoundedCache<V> {
  const { max, ttl, clock } = options
  const entries = new Map<string, { value: V; at: number }>()
  return {
    get(key, now = clock()) {
      const entry = entries.get(key)
      if (!entry) return undefined
      if (now - entry.at >= ttl) {
        entries.delete(key)
        return undefined
      }
      // Far from full, nothing leaves: the order of use need not be kept.
      if (entries.size > max / 2) {
        entries.delete(key)
        entries.set(key, entry)
      }
      return entry.value
    },
    set(key, value) {
      entries.delete(key)
      entries.set(key, { value, at: clock() })
      if (entries.size <= max) return
      const oldest = entries.keys().next()
      if (!oldest.done) entries.delete(oldest.value)
    },
    delete(key) {
      entries.delete(key)
    },
  }
}
