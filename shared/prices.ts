import type { Model, Prices } from './models-table.ts'
import type { Usage } from './schema/receipt.ts'

/** What is billed by kind, tokens. `input` holds `cached` and `written`, as OpenAI states it. */
export type Billed = Pick<Usage, 'input' | 'output' | 'cached' | 'written' | 'hour'>

/**
 * Tokens read from the cache, written to it, and neither; never more than `input` together. `hour`: those of
 * `written` that are kept for an hour.
 */
export function splitInput({ input, cached = 0, written = 0, hour = 0 }: Omit<Billed, 'output'>) {
  const read = Math.min(input, cached)
  const kept = Math.min(input - read, written)
  return { cached: read, written: kept, hour: Math.min(kept, hour), fresh: input - read - kept }
}

/** Price of the input, in millionths of a millionth of a US dollar. */
function inputCost(usage: Omit<Billed, 'output'>, prices: Prices): number {
  const { cached, written, hour, fresh } = splitInput(usage)
  return (
    fresh * prices.input +
    cached * prices.cached +
    (written - hour) * prices.written +
    hour * prices.hour
  )
}

const pricesFor = ({ prices, long }: Model, input: number): Prices =>
  long && input > long.above ? long.prices : prices

/**
 * Price of one response in millionths of a US dollar, a whole number; list prices, no batch or tier. `whole`:
 * the input of the request that this is a part of.
 */
export function costOf(usage: Billed, model: Model, whole = usage.input): number {
  const prices = pricesFor(model, whole)
  return Math.round((inputCost(usage, prices) + usage.output * prices.output) / 1_000_000)
}

/** Input in billed-equivalent tokens: how many uncached ones would cost the same. */
export function billedInput(usage: Omit<Billed, 'output'>, model: Model): number {
  const prices = pricesFor(model, usage.input)
  return inputCost(usage, prices) / prices.input
}
