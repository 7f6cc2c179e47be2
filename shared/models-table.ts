/**
 * Millionths of a US dollar for a million tokens: 2_500_000 is $2.50. Integers, so that sums are exact.
 * `hour`: written to be kept for an hour; `written`: for the provider's usual time.
 */
export type Prices = {
  input: number
  cached: number
  written: number
  hour: number
  output: number
}

/**
 * How a model's provider keeps prompts. `minimum`: tokens below which nothing is kept; `ttl`: seconds
 * after the last use for which a prefix can be relied on; `key`: `prompt_cache_key` helps to find it.
 */
export type Cache =
  | { way: 'none' }
  /** Every prefix is kept without being asked, in steps of `step` tokens; writing costs nothing extra. */
  | { way: 'implicit'; minimum: number; step: number; ttl: number; key: boolean }
  /**
   * Kept where a marker stands: at most `most` of them in one request. A marker also finds prefixes that
   * ended up to `lookback` content blocks before it; with 0 only its own place.
   */
  | {
      way: 'breakpoints'
      minimum: number
      ttl: number
      most: number
      lookback: number
      field: 'cache_control' | 'prompt_cache_breakpoint'
      key: boolean
    }

export type Model = {
  /** Names without provider prefix and date. */
  names: readonly string[]
  /** Context window in tokens; where it is not known for sure, one that is certainly there. */
  window: number
  prices: Prices
  /** Prices of a whole request whose input is longer than this. */
  long?: { above: number; prices: Prices }
  cache: Cache
}

/** Day on which the table was last compared with its sources. */
export const modelsDate = '2026-11-26'

const micro = (price: number) => Math.round(price * 1_000_000)

/** Writing costs a quarter more than fresh input where markers are set, and nothing extra elsewhere. */
const WRITE = 1.25
/** Anthropic's price of writing for an hour, in times of fresh input. */
const WRITE_HOUR = 2

/** Dollars for a million tokens: [input, cached, output]. */
type Listed = [number, number, number]
const pricesOf = ([input, cached, output]: Listed, written = input, hour = written): Prices => ({
  input: micro(input),
  cached: micro(cached),
  written: micro(written),
  hour: micro(hour),
  output: micro(output),
})
const claudePrices = (listed: Listed): Prices =>
  pricesOf(listed, listed[0] * WRITE, listed[0] * WRITE_HOUR)

/* In memory for 5 to 10 idle minutes, longer where there is room: the shortest counts. */
const steps: Cache = { way: 'implicit', minimum: 1024, step: 128, ttl: 300, key: true }
const openaiMarked: Cache = {
  way: 'breakpoints',
  minimum: 1024,
  ttl: 1800,
  most: 4,
  lookback: 0,
  field: 'prompt_cache_breakpoint',
  key: true,
}
const claudeMarked = (minimum: number): Cache => ({
  way: 'breakpoints',
  minimum,
  ttl: 300,
  most: 4,
  lookback: 20,
  field: 'cache_control',
  key: false,
})

type Entry = Omit<Model, 'names'>
const gpt = (window: number, listed: Listed): Entry => ({
  window,
  prices: pricesOf(listed),
  cache: steps,
})
const marked = (listed: Listed): Entry => ({
  window: 272_000,
  prices: pricesOf(listed, listed[0] * WRITE),
  cache: openaiMarked,
})
/** Written for five minutes where the request does not ask for an hour. */
const claude = (minimum: number, listed: Listed, window = 1_000_000): Entry => ({
  window,
  prices: claudePrices(listed),
  cache: claudeMarked(minimum),
})

/**
 * List prices (standard tier) and caching of the models that are usual behind Edgewise. Sources:
 * developers.openai.com/api/docs/pricing and /guides/prompt-caching, platform.claude.com/docs (pricing,
 * prompt-caching, models), public price logs of October and November 2026. Not confirmed: the minimum of the Claude 5.5 and 5.1 models (1,024 is assumed; 512 holds
 * for Opus 5), and OpenAI's tariff for inputs above 272,000 tokens, which is left out.
 */
