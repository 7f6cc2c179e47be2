import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Miniflare } from 'miniflare'
import { readArgs } from '../../tools/read-args.ts'
import { bundle, testKey } from '../../test/fakes/start-worker.ts'
import type { Teach, Time } from './worker.ts'

const help = `Does one update of a self-model cost more, the more was ever learned?

  npm run bench -- learn [--messages 100000] [--updates 400]

Two users in the real Durable Object (workerd, SQLite): one who has had 10 messages learned, of eight new
facts each, so that the self-model is full; one who has had 100,000, of a new fact each. Updates of both,
eight new facts each, are timed in turn; the last line is the ratio of their means, without the slowest
fifth of either.
`
/** Messages of the user about whom little was learned. */
const FEW = 10
/** As many messages as fit into one lesson, and twenty lessons a call. */
const LESSON = 50
const CALL = 20

const { values } = readArgs({
  args: process.argv.slice(3),
  options: {
    messages: { type: 'string', default: '100000' },
    updates: { type: 'string', default: '400' },
    help: { type: 'boolean' },
  },
})
if (values.help) process.stdout.write(help)
else await measure(Number(values.messages), Number(values.updates))

async function measure(many: number, updates: number): Promise<void> {
  const { ask, stop } = await start()
  try {
    process.stdout.write(`Learning ${many} messages ...\n`)
    const before = performance.now()
    await teach(ask, { user: 'many', count: many, facts: 1 })
    const seconds = (performance.now() - before) / 1000
    await teach(ask, { user: 'few', count: FEW, facts: 8 })
    const times = (first: number) =>
      ask<number[][]>({
        users: [
          { user: 'few', from: FEW + first },
          { user: 'many', from: many + first },
        ],
        updates,
      } satisfies Time)
    await times(0)
    const [few = 0, most = 0] = (await times(updates)).map(trimmedMean)
    const kept = await teach(ask, {
      user: 'many',
      count: 1,
      facts: 8,
      from: many + updates * 2,
    })
    process.stdout.write(
      `${many} messages in ${seconds.toFixed(0)} s; kept are ${kept.facts} facts, ${kept.bytes} bytes\n` +
        `one update, round trip: ${few.toFixed(2)} ms after ${FEW} messages, ${most.toFixed(2)} ms after ${many}\n` +
        `learn ${many}/${FEW} messages ${(most / few).toFixed(2)}\n`,
    )
  } finally {
    await stop()
  }
}

type Ask = <T>(asked: Teach | Time) => Promise<T>

async function start(): Promise<{ ask: Ask; stop(): Promise<void> }> {
  const out = await mkdtemp(join(tmpdir(), 'edgewise-bench-'))
  const miniflare = new Miniflare({
    modulesRoot: out,
    modules: await bundle('bench/learn/worker.ts', out),
    compatibilityDate: '2026-07-30',
    compatibilityFlags: ['enable_request_signal'],
    bindings: { ENVIRONMENT: 'development', DEVELOPMENT_KEY: testKey },
    kvNamespaces: ['ORGS', 'PERSONAS'],
    durableObjects: { SELF_MODELS: { className: 'SelfModel', useSQLite: true } },
  })
  return {
    async ask<T>(asked: Teach | Time) {
      const body = JSON.stringify(asked)
      const answer = await miniflare.dispatchFetch('http://bench/', { method: 'POST', body })
      if (!answer.ok) throw new Error(await answer.text())
      return (await answer.json()) as T
    },
    async stop() {
      await miniflare.dispose()
      await rm(out, { recursive: true, force: true })
    },
  }
}

type Kept = { facts: number; bytes: number }

async function teach(
  ask: Ask,
  { user, count, facts, from = 0 }: { user: string; count: number; facts: number; from?: number },
): Promise<Kept> {
  const messages = Math.min(LESSON, count)
  let kept: Kept = { facts: 0, bytes: 0 }
  for (let done = 0; done < count; done += messages * CALL) {
    const lessons = Math.min(CALL, Math.ceil((count - done) / messages))
    kept = await ask<Kept>({ user, from: from + done, lessons, messages, facts })
  }
  return kept
}

function trimmedMean(times: readonly number[]): number {
  const kept = times.toSorted((a, b) => a - b).slice(0, Math.ceil(times.length * 0.8))
  return kept.reduce((sum, ms) => sum + ms, 0) / kept.length
}
