import { fork } from 'node:child_process'
import { readArgs } from '../../tools/read-args.ts'
import { encodeContext } from '../../shared/context-header.ts'
import { fixedBody } from './conversation.ts'
import { median, openSender, receiptOf, send, type Load, type Measured } from './load.ts'
import { startWorkers, type Running } from './start-workers.ts'

export const help = `What Edgewise costs a request, beside a plain streaming proxy Worker and the naive way (full profile read
from KV for each request, put first), all in the same workerd, against a provider without delay.

  npm run bench -- edge [--quick] [--streams 1|16|128] [--all]

Body: 20 turns, 12 kB, streaming. Each figure is the median of 7 ratios, one a run. Within a run the three
take turns of some 25 requests, so that a slow moment of the machine hits all alike. Before them every path
is warmed up, and its receipt must say what the path is about. The platform's rate counters are not bound
here: the simulator answers them through a further Worker, the platform does not. The last line is for the
path with a block, at 1 stream (or as --streams says). At 16 and 128 the processors of this machine are what
the requests wait for, so that the figures are those of the work done, in all three processes. One stream
comes last, when all is compiled as far as it will be: alone (--streams 1) its figures are a little higher.
--all: with an experiment, cohorts and the provider's cache controls on (metrics always are), for a model
whose cache has controls; then the body is never passed on unread.
`

const { values } = readArgs({
  args: process.argv.slice(3),
  options: {
    quick: { type: 'boolean' },
    streams: { type: 'string' },
    all: { type: 'boolean', default: false },
    help: { type: 'boolean', short: 'h' },
  },
})

const cohort = values.all ? { cohort: 'usual-brief-free' as const } : {}
const body = fixedBody(values.all ? 'gpt-5.4' : undefined)

type Path = 'nothing to add' | 'block' | 'edge gate' | 'cold'
const paths: Path[] = ['nothing to add', 'block', 'edge gate', 'cold']

/** `each`: requests in a turn; `turns`: of each of the three, in a run. */
type Setting = { streams: number; each: number; turns: number }

const settings: Setting[] = [
  { streams: 16, each: 160, turns: 6 },
  { streams: 128, each: 320, turns: 3 },
  { streams: 1, each: 25, turns: 24 },
].filter(({ streams }) => !values.streams || Number(values.streams) === streams)

if (settings.length === 0) throw new Error('--streams: 1, 16 or 128')

/** Runs the bench and prints it. Lasts about eight minutes; with `--quick` one run, for a look. */
export async function run(): Promise<void> {
  const runs = values.quick ? 1 : 7
  const provider = fork(new URL('provider.ts', import.meta.url).pathname)
  const port = await new Promise<number>((resolve) => {
    provider.once('message', (message) => resolve(Number(message)))
  })
  let workers: Running | undefined
  try {
    workers = await startWorkers(`http://127.0.0.1:${port}/v1`, values)
    for (const path of paths) await prepare(workers, path)
    let last = ''
    for (const setting of settings) last = await measure(workers, setting, runs)
    process.stdout.write(`\n${last}\n`)
  } finally {
    await workers?.stop()
    provider.disconnect()
  }
}

const expected: Record<Path, string> = {
  'nothing to add': 'why="not_needed"',
  block: 'why="attached"',
  'edge gate': 'decidedby="edge"',
  cold: 'why="attached"',
}

/** So many requests that V8 has compiled what runs once in each, as in a Worker with traffic: that takes some thousands. */
async function prepare(workers: Running, path: Path): Promise<void> {
  const load: Load = { url: workers.edge, body, headers: edgeHeaders(workers, path) }
  const receipt = await receiptOf(load)
  if (!receipt.includes(expected[path])) throw new Error(`${path}: the receipt says ${receipt}`)
  for (const url of [workers.edge, workers.plain, workers.naive]) {
    await send({ ...load, url }, { count: values.quick ? 300 : 3000, streams: 16 })
  }
}

