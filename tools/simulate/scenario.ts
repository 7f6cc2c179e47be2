import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import * as z from 'zod/mini'
import { findModel, type Model } from '../../shared/models-table.ts'
import { schemaProblem } from '../../shared/schema-problem.ts'

const count = z.number().check(z.int(), z.gte(0))
const share = z.number().check(z.gte(0), z.lte(1))

/** What is simulated. Sizes in tokens, times in seconds unless the name says otherwise. */
export const Scenario = z.strictObject({
  seed: count,
  /** Users of one org, each with so many conversations, all begun within `hours`. */
  users: z.number().check(z.int(), z.gte(1)),
  hours: z.number().check(z.gt(0)),
  conversations: z.number().check(z.int(), z.gte(1)),
  /** Turns of a conversation: equally likely from `turns - turnsSpread` to `turns + turnsSpread`. */
  turns: z.number().check(z.int(), z.gte(1)),
  turnsSpread: count,
  /** Mean size of a message and of an answer. */
  words: count,
  reply: count,
  /** Median seconds between an answer and the next message, and their spread (log-normal). */
  think: z.number().check(z.gt(0)),
  thinkSigma: z.number().check(z.gte(0)),
  /** Tools, app text and org policy: the same for all. */
  shared: count,
  /** Stored facts of a user, drawn from the labelled development set. */
  facts: z.number().check(z.int(), z.gte(1), z.lte(63)),
  /** The full profile of the naive ways, and the share of turns since which its bytes have changed. */
  profile: count,
  profileChurn: share,
  /** What retrieval puts into the system prompt on every turn: five passages together. */
  retrieved: count,
  /** Share of turns that need facts of their user, the same for a first message and for a follow-up's root. */
  need: share,
  /** Share of later turns that follow up on the one before and inherit its need. */
  followUps: share,
  /** Facts that help a turn in need: equally likely from 1 to this. */
  factsAtMost: z.number().check(z.int(), z.gte(1), z.lte(5)),
  /** Share of turns in need that want the style line as well; share of all others that want it alone. */
  styleInNeed: share,
  styleAlone: share,
  /** The gate: share of the needy turns that it finds, share of the others to which it attaches facts. */
  recall: share,
  falseRate: share,
  /** Cohorts and size of their templates, for the row with cohorts on. */
  cohorts: z.number().check(z.int(), z.gte(1)),
  cohortTemplate: count,
  /** Share of requests that reach a server which holds their prefix. */
  found: share,
  implicitModel: z.string(),
  breakpointsModel: z.string(),
})
export type Scenario = z.infer<typeof Scenario>

export const standardFile = fileURLToPath(new URL('scenario.json', import.meta.url))

/** Reads a scenario; `changes` are `name=value`. Throws with the field where something does not fit. */
export function readScenario(file: string, changes: readonly string[] = []): Scenario {
  const raw: Record<string, unknown> = JSON.parse(readFileSync(file, 'utf8'))
  for (const change of changes) {
    const [name = '', value = ''] = change.split('=')
    if (!Object.hasOwn(raw, name))
      throw new Error(`There is no parameter "${name}" in the scenario.`)
    raw[name] = typeof raw[name] === 'number' && value.trim() !== '' ? Number(value) : value
  }
  const scenario = Scenario.safeParse(raw)
  if (scenario.success) return scenario.data
  const found = schemaProblem(scenario.error.issues)
  const { field = '', expected = '' } = found.ok ? {} : found.problem
  throw new Error(`${file}: ${field}: expected ${expected}`)
}

export type Models = { implicit: Model; breakpoints: Model }

/** Throws for names that the table does not hold, or that keep prompts the other way. */
export const modelsOf = ({ implicitModel, breakpointsModel }: Scenario): Models => ({
  implicit: modelOf(implicitModel, 'implicit'),
  breakpoints: modelOf(breakpointsModel, 'breakpoints'),
})

function modelOf(name: string, way: Model['cache']['way']): Model {
  const model = findModel(name)
  if (model?.cache.way !== way) throw new Error(`"${name}" is not a model of the ${way} way.`)
  return model
}
