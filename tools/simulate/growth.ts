import { drawCharts, type Chart, type Panel, type Series } from './line-chart.ts'
import { outcomeOf, type Way } from './report.ts'
import { simulate, type Outcome } from './run.ts'
import type { Scenario } from './scenario.ts'
import { quarter } from './sweep.ts'

/** How the cost of one request grows with one thing, for some policies under both ways of caching. */
export type Growth = { file: string; svg: string; csv: string }

const names = ['naive', 'retrieval', 'fixed', 'edgewise', 'none']
const ways: readonly Way[] = ['implicit', 'breakpoints']
const wayTitles = { implicit: 'Implicit, steps of 128 tokens', breakpoints: 'Written breakpoints' }

type Point = { x: number; outcomes: readonly Outcome[]; turn?: number }
type Axis = Pick<Chart, 'title' | 'xLabel' | 'xLog'> & { file: string; column: string }

/** Growth over turns, users and size of the persona. */
export function measureGrowth(
  scenario: Scenario,
  progress: (done: number, all: number) => void,
): Growth[] {
  const base = quarter(scenario)
  const turns = 24
  const users = [1, 3, 10, 30, 100, 300]
  const sizes = [250, 500, 1000, 2000, 4000]
  const all = 1 + users.length + sizes.length
  let done = 0
  const play = (change: Partial<Scenario>): Outcome[] => {
    progress(done++, all)
    return simulate({ ...base, ...change }, { only: names })
  }
  const long = play({ users: 150, turns, turnsSpread: 0 })
  const overTurns = Array.from({ length: turns }, (_, i) => ({
    x: i + 1,
    outcomes: long,
    turn: i + 1,
  }))
  const overUsers = users.map((x) => ({ x, outcomes: play({ users: x }) }))
  // A profile of 4,000 tokens is what 63 facts and a long log come to; a self-model ends there.
  const overSizes = sizes.map((x) => ({
    x,
    outcomes: play({ profile: x, facts: Math.min(63, Math.round(x / 32)) }),
  }))
  progress(all, all)
  return [
    render(overTurns, {
      file: 'turns',
      column: 'turn',
      title: 'Cost of a request by its turn in the conversation',
      xLabel: 'turn of the conversation',
      xLog: false,
    }),
    render(overUsers, {
      file: 'users',
      column: 'users',
      title: 'Cost of a request by number of users in an hour',
      xLabel: 'users of the org in one hour (log)',
      xLog: true,
    }),
    render(overSizes, {
      file: 'persona',
      column: 'profile_tokens',
      title: 'Cost of a request by size of what is known of a user',
      xLabel: 'tokens of the full profile (log)',
      xLog: true,
    }),
  ]
}

function render(points: readonly Point[], { file, column, ...chart }: Axis): Growth {
  const panels = ways.map((way): Panel => ({
    title: wayTitles[way],
    series: names.map((name): Series => ({
      name: outcomeOf(points[0]?.outcomes ?? [], name).policy.label,
      points: points.map((point) => ({ x: point.x, y: costOf(point, name, way) })),
    })),
  }))
  const head = [column, ...ways.flatMap((way) => names.map((name) => `${name}_${way}`))]
  const rows = points.map((point) => [
    point.x,
    ...ways.flatMap((way) => names.map((name) => costOf(point, name, way).toFixed(1))),
  ])
  return {
    file,
    svg: drawCharts({ ...chart, yLabel: 'billed-equivalent input tokens (log)', panels }),
    csv: [head, ...rows].map((cells) => `${cells.join(',')}\n`).join(''),
  }
}

function costOf({ outcomes, turn }: Point, name: string, way: Way): number {
  const { [way]: bill, requests } = outcomeOf(outcomes, name)
  if (turn === undefined) return bill.billed / requests
  const at = bill.byTurn[turn]
  return at ? at.billed / at.requests : 0
}