async function measure(workers: Running, setting: Setting, runs: number): Promise<string> {
  const { streams, each, turns } = setting
  process.stdout.write(
    `\n${streams} stream${streams > 1 ? 's' : ''}, ${each * turns} requests a run, ${each} a turn\n`,
  )
  process.stdout.write(
    `${'path'.padEnd(16)}${'plain p50'.padStart(11)}   edge/plain              naive/plain\n`,
  )
  let blockLine = ''
  for (const path of paths) {
    const ratios = { edge: [] as Measured[], naive: [] as Measured[] }
    const plainTimes: number[] = []
    for (let n = 0; n < runs; n++) {
      const measured = await oneRun(workers, path, setting)
      plainTimes.push(measured.plain.p50)
      ratios.edge.push(over(measured.edge, measured.plain))
      ratios.naive.push(over(measured.naive, measured.plain))
    }
    const [edge, naive] = [summary(ratios.edge), summary(ratios.naive)]
    process.stdout.write(
      `${path.padEnd(16)}${`${median(plainTimes).toFixed(2)} ms`.padStart(11)}   ${edge}   ${naive}\n`,
    )
    if (path === 'block') blockLine = `edge/plain ${edge} | naive/plain ${naive}`
  }
  return blockLine
}

const over = (a: Measured, b: Measured): Measured => ({
  p50: a.p50 / b.p50,
  p99: a.p99 / b.p99,
  rps: a.rps / b.rps,
})

const summary = (ratios: readonly Measured[]) =>
  (['p50', 'p99', 'rps'] as const)
    .map((key) => `${key} ${median(ratios.map((ratio) => ratio[key])).toFixed(2)}`)
    .join(' ')

/** One run of the three, in turns whose order turns as well. */
async function oneRun(workers: Running, path: Path, { streams, each, turns }: Setting) {
  const headers = () => ({})
  const plain = openSender({ url: workers.plain, body, headers }, streams)
  const naive = openSender({ url: workers.naive, body, headers }, streams)
  const edge = openSender({ url: workers.edge, body, headers: edgeHeaders(workers, path) }, streams)
  const all = [plain, edge, naive]
  for (let turn = 0; turn < turns; turn++) {
    for (const sender of all) await sender.send(each)
    all.push(...all.splice(0, 1))
  }
  for (const sender of all) sender.close()
  return { plain: plain.measured(), edge: edge.measured(), naive: naive.measured() }
}

/** `cold`: a token that this isolate has not seen, and a persona that it does not remember. */
function edgeHeaders(workers: Running, path: Path): Load['headers'] {
  const { users, version } = workers
  const [first, ...others] = users
  if (!first) throw new Error('there are no users')
  const headersOf = (token: string, facts: string[], seen = version) => ({
    authorization: `Bearer ${token}`,
    'edgewise-context': encodeContext({
      v: 1,
      session: 'bench-session',
      device: { store: 'edge', gate: 'ready', version: seen, epoch: 0, ...cohort },
      decision: {
        tier: 'lite',
        mode: 'balanced',
        stakes: 'none',
        language: 'en',
        inherited: 0,
        ms: 0.3,
        slices: { style: false, session: false, profile: facts.length > 0 },
        facts,
        reason: 'bench',
      },
    }),
  })
  const known: Record<Exclude<Path, 'cold'>, Record<string, string>> = {
    'edge gate': { authorization: `Bearer ${first.token}` },
    'nothing to add': headersOf(first.token, []),
    block: headersOf(first.token, first.facts),
  }
  if (path !== 'cold') return () => known[path]
  const cold = others.flatMap(({ facts, fresh }) =>
    fresh.map((token) => headersOf(token, facts, version + 1)),
  )
  return () => cold[workers.turn++ % cold.length] ?? known.block
}

if (values.help) process.stdout.write(help)
else await run()
