import type { Prompt } from '../../shared/dialect/port.ts'
import { eachMember, elementSpans, type Span } from '../../shared/json-spans.ts'
import { fail, ok, type Result } from '../../shared/problem.ts'

/** As Go's encoding/json compares names: in any case, with the long s and the Kelvin sign. */
const folded = (name: string) => name.toUpperCase().toLowerCase()

/** Names by which a body says what is asked, and of whom. */
const meaningful = new Set([
  'model',
  'models',
  'messages',
  'input',
  'prompt',
  'system',
  'instructions',
  'n',
  'max_tokens',
  'max_completion_tokens',
  'max_output_tokens',
])

/**
 * Rules hold only for what every server reads alike: of a name that comes twice some take the first and
 * others the last, and those in Go take it in any case. Errors: `bad_request`, with the name.
 */
export function readOneWay(raw: string, root: Span): Result<undefined> {
  const seen = new Set<string>()
  let odd: string | undefined
  eachMember(raw, root, ({ name }) => {
    const plain = folded(name)
    if (!meaningful.has(plain)) return
    if (name !== plain || seen.has(plain)) odd ??= plain
    seen.add(plain)
  })
  return odd === undefined
    ? ok(undefined)
    : fail('bad_request', { field: odd, expected: 'this name once, in small letters' })
}

/** What was said or is to be filled in: a model that is named there is a topic. */
const words = new Set([
  'messages',
  'input',
  'prompt',
  'system',
  'instructions',
  'metadata',
  'prediction',
])
/** Here an object under such a name describes a field of that name. */
const schemas = new Set([
  'tools',
  'functions',
  'response_format',
  'text',
  'output_config',
  'output_format',
])
const choosesModel = (name: string) => /model|fallback/.test(name)
/** No provider's options are nested as deep. */
const DEEPEST = 32

/**
 * Whether a request names a model, and none outside the list. Providers and gateways take further models
 * as lists (`models`, OpenRouter), as what comes next (`fallbacks` and their like, LiteLLM), in options
 * (`providerOptions.gateway.models`, Vercel) and in tools (Anthropic, OpenAI): wherever a name speaks of a
 * model or a fallback, all must be allowed.
 */
export function asksOnlyFor(
  allowed: readonly string[],
  { raw, model }: Prompt,
  root: Span,
): boolean {
  const isAllowed = (span: Span): boolean =>
    leaves(JSON.parse(raw.slice(span.start, span.end))).every(
      (leaf) => leaf === null || (typeof leaf === 'string' && allowed.includes(leaf)),
    )
  const fits = (span: Span, { depth, isSchema }: { depth: number; isSchema: boolean }): boolean => {
    const first = raw[span.start]
    if (first !== '{' && first !== '[') return true
    if (depth > DEEPEST) return false
    const below = { depth: depth + 1, isSchema }
    if (first === '[') return elementSpans(raw, span).every((each) => fits(each, below))
    let all = true
    eachMember(raw, span, (member) => {
      if (!all) return
      const name = folded(member.name)
      if (depth === 0 && words.has(name)) return
      const describes = isSchema && raw[member.start] === '{'
      if (choosesModel(name) && !describes) all = isAllowed(member)
      else
        all = fits(member, {
          depth: depth + 1,
          isSchema: isSchema || (depth === 0 && schemas.has(name)),
        })
    })
    return all
  }
  return model !== undefined && fits(root, { depth: 0, isSchema: false })
}

/** All that stands in a value and is neither list nor object. */
function leaves(value: unknown): unknown[] {
  const found: unknown[] = []
  const open = [value]
  while (open.length > 0) {
    const next = open.pop()
    if (typeof next !== 'object' || next === null) found.push(next)
    else for (const each of Object.values(next)) open.push(each)
  }
  return found
}