export const models: readonly Model[] = [
  { names: ['gpt-6-astra'], ...marked([10, 1, 50]) },
  { names: ['gpt-6-sol'], ...marked([2, 0.2, 10]) },
  { names: ['gpt-6-luna'], ...marked([0.1, 0.01, 0.5]) },
  { names: ['gpt-5.6', 'gpt-5.6-sol'], ...marked([4, 0.4, 20]) },
  { names: ['gpt-5.6-terra'], ...marked([2, 0.2, 12]) },
  { names: ['gpt-5.6-luna'], ...marked([0.2, 0.02, 1.2]) },
  { names: ['gpt-5.5'], ...gpt(272_000, [5, 0.5, 30]) },
  { names: ['gpt-5.4'], ...gpt(272_000, [2.5, 0.25, 15]) },
  { names: ['gpt-5.4-mini'], ...gpt(272_000, [0.75, 0.075, 4.5]) },
  { names: ['gpt-5', 'gpt-5.1'], ...gpt(400_000, [1.25, 0.125, 10]) },
  { names: ['gpt-5-mini'], ...gpt(400_000, [0.25, 0.025, 2]) },
  { names: ['gpt-5-nano'], ...gpt(400_000, [0.05, 0.005, 0.4]) },
  { names: ['gpt-4.1'], ...gpt(1_047_576, [2, 0.5, 8]) },
  { names: ['gpt-4.1-mini'], ...gpt(1_047_576, [0.4, 0.1, 1.6]) },
  { names: ['gpt-4.1-nano'], ...gpt(1_047_576, [0.1, 0.025, 0.4]) },
  { names: ['gpt-4o'], ...gpt(128_000, [2.5, 1.25, 10]) },
  { names: ['gpt-4o-2024-05-13'], ...gpt(128_000, [5, 5, 15]), cache: { way: 'none' } },
  { names: ['gpt-4o-mini'], ...gpt(128_000, [0.15, 0.075, 0.6]) },
  { names: ['claude-fable-5-1'], ...claude(1024, [10, 0.25, 50]) },
  { names: ['claude-fable-5'], ...claude(512, [10, 1, 50]) },
  { names: ['claude-opus-5-5'], ...claude(1024, [4, 0.2, 20]) },
  { names: ['claude-opus-5'], ...claude(512, [5, 0.5, 25]) },
  { names: ['claude-opus-4-8'], ...claude(1024, [5, 0.5, 25]) },
  { names: ['claude-opus-4-7'], ...claude(2048, [5, 0.5, 25]) },
  { names: ['claude-opus-4-6', 'claude-opus-4-5'], ...claude(4096, [5, 0.5, 25], 200_000) },
  { names: ['claude-sonnet-5-5'], ...claude(1024, [2, 0.1, 10]) },
  { names: ['claude-sonnet-5'], ...claude(1024, [2, 0.2, 10]) },
  {
    names: ['claude-sonnet-4-6', 'claude-sonnet-4-5'],
    ...claude(1024, [3, 0.3, 15], 200_000),
  },
  {
    names: ['claude-haiku-5-5'],
    ...claude(1024, [0.1, 0.01, 0.5]),
    long: { above: 100_000, prices: claudePrices([0.5, 0.05, 2.5]) },
  },
  { names: ['claude-haiku-4-5'], ...claude(4096, [1, 0.1, 5], 200_000) },
]

const byName: ReadonlyMap<string, Model> = new Map(
  models.flatMap((model) => model.names.map((name) => [name, model] as const)),
)

/**
 * The entry of a model by the name in a request: provider prefix (`openai/`), case and date suffix do not
 * matter. Unknown names and unknown variants have none: no price is better than a wrong one.
 */
export function findModel(name: string): Model | undefined {
  const dated = name.slice(name.lastIndexOf('/') + 1).toLowerCase()
  return byName.get(dated) ?? byName.get(dated.replace(suffix, ''))
}

const suffix = /(-latest|[-@](\d{8}|\d{4}-\d{2}-\d{2}))$/
