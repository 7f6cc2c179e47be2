import type { Model, Prices } from './models-table.ts'
import type { Usage } from './schema/receipt.ts'

/** What is billed by kind, tokens. `input` holds `cached` and `written`, as OpenAI states it. */
export type Billed = Pick<Usage, 'input' | 'output' | 'cached' | 'written'>

/** Tokens read from the cache, written to it, and neither; never more than `input` together. */
export function splitInput({ input, cached = 0, written = 0 }: Omit<Billed, 'output'>) {
  const read = Math.min(input, cached)
  const kept = Math.min(input - read, written)
  return { cached: read, written: kept, fresh: input - read - kept }
}

const pricesFor = ({ prices, long }: Model, input: number): Prices =>
  long && input > long.above ? long.prices : prices

/** Price of one response in millionths of a US dollar, a whole number; list prices, no batch or tier. */
export function costOf(usage: Billed, model: Model): number {
  const { cached, written, fresh } = splitInput(usage)
  const prices = pricesFor(model, usage.input)
  const sum =
    fresh * prices.input +
    cached * prices.cached +
    written * prices.written +
    usage.output * prices.output
  return Math.round(sum / 1_000_000)
}

/** Input in billed-equivalent tokens: how many uncached ones would cost the same. */
export function billedInput(usage: Omit<Billed, 'output'>, model: Model): number {
  const { cached, written, fresh } = splitInput(usage)
  const prices = pricesFor(model, usage.input)
  return fresh + (cached * prices.cached + written * prices.written) / prices.input
}
