import type { Counter } from '../../shared/metrics/names.ts'
import type { Model } from '../../shared/models-table.ts'
import { costOf, splitInput } from '../../shared/prices.ts'
import { Slice, Why, type Receipt, type Usage } from '../../shared/schema/receipt.ts'
import type { Series } from './metric-series.ts'

/** What of a receipt is counted: labels and numbers, no words and no facts. */
type CountedReceipt = Pick<
  Receipt,
  | 'why'
  | 'slices'
  | 'version'
  | 'whole'
  | 'tokens'
  | 'tier'
  | 'arm'
  | 'providerMs'
  | 'gateMs'
  | 'personaMs'
>

/** One answer of the provider. `edgeMs`: waiting time before the provider was called. */
export type Answered = {
  org: string
  receipt: CountedReceipt
  usage: Usage
  /** The provider's HTTP status. */
  status: number
  edgeMs: number
  /** With its prices; left out where they are not known. */
  model?: Model | undefined
  cohort?: string | undefined
}

/** What of an answer waits to be counted: nothing else of its receipt does. */
export function waitingOf({
  org,
  receipt,
  usage,
  status,
  edgeMs,
  model,
  cohort,
}: Answered): Answered {
  const { why, slices, version, whole, tokens, tier, arm } = receipt
  const { providerMs, gateMs, personaMs } = receipt
  return {
    org,
    receipt: { why, slices, version, whole, tokens, tier, arm, providerMs, gateMs, personaMs },
    usage,
    status,
    edgeMs,
    model,
    cohort,
  }
}

/** Names that are made once: a text that is put together for each request must be hashed for each, too. */
const named = {
  why: prefixed('why', Why.options),
  slice: prefixed('slice', Slice.options),
}

function prefixed<P extends string, N extends string>(prefix: P, names: readonly N[]) {
  const pairs = names.map((name) => [name, `${prefix}:${name}`] as const)
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- one entry for each name
  return Object.fromEntries(pairs) as { [K in N]: `${P}:${K}` }
}

/** Adds an answer to the numbers of its series. */
export function countAnswer(
  series: Series,
  { receipt, usage, status, edgeMs, model }: Answered,
): void {
  series.count('requests')
  series.count(named.why[receipt.why])
  for (const slice of receipt.slices) series.count(named.slice[slice])
  const known = receipt.version !== undefined || receipt.whole > 0
  if (known) series.count('whole_known')
  series.count('tokens:block', receipt.tokens)
  series.count('tokens:whole', receipt.whole)
  series.spread('edge', edgeMs)
  series.spread('provider', receipt.providerMs)
  series.spread('gate', receipt.gateMs)
  if (receipt.personaMs > 0) series.spread('persona', receipt.personaMs)
  if (receipt.tokens > 0) series.spread('block', receipt.tokens)
  const failure = failureOf(status)
  if (failure) return series.count(failure)

  const { fresh, cached, written } = splitInput(usage)
  series.count('tokens:fresh', fresh)
  series.count('tokens:cached', cached)
  series.count('tokens:written', written)
  series.count('tokens:output', usage.output)
  if (usage.estimated) series.count('estimated')
  if (!model) return series.count('unpriced')
  series.count('cost', usage.cost ?? costOf(usage, model))
  const partOf = (input: number) => costOf({ input, output: 0 }, model, usage.input)
  series.count('cost:block', partOf(receipt.tokens))
  series.count('cost:whole', partOf(receipt.whole))
}

function failureOf(status: number): Counter | undefined {
  if (status < 400) return undefined
  return status < 500 ? 'error:provider_4xx' : 'error:provider_5xx'
}
