import { compose } from '../../shared/compose.ts'
import { resolveSettings } from '../../shared/resolve.ts'
import type { Persona } from '../../shared/schema/persona.ts'

/** One request: the user's snapshot, the order in which their facts are tried, and which of them help. */
export type Case = {
  persona: Persona
  /** 0..1 by the id of each fact. */
  scores: ReadonlyMap<string, number>
  useful: ReadonlySet<string>
  traps: ReadonlySet<string>
}

/** Shares of all useful and all misleading facts that stand in the blocks, and tokens of a block. */
export type Point = { budget: number; useful: number; traps: number; tokens: number }

const settings = resolveSettings({ v: 1, id: 'bench', keys: [] })

/** Composes the block of each request within each budget (tokens), however many facts go into it. */
export function measureCarried(cases: readonly Case[], budgets: readonly number[]): Point[] {
  return budgets.map((budget) => {
    const sum = { useful: 0, allUseful: 0, traps: 0, allTraps: 0, tokens: 0 }
    for (const asked of cases) {
      const { facts, tokens } = composeAll(asked, budget)
      sum.tokens += tokens
      sum.useful += facts.filter(({ id }) => asked.useful.has(id)).length
      sum.traps += facts.filter(({ id }) => asked.traps.has(id)).length
      sum.allUseful += asked.useful.size
      sum.allTraps += asked.traps.size
    }
    return {
      budget,
      useful: sum.useful / Math.max(1, sum.allUseful),
      traps: sum.traps / Math.max(1, sum.allTraps),
      tokens: sum.tokens / Math.max(1, cases.length),
    }
  })
}

function composeAll({ persona, scores }: Case, budget: number) {
  const facts = persona.facts
    .map(({ id }) => id)
    .toSorted((a, b) => (scores.get(b) ?? 0) - (scores.get(a) ?? 0))
  return compose({
    decision: {
      tier: 'lite',
      mode: 'balanced',
      stakes: 'none',
      language: 'en',
      inherited: 0,
      ms: 0,
      slices: { style: false, session: false, profile: true },
      facts,
      weights: facts.map((id) => 100 * (scores.get(id) ?? 0)),
      reason: '',
    },
    persona,
    deviceFacts: [],
    notes: [],
    settings: { ...settings, budget, maxFacts: facts.length },
    history: [],
    // What the request says itself is no question of the budget.
    query: '',
    room: Number.MAX_SAFE_INTEGER,
    exact: true,
  })
}

/** From this point on no step carries `least` (a share) more; undefined where even the last one does. */
export function kneeOf(points: readonly Point[], least = 0.01): Point | undefined {
  const isLate = (at: number) =>
    points.slice(at).every(({ useful }, i) => {
      const next = points[at + i + 1]
      return !next || next.useful - useful < least
    })
  const at = points.findIndex((_, i) => isLate(i))
  return at >= 0 && at < points.length - 1 ? points[at] : undefined
}
