import { fork } from 'node:child_process'
import { readArgs } from '../../tools/read-args.ts'
import { encodeContext } from '../../shared/context-header.ts'
import { fixedBody } from '../edge/conversation.ts'
import { median, receiptOf, send, type Load, type Measured } from '../edge/load.ts'
import { benchPersona } from './persona.ts'
import { startEdges, type Edge } from './start.ts'

const help = `Does a request cost more, the more users there are?

  npm run bench -- scale [--users 100000] [--quick]

The Worker three times in one workerd, each with a store of its own: snapshots of 100, of 10,000 and of
100,000 users, twelve facts each, sealed as the edge seals them. Asked is the fixed request of the bench
"edge" (12 kB, streaming, a block goes along), one at a time, against a provider without delay.

  warm  50 users in turn, whom the isolate remembers: no read of a user's data
  cold  each request another user of the whole population (of 100 users each in turn), with a token that
        was never seen and a device that has seen a newer snapshot than the isolate: the token is
        verified, and the snapshot read from the store and opened, each time. These users bring a
        provider key of their own, so that no allowance is opened behind a measured request.

Runs are interleaved; figures are medians of 7 ratios to 100 users, one a run. The store is workerd's (SQLite
and files on this machine), not Cloudflare's: what is shown is that no step of Edgewise grows with the
number of users. Writing 110,000 snapshots takes minutes; with TMPDIR on a disk in memory (/dev/shm) fewer.
--users: the largest population; --quick: 5,000 users and one short run, for a look.
`

const { values } = readArgs({
  args: process.argv.slice(3),
  options: {
    users: { type: 'string' },
    quick: { type: 'boolean', default: false },
    help: { type: 'boolean', short: 'h' },
  },
})

type Path = 'warm' | 'cold'
const paths: readonly Path[] = ['warm', 'cold']
const FEW = 100
const MIDDLE = 10_000
const ACTIVE = 50
const body = fixedBody()

type Plan = { largest: number; runs: number; count: number }

const planOf = (): Plan =>
  values.quick
    ? { largest: Number(values.users ?? 5000), runs: 1, count: 200 }
    : { largest: Number(values.users ?? 100_000), runs: 7, count: 500 }

async function main({ largest, runs, count }: Plan): Promise<void> {
  if (!Number.isInteger(largest) || largest <= FEW)
    throw new Error('--users is a number above 100.')
  const sizes = [...new Set([FEW, Math.min(MIDDLE, largest), largest])]
  const now = Date.now()
  const provider = fork(new URL('../edge/provider.ts', import.meta.url).pathname)
  try {
    const port = await new Promise<number>((resolve) => {
      provider.once('message', (message) => resolve(Number(message)))
    })
    const upstream = `http://127.0.0.1:${port}/v1`
    const started = performance.now()
    const { edges, stop } = await startEdges({ upstream, sizes, now, progress: showProgress })
    const seconds = (performance.now() - started) / 1000
    process.stdout.write(`${sizes.join(', ')} snapshots written in ${seconds.toFixed(0)} s\n`)
    try {
      const { version } = benchPersona(now)
      process.stdout.write(report(sizes, await measure(edges, { runs, count, version })))
    } finally {
      await stop()
    }
  } finally {
    provider.disconnect()
  }
}

type Setting = Pick<Plan, 'runs' | 'count'> & { version: number }

async function measure(edges: readonly Edge[], { runs, count, version }: Setting) {
  const asked = edges.map((edge) => ({ edge, version, users: spread(edge.users, runs * count) }))
  for (const one of asked) await prepare(one)
  const measured = new Map<string, Measured[]>()
  for (let n = 0; n < runs; n++) await oneRun({ asked, n, count, measured })
  return measured
}

type Asked = { edge: Edge; version: number; users: readonly number[] }

/** So many users at even distances, from the first to the last; all of them again where they are fewer. */
const spread = (population: number, count: number): number[] =>
  Array.from({ length: count }, (_, i) =>
    count < population ? Math.floor((i * population) / count) : i % population,
  )

