import * as z from 'zod/mini'
import type { DecideOptions } from '../shared/gate/decide.ts'
import type { GateFact, GateInput } from '../shared/gate/port.ts'
import { fail, ok, type Result } from '../shared/problem.ts'
import { Category } from '../shared/schema/fact.ts'
import type { LoadedGate } from './load-gate.ts'

const Fact = z.looseObject({
  id: z.string(),
  category: z.optional(z.nullable(z.string())),
  text: z.string(),
  vital: z.optional(z.boolean()),
})
const Line = z.looseObject({
  id: z.union([z.string(), z.number()]),
  query: z.string(),
  history: z.optional(
    z.array(z.looseObject({ role: z.string(), content: z.nullable(z.string()) })),
  ),
  notes: z.optional(z.array(z.string())),
  facts: z.optional(z.array(Fact)),
})
type Line = z.infer<typeof Line>

/** What one line of input is answered with; see `npm run -s gate -- --help`. */
export type Answer = Record<string, unknown>

export type AnswerOptions = { gate: LoadedGate; decide: DecideOptions; explain: boolean }

/** Answers one line; a bad one with `{id?, error}`. Never rejects for any line. */
export async function answerLine(text: string, options: AnswerOptions): Promise<Answer> {
  const parsed = parseLine(text)
  if (!parsed.ok) {
    const { code, field, expected } = parsed.problem
    return { ...readId(text), error: { code, field, expected } }
  }
  const { id } = parsed.value
  const start = performance.now()
  const { decision, stakes, verdicts } = await options.gate.examine(
    inputOf(parsed.value),
    options.decide,
  )
  const ms = performance.now() - start
  const { style, session, profile } = decision.scores
  return {
    id,
    style: short(style),
    session: short(session),
    profile: short(profile),
    stakes: Object.fromEntries(Object.entries(stakes).map(([kind, p]) => [kind, short(p)])),
    attach: decision.slices,
    facts: verdicts.map(({ fact, score, attach }) => ({
      id: fact.id,
      score: short(score),
      attach,
    })),
    ms: short(ms),
    ...(options.explain ? explained(decision) : {}),
  }
}

const explained = ({
  reason,
  language,
  inherited,
  thresholds,
  stakes,
  tier,
  mode,
}: DecisionParts) => ({
  why: { reason, language, inherited, stakes, tier, mode, thresholds },
})
type DecisionParts = Awaited<ReturnType<LoadedGate['examine']>>['decision']

/** Six digits: enough to rank by, short enough to read. */
const short = (value: number) => Number(value.toPrecision(6))

export function parseLine(text: string): Result<Line> {
  const value = parseJson(text)
  if (value === undefined)
    return fail('bad_json', { field: 'line', expected: 'one JSON object a line' })
  const parsed = Line.safeParse(value)
  if (parsed.success) return ok(parsed.data)
  const [issue] = parsed.error.issues
  const expected = issue && 'expected' in issue ? String(issue.expected) : 'string or number'
  return fail('bad_request', { field: pathOf(issue?.path ?? []), expected })
}

/** `facts[2].text` */
const pathOf = (path: readonly PropertyKey[]): string =>
  path
    .map((step, i) =>
      typeof step === 'number' ? `[${step}]` : `${i > 0 ? '.' : ''}${String(step)}`,
    )
    .join('')

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

function readId(text: string): { id?: string | number } {
  const parsed = z.looseObject({ id: z.union([z.string(), z.number()]) }).safeParse(parseJson(text))
  return parsed.success ? { id: parsed.data.id } : {}
}

/** A category outside the closed list counts as none. */
function inputOf({ query, history = [], notes = [], facts = [] }: Line): GateInput {
  return {
    query,
    history: history.map(({ role, content }) => ({ role, content: content ?? '' })),
    notes,
    facts: facts.map(({ id, text, category, vital }): GateFact => {
      const known = Category.safeParse(category)
      return {
        id,
        text,
        ...(known.success ? { category: known.data } : {}),
        ...(vital ? { vital } : {}),
      }
    }),
  }
}
