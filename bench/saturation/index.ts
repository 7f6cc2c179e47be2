import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { readArgs } from '../../tools/read-args.ts'
import { Tier } from '../../shared/schema/decision.ts'
import { User } from '../../tools/evaluate/formats.ts'
import { openFiles } from '../../tools/evaluate/files.ts'
import { loadGate, modelsFolder, readBuffer, type LoadedGate } from '../../tools/load-gate.ts'
import { drawCharts } from '../../tools/simulate/line-chart.ts'
import { renderTable } from '../../tools/simulate/table.ts'
import { createTokenCounter } from '../../worker/tokens/counter.ts'
import { kneeOf, measureCarried, type Case, type Point } from './carried.ts'
import { crowdUsers, lengthen, snapshotOf, type Crowded } from './users.ts'

const help = `How much of what helps does a block of so many tokens carry, where 64 facts are known of a user?

  npm run bench -- saturation [--tier lite|full] [--users 48] [--out docs/simulation]

Facts and labels: data/dev/fact_use, each user filled up to 64 facts with those of others. The block is
put together by the product's own code, without its cap of five facts and without the gate's threshold:
facts go in by their rank for as long as they fit. Three ranks: a perfect one, the gate's (small tier), none.
The others' facts are not labelled for the request and count as not helping, though some would: the
figures of the gate are a lower bound. "Long": each fact drawn out to a length of at most 256 bytes; the
gate reads it as it was stated. Writes saturation.csv and saturation.svg.

The knee is the budget from which 25 tokens more never carry a further hundredth of what helps; the last
line has that of long facts in a perfect rank, and what the gate's rank carries there. No model answers
here: this is what is carried, not what it is good for.
`

const budgets = Array.from({ length: 20 }, (_, i) => 25 * (i + 1))
const SIZE = 64
const SEED = 1
const count = createTokenCounter(readBuffer(join(modelsFolder, 'o200k.bin')))

type Rank = (user: Crowded, query: Crowded['queries'][number]) => Promise<Map<string, number>>

const gateRank =
  (gate: LoadedGate): Rank =>
  async ({ facts }, { text }) => {
    const input = { query: text, history: [], notes: [], facts }
    const options = { mode: 'balanced', maxFacts: SIZE, blocked: [], everyFact: true } as const
    const { verdicts } = await gate.examine(input, options)
    return new Map(facts.map(({ id }, i) => [id, verdicts[i]?.score ?? 0]))
  }
// What is needed and what merely helps count alike here, and above anything else whatever its category.
const perfectRank: Rank = async ({ facts }, { useful }) =>
  new Map(facts.map(({ id }) => [id, useful.has(id) ? 1 : 0.01]))
const noRank: Rank = async ({ facts }) => new Map(facts.map(({ id }) => [id, 0.5]))

async function casesOf(users: readonly Crowded[], rank: Rank, long: boolean): Promise<Case[]> {
  const cases: Case[] = []
  for (const [at, user] of users.entries()) {
    const persona = snapshotOf(long ? lengthen(user.facts, SEED + at) : user.facts, count)
    for (const query of user.queries) {
      cases.push({ persona, scores: await rank(user, query), ...query })
    }
  }
  return cases
}

type Line = { name: string; column: string; points: Point[] }

async function measureAll(users: readonly Crowded[], tier: Tier): Promise<Line[]> {
  const byGate = gateRank(await loadGate(tier))
  const wanted: { name: string; column: string; rank: Rank; long: boolean }[] = [
    { name: 'perfect, long', column: 'perfect_long', rank: perfectRank, long: true },
    { name: 'perfect', column: 'perfect', rank: perfectRank, long: false },
    { name: "gate's, long", column: 'gate_long', rank: byGate, long: true },
    { name: "gate's", column: 'gate', rank: byGate, long: false },
    { name: 'none, long', column: 'none_long', rank: noRank, long: true },
  ]
  const lines: Line[] = []
  for (const { name, column, rank, long } of wanted) {
    const points = measureCarried(await casesOf(users, rank, long), budgets)
    lines.push({ name, column, points })
  }
  return lines
}

const share = (value: number | undefined): string => (value ?? 0).toFixed(2)

function tableOf(lines: readonly Line[]): string {
  const rows = budgets.map((budget, i) => [
    `${budget} tokens`,
    ...lines.flatMap(({ points }) => [share(points[i]?.useful), share(points[i]?.traps)]),
  ])
  return renderTable([['budget', ...lines.flatMap(({ name }) => [name, 'misleading'])], ...rows])
}

function csvOf(lines: readonly Line[]): string {
  const head = lines.flatMap(({ column }) => [
    `${column}_useful`,
    `${column}_misleading`,
    `${column}_tokens`,
  ])
  const rows = budgets.map((budget, i) => [
    budget,
    ...lines.flatMap(({ points }) => {
      const { useful = 0, traps = 0, tokens = 0 } = points[i] ?? {}
      return [useful.toFixed(3), traps.toFixed(3), tokens.toFixed(1)]
    }),
  ])
  return [['budget', ...head], ...rows].map((cells) => `${cells.join(',')}\n`).join('')
}

function chartOf(lines: readonly Line[]): string {
  const series = (key: 'useful' | 'traps') =>
    lines.map(({ name, points }) => ({
      name,
      points: points.map((point) => ({ x: point.budget, y: 100 * point[key] })),
    }))
  return drawCharts({
    title: 'What a block carries of 64 known facts, by rank',
    xLabel: 'budget of the block, tokens',
    yLabel: 'per cent of the labelled facts',
    xLog: false,
    yPercent: true,
    panels: [
      { title: 'Facts that help', series: series('useful') },
      { title: 'Facts that mislead', series: series('traps') },
    ],
  })
}

const { values } = readArgs({
  args: process.argv.slice(3),
  options: {
    users: { type: 'string' },
    tier: { type: 'string', default: 'lite' },
    out: { type: 'string' },
    help: { type: 'boolean', short: 'h' },
  },
})

async function main(): Promise<string> {
  const rows = openFiles(undefined).read('dev/fact_use/users.jsonl', User) ?? []
  const all = crowdUsers(rows, { size: SIZE, seed: SEED })
  const users = all.slice(0, Number(values.users ?? all.length))
  const lines = await measureAll(users, Tier.parse(values.tier))
  // The committed plot is of all users and the small tier: others go where they are told to.
  const standard = fileURLToPath(new URL('../../docs/simulation', import.meta.url))
  const out =
    values.out ?? (values.users === undefined && values.tier === 'lite' ? standard : undefined)
  if (out !== undefined) {
    writeFileSync(join(out, 'saturation.csv'), csvOf(lines))
    writeFileSync(join(out, 'saturation.svg'), chartOf(lines))
  }
  const knees = lines.map(({ name, points }) => {
    const knee = kneeOf(points)
    return knee
      ? `${name}: knee at ${knee.budget} tokens, ${share(knee.useful)}`
      : `${name}: no knee up to 500 tokens`
  })
  const [perfect, , gate] = lines
  const knee = kneeOf(perfect?.points ?? [])
  const atKnee = gate?.points.find(({ budget }) => budget === knee?.budget)
  const requests = users.reduce((sum, { queries }) => sum + queries.length, 0)
  return `${users.length} users of ${SIZE} facts, ${requests} requests that facts help; shares carried of
what helps and of what misleads, by rank and length of the facts

${tableOf(lines)}

${knees.join('\n')}
saturation knee ${knee?.budget ?? 'none'} tokens carries ${share(knee?.useful)} | by the gate's rank ${share(atKnee?.useful)}
`
}

process.stdout.write(values.help ? help : await main())
