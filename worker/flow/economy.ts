import { cacheKey } from '../../shared/cache-plan.ts'
import type { Addition } from '../../shared/dialect/port.ts'
import { findModel, type Model } from '../../shared/models-table.ts'
import { cohorts, type Cohort } from '../../shared/schema/cohort.ts'
import type { Org } from '../../shared/schema/org.ts'
import type { StorageKeys } from '../ports.ts'

/** Bodies below this cannot reach any model's minimum: no text has more tokens than bytes. */
const SHORT = 1024

/** A request's model, read without parsing the body; a member of that name further in may be taken for it. */
export const modelIn = (text: string): string | undefined =>
  /"model"\s*:\s*"([^"\\]{1,200})"/.exec(text)?.[1]

/** What a model costs here: the org's own price stands over the list's. */
export function pricedModel(name: string | undefined, { prices }: Org): Model | undefined {
  const listed = name === undefined ? undefined : findModel(name)
  const own = name !== undefined && prices && Object.hasOwn(prices, name) ? prices[name] : undefined
  if (!own) return listed
  const micro = (dollars: number) => Math.round(dollars * 1_000_000)
  const { input, output, cached = input, written = input, hour = written } = own
  return {
    names: [name ?? ''],
    window: listed?.window ?? 0,
    cache: listed?.cache ?? { way: 'none' },
    prices: {
      input: micro(input),
      output: micro(output),
      cached: micro(cached),
      written: micro(written),
      hour: micro(hour),
    },
  }
}

/** `cohort`: whose template the prefix holds, where it holds one. */
type Marking = { org: Org; keys: StorageKeys; bytes: number; cohort?: Cohort | undefined }

/**
 * How a request is marked for the provider's cache; nothing where that cannot pay or the org has it off. A
 * model that finds prefixes by itself needs no marker: a key is worth touching the body for only where an
 * org has so many requests that they must be spread, and has said how many.
 */
export function cacheFor(
  model: Model | undefined,
  { org, keys, bytes, cohort }: Marking,
): Addition['cache'] {
  if (!model || model.cache.way === 'none' || org.cache === 'off' || bytes < SHORT) return undefined
  if (model.cache.way === 'implicit' && org.requestsPerMinute === undefined) return undefined
  return { model, key: keyFor({ org, keys, cohort }) }
}

/** The `prompt_cache_key` of a user of an org. */
export function keyFor({ org, keys, cohort }: Omit<Marking, 'bytes'>): string {
  const { requestsPerMinute = 0 } = org
  const group = cohort ? { at: cohorts.indexOf(cohort), of: cohorts.length } : undefined
  return cacheKey({ ...keys, requestsPerMinute, cohort: group })
}
