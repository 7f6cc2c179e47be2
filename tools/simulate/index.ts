import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { readArgs } from '../read-args.ts'
import { modelsDate } from '../../shared/models-table.ts'
import { renderArithmetic, renderPrice } from './arithmetic.ts'
import { renderCapacity } from './capacity.ts'
import { measureGrowth } from './growth.ts'
import { lastLine, renderNotes, renderOutcomes } from './report.ts'
import { simulate } from './run.ts'
import { readScenario, standardFile, type Scenario } from './scenario.ts'
import { renderSweep, sweep, sweepCsv } from './sweep.ts'

const help = `What personal context costs: the same conversations through seven ways to personalize, assembled by the
product's own code and billed by both kinds of prompt cache.

  npm run simulate                        all ways side by side, and plots of how the cost grows
  npm run simulate -- --sweep             the main figures for other values of every parameter
  npm run simulate -- --capacity          requests, storage and cost a month for 1e3 to 1e8 daily users
  npm run simulate -- --price             a summary on every request, at cheap and at good models
  npm run simulate -- --dau 100000 --requests 5 --tokens 2000
                                          a profile on every request in tokens and money a day

  --scenario FILE   another scenario (tools/simulate/scenario.json)
  --set name=value  another value for one of its parameters; may be given several times
  --out DIR         where plots and tables go (docs/simulation; with another scenario only if given)
  --no-plots        no plots

The last line of a run is for scripts: edgewise/none implicit R breakpoints R | naive/none R | retrieval/none R
`

const options = {
  sweep: { type: 'boolean' },
  capacity: { type: 'boolean' },
  price: { type: 'boolean' },
  dau: { type: 'string' },
  requests: { type: 'string' },
  tokens: { type: 'string' },
  scenario: { type: 'string' },
  set: { type: 'string', multiple: true },
  out: { type: 'string' },
  plots: { type: 'boolean', default: true },
  help: { type: 'boolean', short: 'h' },
} as const

type Values = ReturnType<typeof parse>['values']
const parse = () => readArgs({ options, allowNegative: true })

function main(): void {
  const { values } = parse()
  if (values.help) return print(help)
  if (values.capacity) return print(`${renderCapacity()}\n`)
  const scenario = readScenario(values.scenario ?? standardFile, values.set)
  if (values.price) return print(`${renderPrice(play(scenario))}\n`)
  if (values.dau ?? values.requests ?? values.tokens)
    return print(`${arithmetic(values, scenario)}\n`)
  const out = outOf(values)
  if (values.sweep) return sweepAll(scenario, out)
  compareAll(scenario, values.plots ? out : undefined)
}

function compareAll(scenario: Scenario, out: string | undefined): void {
  const outcomes = simulate(scenario, { progress: showProgress('playing') })
  const requests = outcomes[0]?.requests ?? 0
  print(`${requests} requests of ${scenario.users} users, ${scenario.shared} shared tokens, ${Math.round(100 * scenario.need)}% of the turns in need.
Input tokens of a request in billed-equivalent tokens; implicit: ${scenario.implicitModel}, breakpoints:
${scenario.breakpointsModel} (prices of ${modelsDate}). "about user": personal tokens a request; "turns": share that carries any.

${renderOutcomes(outcomes)}

${renderNotes(outcomes)}
`)
  if (out) {
    for (const { file, svg, csv } of measureGrowth(scenario, showProgress('plotting'))) {
      save(join(out, `${file}.svg`), svg)
      save(join(out, `${file}.csv`), csv)
    }
    print(`Plots: turns, users and persona (.svg, .csv) in ${out}\n`)
  }
  print(`${lastLine(outcomes)}\n`)
}

function sweepAll(scenario: Scenario, out: string | undefined): void {
  const rows = sweep(scenario, showProgress('sweeping'))
  if (out) save(join(out, 'sweep.csv'), sweepCsv(rows))
  print(
    `Each parameter by itself, all others as in the scenario; figures against no personalization.\n\n`,
  )
  print(`${renderSweep(rows)}\n`)
}

function arithmetic(values: Values, scenario: Scenario): string {
  const traffic = {
    dau: Number(values.dau ?? 100_000),
    requests: Number(values.requests ?? 5),
    tokens: Number(values.tokens ?? scenario.profile),
  }
  if (!Object.values(traffic).every((value) => value > 0)) {
    throw new Error('--dau, --requests and --tokens are numbers above 0.')
  }
  const changed = { ...scenario, profile: Math.round(traffic.tokens) }
  return renderArithmetic(traffic, play(changed), changed)
}

const play = (scenario: Scenario) =>
  simulate(scenario, {
    only: ['none', 'naive', 'edgewise'],
    progress: showProgress('playing'),
  })

/** The committed plots are of the committed scenario: others go where they are told to. */
function outOf({ out, scenario, set }: Values): string | undefined {
  if (out !== undefined) return out
  const isStandard = scenario === undefined && set === undefined
  return isStandard ? fileURLToPath(new URL('../../docs/simulation', import.meta.url)) : undefined
}

function save(file: string, text: string): void {
  mkdirSync(join(file, '..'), { recursive: true })
  writeFileSync(file, text)
}

/** On a terminal only, and gone when it is done. */
function showProgress(what: string): (done: number, all: number) => void {
  return (done, all) => {
    if (!process.stderr.isTTY) return
    const text = done < all ? `${what} ${Math.floor((100 * done) / all)}%` : ''
    process.stderr.write(`\r\u001B[K${text}`)
  }
}

function print(text: string): void {
  process.stdout.write(text)
}

try {
  main()
} catch (cause) {
  const message = cause instanceof Error ? cause.message : String(cause)
  process.stderr.write(`${message}\nnpm run simulate -- --help says more.\n`)
  process.exitCode = 2
}
