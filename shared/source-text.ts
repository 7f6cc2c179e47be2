import { fail, ok, type Result } from './problem.ts'
import type { Category } from './schema/fact.ts'
import type { ContextSource, PriorityName, SourceField } from './schema/source.ts'
import { oneLine } from './normalise.ts'
import { estimateTokens, utf8Bytes } from './tokens.ts'

/** What a source has to tell, as one line; `short`: its most important field alone. */
export type SourceText = {
  text: string
  short?: string
  priority: PriorityName
  categories: readonly Category[]
}

/** Longest text of one field, bytes; a longer one is left out, not cut. */
const FIELD_BYTES = 256

/**
 * The answer of a source as a line of the block: the fields of its schema, in their order, while they fit
 * its tokens. A field of another type, or one that is too long, is left out; what the schema does not name
 * is never read. `undefined` where nothing is left. Errors: `bad_request` where it is no object.
 */
export function readSource(
  { name, schema, maxTokens, categories, priority = 'org' }: ContextSource,
  answer: unknown,
): Result<SourceText | undefined> {
  if (typeof answer !== 'object' || answer === null || Array.isArray(answer)) {
    return fail('bad_request', { field: name, expected: 'a JSON object' })
  }
  const values = new Map(Object.entries(answer))
  const told: string[] = []
  for (const field of schema) {
    const value = words(field, values.get(field.name))
    if (value === undefined) continue
    const next = [...told, `${field.label ?? field.name} ${value}`]
    if (estimateTokens(lineOf(name, next)) <= maxTokens) told.push(next.at(-1) ?? '')
  }
  if (told.length === 0) return ok(undefined)
  const short = told.length > 1 ? { short: lineOf(name, told.slice(0, 1)) } : {}
  return ok({ text: lineOf(name, told), ...short, priority, categories })
}

const lineOf = (name: string, told: readonly string[]): string => `${name}: ${told.join('; ')}`

function words({ type }: SourceField, value: unknown): string | undefined {
  if (typeof value === 'number') {
    return type === 'number' && Number.isFinite(value) ? String(value) : undefined
  }
  if (typeof value === 'boolean') return type === 'boolean' ? (value ? 'yes' : 'no') : undefined
  if (typeof value !== 'string') return undefined
  if (type === 'date') return /^\d{4}-\d{2}-\d{2}$/.test(value) ? value : undefined
  const line = oneLine(value)
  const fits = type === 'text' && line !== '' && utf8Bytes(line) <= FIELD_BYTES
  return fits ? line : undefined
}
