import { findModel } from '../../shared/models-table.ts'
import { outcomeOf } from './report.ts'
import type { Outcome } from './run.ts'
import type { Scenario } from './scenario.ts'
import { dollars, renderTable, whole } from './table.ts'

export type Traffic = { dau: number; requests: number; tokens: number }

/** Dollars for a million input tokens that stand for a cheap and a good model. */
const PRICES = [0.15, 3]

/**
 * What a profile on every request comes to in a day, then the same traffic gated and with the prompt
 * cache, in tokens and money. `outcomes` come from a run whose profile has `tokens` tokens.
 */
export function renderArithmetic(
  { dau, requests, tokens }: Traffic,
  outcomes: readonly Outcome[],
  scenario: Scenario,
): string {
  const daily = dau * requests
  const naive = daily * tokens
  const edgewise = outcomeOf(outcomes, 'edgewise')
  const perDay = (name: string) => {
    const { implicit, requests: played } = outcomeOf(outcomes, name)
    return (daily * implicit.billed) / played
  }
  const gated = (daily * edgewise.personal) / edgewise.requests
  const row = (label: string, amount: number) => [
    label,
    whole(amount),
    ...PRICES.map((price) => dollars((amount * price) / 1_000_000)),
  ]
  const head = ['', 'tokens a day', ...PRICES.map((price) => `at $${price.toFixed(2)}/M a day`)]
  const table = renderTable([
    head,
    row('the profile alone, on every request', naive),
    row('the same traffic gated: blocks alone', gated),
    row('whole input, profile first', perDay('naive')),
    row('whole input, gated and with cache', perDay('edgewise')),
    row('whole input, no personalization', perDay('none')),
  ])
  const model = findModel(scenario.implicitModel)
  const saved = ((perDay('naive') - perDay('edgewise')) * (model?.prices.input ?? 0)) / 1e12
  return `${whole(dau)} users a day x ${whole(requests)} requests x ${whole(tokens)} tokens = ${whole(naive)} tokens a day (${exponent(naive)})

${table}

Whole input: what all share (${whole(scenario.shared)} tokens), the conversation and the personal part, in billed-equivalent
tokens (cached ones count by their price). At the price of ${scenario.implicitModel} the difference is ${dollars(saved)} a day.`
}

/** 1e9 for 1,000,000,000; other numbers with as many digits as they have. */
function exponent(value: number): string {
  const [digits = '', power = '0'] = value.toExponential().split('e+')
  return `${digits}e${power}`
}

/** Sizes, and dollars for a million tokens, at which the cost of a summary on every request is quoted. */
const SIZES = [100, 200]
const QUOTED = [0.1, 0.15, 3]

/** What a summary of 100 to 200 tokens costs on every request, at a cheap and at a good model's price. */
export function renderPrice(outcomes: readonly Outcome[]): string {
  const edgewise = outcomeOf(outcomes, 'edgewise')
  const average = edgewise.personal / edgewise.requests
  const cells = (size: number) =>
    QUOTED.flatMap((price) => [`${((size * price) / 10_000).toFixed(4)} ct`, dollars(size * price)])
  const head = [
    'tokens a request',
    ...QUOTED.flatMap((price) => [`at $${price.toFixed(2)}/M`, '1M requests']),
  ]
  const rows = [
    ...SIZES.map((size) => [String(size), ...cells(size)]),
    [`${average.toFixed(1)} (Edgewise, mean)`, ...cells(average)],
  ]
  const [low = 0, high = 0] = SIZES
  const range = (from: number, to: number) => `$${low * from}-${high * to}`
  return `${renderTable([head, ...rows])}

"0.001 to 0.003 cents a request, $10-30 for a million" holds at $0.10-0.15/M only: ${range(0.1, 0.15)}. At $3/M it is ${range(3, 3)}.`
}
