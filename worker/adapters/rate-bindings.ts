import { boundedCache } from '../bounded-cache.ts'
import type { Clock, Rates, WaitUntil } from '../ports.ts'

/** Milliseconds that the platform counts together. */
const WINDOW = 60_000
/** One in so many requests of a key is reported: the bindings' limits in wrangler.toml are counted in these. */
const REPORT_EVERY = 8

type Count = { window: number; requests: number; refused: boolean }

/**
 * The platform's counters, per place and not exact: an abuse guard. No answer waits for them: each
 * isolate counts for itself, reports every eighth request of a key behind the answer, and refuses the key
 * for the rest of the minute once it was told to. A missing or failing counter allows.
 */
export function rateBindings(
  limits: { user: RateLimit | undefined; org: RateLimit | undefined },
  clock: Clock,
): Rates {
  const counts = boundedCache<Count>({ max: 10_000, ttl: WINDOW, clock })

  function isRefused(limit: RateLimit | undefined, key: string, waitUntil: WaitUntil): boolean {
    if (!limit) return false
    const window = Math.floor(clock() / WINDOW)
    let count = counts.get(key)
    if (count?.window !== window) {
      count = { window, requests: 0, refused: false }
      counts.set(key, count)
    }
    if (count.refused) return true
    if (count.requests++ % REPORT_EVERY === 0) waitUntil(report(limit, key, count))
    return false
  }

  return {
    refusedFor({ userKey, orgKey }, waitUntil) {
      const user = isRefused(limits.user, `u:${userKey}`, waitUntil)
      const org = isRefused(limits.org, `o:${orgKey}`, waitUntil)
      return user || org ? Math.ceil((WINDOW - (clock() % WINDOW)) / 1000) : 0
    },
  }
}

async function report(limit: RateLimit, key: string, count: Count): Promise<void> {
  if (!(await isWithin(limit, key))) count.refused = true
}

/** A counter that fails is no reason to refuse anybody. */
async function isWithin(limit: RateLimit, key: string): Promise<boolean> {
  try {
    return (await limit.limit({ key })).success
  } catch {
    return true
  }
}
