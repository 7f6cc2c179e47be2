import type { Usage } from '../../shared/schema/receipt.ts'

type Counts = Record<string, unknown>
const isObject = (value: unknown): value is Counts => typeof value === 'object' && value !== null
const number = (value: unknown): number | undefined =>
  typeof value === 'number' && Number.isFinite(value) && value >= 0 ? value : undefined

/** The usage that a body or a stream's event states; `undefined` where it states none. */
export function readUsage(body: unknown): Usage | undefined {
  const usage = isObject(body) ? body['usage'] : undefined
  if (!isObject(usage)) return undefined
  const [input, output] = [number(usage['prompt_tokens']), number(usage['completion_tokens'])]
  if (input === undefined || output === undefined) return undefined
  const details = isObject(usage['prompt_tokens_details']) ? usage['prompt_tokens_details'] : {}
  const cached = number(details['cached_tokens'])
  const written = number(details['cache_write_tokens'])
  return {
    input,
    output,
    estimated: false,
    ...(cached === undefined ? {} : { cached }),
    ...(written === undefined ? {} : { written }),
  }
}

/** The same of a JSON text, parsed only if it can hold one. */
export function usageInJson(text: string): Usage | undefined {
  if (!text.includes('"usage"')) return undefined
  try {
    return readUsage(JSON.parse(text))
  } catch {
    return undefined
  }
}

/** The last usage that the events in this end of a stream state. */
export function usageInEvents(text: string): Usage | undefined {
  let at = text.lastIndexOf('"usage"')
  while (at >= 0) {
    const start = text.lastIndexOf('\n', at) + 1
    const end = text.indexOf('\n', at)
    const line = text.slice(start, end < 0 ? text.length : end)
    const usage = line.startsWith('data:') ? usageInJson(line.slice('data:'.length)) : undefined
    if (usage) return usage
    at = start > 0 ? text.lastIndexOf('"usage"', start - 1) : -1
  }
  return undefined
}
