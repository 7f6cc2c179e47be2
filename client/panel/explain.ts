import type { ReceiptEntry } from '../types.ts'
import { Category } from '../../shared/schema/fact.ts'
import { number } from './context.ts'
import { describeRules, readRules } from './rules.ts'
import { fill, type Texts } from './texts.ts'

/** A receipt in plain words. `facts` is what was attached, `details` what only some want to know. */
export type Explanation = { sentence: string; facts: string[]; notes: string[]; details: string[] }

export function explain(
  { receipt, facts, usage = receipt.usage }: ReceiptEntry,
  texts: Texts,
  locale: string,
): Explanation {
  const count = (value: number) => number({ locale }, value)
  const attached = facts.map(({ text, category }) => {
    const known = Category.options.find((option) => option === category)
    const name = known ? texts[`category_${known}`] : category
    return text ?? fill(texts.fact_gone, { category: name })
  })
  const notes = receipt.slices.flatMap((slice) =>
    slice === 'profile' ? [] : [texts[`slice_${slice}`]],
  )
  const details = [
    fill(texts[`detail_decided_${receipt.decidedBy}`], { ms: count(receipt.gateMs ?? 0) }),
    fill(texts.detail_tokens, { tokens: count(receipt.tokens), whole: count(receipt.whole) }),
  ]
  if (receipt.dropped > 0) {
    details.push(fill(texts.detail_dropped, { count: count(receipt.dropped) }))
  }
  if (usage) {
    const text = usage.estimated ? texts.detail_usage_estimated : texts.detail_usage
    details.push(fill(text, { input: count(usage.input), output: count(usage.output) }))
    if (usage.cached) details.push(fill(texts.detail_cached, { cached: count(usage.cached) }))
  }
  details.push(...describeRules(readRules(receipt.rules), texts, locale))
  if (receipt.reason) details.push(receipt.reason)
  if (receipt.stakes !== 'none' && receipt.why === 'attached') notes.push(texts.stakes)
  return { sentence: texts[`why_${receipt.why}`], facts: attached, notes, details }
}

/** Tokens that answers carried, and what the bare words of everything known would have been with each of them. */
export function sumTokens(entries: readonly ReceiptEntry[]): {
  spent: number
  whole: number
  saved: number
} {
  const spent = entries.reduce((sum, { receipt }) => sum + receipt.tokens, 0)
  const whole = entries.reduce((sum, { receipt }) => sum + receipt.whole, 0)
  return { spent, whole, saved: Math.max(0, whole - spent) }
}
