import type { Prompt } from '../../shared/dialect/port.ts'
import { folded } from '../../shared/dialect/read.ts'
import { eachMember, rootSpan } from '../../shared/json-spans.ts'
import { walkValue, type Visit } from '../../shared/json-walk.ts'
import { fail, ok, type Result } from '../../shared/problem.ts'

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
export function readOneWay(raw: string): Result<undefined> {
  const seen = new Set<string>()
  let odd: string | undefined
  eachMember(raw, rootSpan(raw), ({ name }) => {
    const plain = folded(name)
    if (!meaningful.has(plain)) return
    if (name !== plain || seen.has(plain)) odd ??= plain
    seen.add(plain)
  })
  return odd === undefined
    ? ok(undefined)
    : fail('bad_request', { field: odd, expected: 'this name once, in small letters' })
}

/** At the root: what was said, and notes of the app. A model that is named there is a topic. */
const words = new Set([
  'messages',
  'input',
  'prompt',
  'system',
  'instructions',
  'metadata',
  'prediction',
])
/** Forms that tools and answers have, examples of them, and headers for other servers. */
const forms = new Set([
  'parameters',
  'input_schema',
  'input_examples',
  'schema',
  'guided_json',
  'headers',
])
const choosesModel = (name: string) => /model|fallback|deployment|^engine$/.test(name)

type Place = { isRoot: boolean; chooses: boolean }

/**
 * Whether a request names a model, and none outside the list. Providers and gateways take further models
 * as lists (`models`, OpenRouter), as what comes next (`fallbacks` and their like, LiteLLM), in options
 * (`providerOptions.gateway.models`, Vercel) and in tools (Anthropic, OpenAI): wherever a name speaks of a
 * model, a fallback or a deployment, all text under it must be on the list.
 */
export function asksOnlyFor(
  allowed: readonly string[],
  { raw, model }: Pick<Prompt, 'raw' | 'model'>,
): boolean {
  let fits = model !== undefined
  const visit: Visit<Place> = {
    member(written, { isRoot, chooses }) {
      const name = folded(written)
      if (!chooses && (forms.has(name) || (isRoot && words.has(name)))) return undefined
      return { isRoot: false, chooses: chooses || choosesModel(name) }
    },
    string({ start, end }, { chooses }) {
      fits &&= !chooses || allowed.includes(String(JSON.parse(raw.slice(start, end))))
    },
    tooDeep() {
      fits = false
    },
  }
  walkValue(raw, { start: rootSpan(raw).start, place: { isRoot: true, chooses: false } }, visit)
  return fits
}