/** Enough requests that the code is compiled; and the receipts must say that both paths attach. */
async function prepare(asked: Asked): Promise<void> {
  for (const path of paths) {
    const load = await loadOf(asked, path, active(asked))
    const receipt = await receiptOf(load)
    if (!receipt.includes('why="attached"')) throw new Error(`${path}: the receipt says ${receipt}`)
    await send(load, { count: values.quick ? 100 : 600, streams: 8 })
  }
}

const active = ({ edge }: Asked): number[] =>
  Array.from({ length: Math.min(ACTIVE, edge.users) }, (_, i) => i)

type Run = {
  asked: readonly Asked[]
  n: number
  count: number
  measured: Map<string, Measured[]>
}

/** Both paths at each size once, in an order that turns, so that a slow moment hits all alike. */
async function oneRun({ asked, n, count, measured }: Run): Promise<void> {
  for (const path of paths) {
    const order = asked.map((_, i) => asked[(i + n) % asked.length] ?? asked[0])
    for (const one of order) {
      if (!one) continue
      const users = path === 'warm' ? active(one) : one.users.slice(n * count, (n + 1) * count)
      const load = await loadOf(one, path, users)
      if (path === 'warm') await send(load, { count: users.length * 2, streams: 1 })
      const key = `${path} ${one.edge.users}`
      const times = await send(load, { count, streams: 1 })
      measured.set(key, [...(measured.get(key) ?? []), times])
    }
  }
}

/** Requests of these users in turn. */
async function loadOf(asked: Asked, path: Path, users: readonly number[]): Promise<Load> {
  const tokens = await Promise.all(users.map((user) => asked.edge.mint(user)))
  const context = contextOf(path === 'cold' ? asked.version + 1 : asked.version)
  return {
    url: asked.edge.url,
    body,
    headers(n) {
      const token = tokens[n % tokens.length] ?? ''
      const credentials: Record<string, string> =
        path === 'cold'
          ? { authorization: 'Bearer sk-bench', 'edgewise-token': token }
          : { authorization: `Bearer ${token}` }
      return { ...credentials, 'edgewise-context': context }
    },
  }
}

const contextOf = (version: number): string =>
  encodeContext({
    v: 1,
    session: 'bench-session',
    device: { store: 'edge', gate: 'ready', version, epoch: 0 },
    decision: {
      tier: 'lite',
      mode: 'balanced',
      stakes: 'none',
      language: 'en',
      inherited: 0,
      ms: 0.3,
      slices: { style: false, session: false, profile: true },
      facts: ['f0', 'f1'],
      reason: 'bench',
    },
  })

function report(sizes: readonly number[], measured: ReadonlyMap<string, Measured[]>): string {
  const of = (path: Path, users: number) => measured.get(`${path} ${users}`) ?? []
  const ms = (path: Path, users: number, key: 'p50' | 'p99') =>
    `${key} ${median(of(path, users).map((one) => one[key])).toFixed(2)} ms`
  const ratio = (path: Path, users: number, key: 'p50' | 'p99') => {
    const base = of(path, FEW)
    const ratios = of(path, users).map((one, i) => one[key] / (base[i]?.[key] ?? Number.NaN))
    return `${key} ${median(ratios).toFixed(2)}`
  }
  const both = (path: Path, users: number) =>
    `${path} ${ratio(path, users, 'p50')} ${ratio(path, users, 'p99')}`
  const absolute = sizes.map(
    (users) =>
      `${String(users).padStart(7)} users  ${paths
        .map((path) => `${path} ${ms(path, users, 'p50')} ${ms(path, users, 'p99')}`)
        .join('   ')}`,
  )
  const ratios = sizes
    .slice(1)
    .map((users) => `scale ${users}/${FEW} users ${both('warm', users)} | ${both('cold', users)}`)
  return `${[...absolute, '', ...ratios].join('\n')}\n`
}

/** On a terminal only, and gone when it is done. */
function showProgress(done: number, all: number): void {
  if (!process.stderr.isTTY) return
  process.stderr.write(`\r\u001B[K${done < all ? `writing snapshots ${done} of ${all}` : ''}`)
}

if (values.help) process.stdout.write(help)
else await main(planOf())
