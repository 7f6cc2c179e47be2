import { boundedCache } from '../bounded-cache.ts'
import { withDeadline } from '../deadline.ts'
import { limits } from '../../shared/limits.ts'
import type { Settings } from '../../shared/resolve.ts'
import type { ContextSource } from '../../shared/schema/source.ts'
import { readSource, type SourceText } from '../../shared/source-text.ts'
import type { Clock, ContextSources, StorageKeys } from '../ports.ts'

export type SourceReader = {
  /**
   * What the org's sources answer for a user until `deadline` (a time of the clock): those that are late,
   * fail or tell nothing are left out. Never rejects.
   */
  read(asked: { keys: StorageKeys; settings: Settings; deadline: number }): Promise<SourceText[]>
}

/** A source that fails so often in a row is left alone for a while; then one call tries it again. */
const FAILURES = 3
const REST = 30_000
/** Less time than this is not worth a call, ms. */
const LEAST = 5

type Health = { failures: number; restUntil: number }
type Answer = { at: number; told: SourceText | undefined }

export function createSourceReader(options: {
  sources: ContextSources
  clock: Clock
}): SourceReader {
  const { sources, clock } = options
  const answers = boundedCache<Answer>({ max: 1000, ttl: 3600_000, clock })
  const health = boundedCache<Health>({ max: 1000, ttl: 3600_000, clock })

  function isResting(name: string): boolean {
    const known = health.get(name)
    if (!known || known.failures < FAILURES) return false
    if (known.restUntil > clock()) return true
    // This call tries; the others go on without until it has answered.
    known.restUntil = clock() + REST
    return false
  }

  function note(name: string, failed: boolean): void {
    const failures = failed ? (health.get(name)?.failures ?? 0) + 1 : 0
    health.set(name, { failures, restUntil: clock() + REST })
  }

  async function ask(
    source: ContextSource,
    { keys, deadline, key }: { keys: StorageKeys; deadline: number; key: string },
  ): Promise<SourceText | undefined> {
    const name = `${keys.orgKey} ${source.binding ?? source.url}`
    const time = Math.min(source.timeoutMs, deadline - clock())
    if (time < LEAST || isResting(name)) return undefined
    const stop = new AbortController()
    try {
      const work = sources.load(source, { subject: keys.deviceKey, signal: stop.signal })
      const answer = await withDeadline(work, time)
      const read = answer !== 'late' && answer.ok ? readAnswer(source, answer.value) : undefined
      note(name, !read?.ok)
      if (!read?.ok) return undefined
      answers.set(key, { at: clock(), told: read.value })
      return read.value
    } catch {
      note(name, true)
      return undefined
    } finally {
      stop.abort()
    }
  }

  return {
    async read({ keys, settings, deadline }) {
      const usable = settings.sources
        .filter(({ categories }) => !categories.some((c) => settings.blocked.includes(c)))
        .slice(0, limits.sources)
      const told = await Promise.all(
        usable.map(async (source) => {
          const key = JSON.stringify([keys.userKey, source])
          const known = answers.get(key)
          const isFresh = known && clock() - known.at < source.cacheSeconds * 1000
          return isFresh ? known.told : ask(source, { keys, deadline, key })
        }),
      )
      return told.filter((text) => text !== undefined)
    },
  }
}

/** Nothing to tell is an answer too. */
const readAnswer = (source: ContextSource, value: unknown) =>
  value === undefined ? ({ ok: true, value: undefined } as const) : readSource(source, value)
