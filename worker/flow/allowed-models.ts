import type { Prompt } from '../../shared/dialect/port.ts'
import { eachMember, rootSpan } from '../../shared/json-spans.ts'

/** Members by which servers of OpenAI's dialect choose a model: `models` (OpenRouter), `fallbacks` (LiteLLM). */
const choosing = new Set(['model', 'models', 'fallbacks'])

/**
 * Whether a request names a model, and none outside the list. Of a name that comes twice some servers take
 * the first and others the last, and those in Go take a name in any case (encoding/json): all must fit.
 */
export function asksOnlyFor(allowed: readonly string[], { raw, model }: Prompt): boolean {
  let fits = model !== undefined
  eachMember(raw, rootSpan(raw), ({ name, start, end }) => {
    if (!choosing.has(name.toLowerCase())) return
    const named: unknown = JSON.parse(raw.slice(start, end))
    const all: unknown[] = Array.isArray(named) ? named : [named]
    fits &&= all.every((one) => typeof one === 'string' && allowed.includes(one))
  })
  return fits
}
