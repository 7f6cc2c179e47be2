import { isObject } from '../../shared/is-object.ts'
import type { Model } from '../../shared/models-table.ts'
import { costOf } from '../../shared/prices.ts'
import type { Usage } from '../../shared/schema/receipt.ts'

export type Counts = Record<string, unknown>
const number = (value: unknown): number | undefined =>
  typeof value === 'number' && Number.isFinite(value) && value >= 0 ? value : undefined

/**
 * Usage from a provider's own object of it; `undefined` where that states none. OpenAI's `prompt_tokens`
 * and `input_tokens` hold what was cached; Anthropic's `input_tokens` do not, and `cache_creation` says how
 * much was written for an hour.
 */
export function readUsage(counts: unknown): Usage | undefined {
  if (!isObject(counts)) return undefined
  const sent = number(counts['prompt_tokens']) ?? number(counts['input_tokens'])
  const output = number(counts['completion_tokens']) ?? number(counts['output_tokens'])
  if (sent === undefined || output === undefined) return undefined
  const details = counts['prompt_tokens_details'] ?? counts['input_tokens_details']
  const within = isObject(details) ? details : {}
  const beside = {
    cached: number(counts['cache_read_input_tokens']),
    written: number(counts['cache_creation_input_tokens']),
  }
  const creation = counts['cache_creation']
  const hour = isObject(creation) ? number(creation['ephemeral_1h_input_tokens']) : undefined
  const cached = beside.cached ?? number(within['cached_tokens'])
  const written = beside.written ?? number(within['cache_write_tokens'])
  return {
    input: sent + (beside.cached ?? 0) + (beside.written ?? 0),
    output,
    estimated: false,
    ...(cached === undefined ? {} : { cached }),
    ...(written === undefined ? {} : { written }),
    ...(hour ? { hour } : {}),
  }
}

/** With what it costs, where the model's price is known. */
export const priced = (usage: Usage, model: Model | undefined): Usage =>
  model ? { ...usage, cost: costOf(usage, model) } : usage

/** The usage that a whole answer states, parsed only if it can hold one. */
export function usageInJson(text: string): Usage | undefined {
  if (!text.includes('"usage"')) return undefined
  try {
    const body: unknown = JSON.parse(text)
    return isObject(body) ? readUsage(body['usage']) : undefined
  } catch {
    return undefined
  }
}

/** The first or the last object of usage in a stretch of a stream, which may be cut anywhere. */
export function countsIn(text: string, which: 'first' | 'last'): Counts | undefined {
  const next = (at: number) =>
    which === 'first'
      ? text.indexOf('"usage"', at + 1)
      : at > 0
        ? text.lastIndexOf('"usage"', at - 1)
        : -1
  // Inside a string the closing quote would be escaped: this is a name.
  for (let at = next(which === 'first' ? -1 : text.length); at >= 0; at = next(at)) {
    const counts = objectAfter(text, at + '"usage"'.length)
    if (counts) return counts
  }
  return undefined
}

function objectAfter(text: string, at: number): Counts | undefined {
  const start = /^\s*:\s*(?=\{)/.exec(text.slice(at, at + 20))?.[0].length
  if (start === undefined) return undefined
  let depth = 0
  for (let i = at + start; i < text.length && text[i] !== '\n'; i++) {
    if (text[i] === '{') depth++
    else if (text[i] === '}' && --depth === 0) return parse(text.slice(at + start, i + 1))
  }
  return undefined
}

function parse(text: string): Counts | undefined {
  try {
    const value: unknown = JSON.parse(text)
    return isObject(value) ? value : undefined
  } catch {
    return undefined
  }
}
