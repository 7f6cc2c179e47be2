import { readArgs } from '../../tools/read-args.ts'
import { outcomeOf, type Way } from '../../tools/simulate/report.ts'
import { simulate } from '../../tools/simulate/run.ts'
import { readScenario, standardFile } from '../../tools/simulate/scenario.ts'
import { renderTable } from '../../tools/simulate/table.ts'

const help = `Share of the input that providers read from their prompt caches, for one trace in three layouts: the full profile
first, a 200-token summary after the static part, and Edgewise. Both kinds of cache, with minimum and life.

  npm run bench -- prefix-cache

Reported elsewhere: 23% before and 71% after the reordering with a summary.
`

const { values } = readArgs({
  args: process.argv.slice(3),
  options: { help: { type: 'boolean', short: 'h' } },
})

const layouts = ['naive', 'fixed', 'edgewise']

function main(): string {
  // How often the bytes of the full profile change decides what its layout can read.
  const churns = [1, 0.2, 0]
  const rows = churns.flatMap((profileChurn) => {
    const scenario = { ...readScenario(standardFile), users: 200, hours: 2, profileChurn }
    const outcomes = simulate(scenario, { only: layouts })
    const share = (name: string, way: Way) => {
      const { cached, input } = outcomeOf(outcomes, name)[way]
      return `${((100 * cached) / input).toFixed(0)}%`
    }
    return (['implicit', 'breakpoints'] as const).map((way) => [
      `${way}, profile changes on ${100 * profileChurn}% of the turns`,
      ...layouts.map((name) => share(name, way)),
    ])
  })
  const head = ['read from the cache', 'profile first', 'summary after static', 'Edgewise']
  const reported = ['reported elsewhere', '23%', '71%', '']
  return `${renderTable([head, ...rows, reported])}\n`
}

process.stdout.write(values.help ? help : main())
