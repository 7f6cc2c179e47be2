import { env } from 'cloudflare:workers'
import { beforeAll, expect, test, vi } from 'vitest'
import { limits } from '../../shared/limits.ts'
import type { Lesson } from '../../shared/schema/learning.ts'
import type { OutcomeRow } from '../../worker/experiment-ports.ts'
import type { LearningQueue } from '../../worker/learning-ports.ts'
import { failingBinding, type Health } from '../fakes/failing-binding.ts'
import {
  ask,
  bearer,
  exposuresOf,
  measured,
  outcomesOf,
  table,
  withExperiments,
} from './experiments.ts'
import { createHarness, keysOf, someone } from './harness.ts'
import { bodyOf, consumersOf, delivered, newcomer, realNow } from './learners.ts'
import { migrate } from './migrate.ts'

/* What D1 keeps of a user goes with their erasure, also while D1 is away, and also what an isolate still
   held in memory at that time. */

beforeAll(migrate)

const patience = { timeout: 15_000, interval: 100 }
const DAY = 24 * 3600_000

const lessonOf = (): Lesson => ({
  v: 1,
  made: realNow(),
  cause: 'learned',
  blocked: [],
  messages: [],
})

/** A user of whom there are a dead letter, an outcome and an exposure. */
async function leaveTraces() {
  const { as, keys } = await newcomer()
  const { bury } = consumersOf()
  await bury([delivered(await bodyOf(keys, lessonOf()))])
  await table.keep(outcomeOf(keys, realNow()), { most: 10, since: 0 })
  await table.expose([exposureOf(keys, realNow())])
  return { as, keys }
}

type Keys = { orgKey: string; userKey: string }
const outcomeOf = ({ orgKey, userKey }: Keys, kept: number): OutcomeRow => ({
  orgKey,
  userKey,
  id: `o-${kept}`,
  name: 'done',
  value: 1,
  session: '',
  receipt: '',
  at: kept,
  kept,
})
const exposureOf = ({ orgKey, userKey }: Keys, at: number) => ({
  orgKey,
  userKey,
  experiment: 'e1',
  arm: 'none',
  session: `s-${at}`,
  at,
  requests: 1,
  attached: 0,
  tokens: 0,
  waited: 0,
  decided: 0,
  needed: 0,
  followed: 0,
})

async function tracesOf(userKey: string): Promise<number> {
  const { exposures, outcomes } = await table.listOf(userKey)
  const letters = await consumersOf().ports.deadLetters.list(100)
  const own = letters.filter((letter) => letter.userKey === userKey)
  return exposures.length + outcomes.length + own.length
}

function brokenDatabase(health: () => Health): Partial<Env> {
  if (!env.METRICS) throw new Error('no database')
  return { METRICS: failingBinding(env.METRICS, health) }
}

const erase = (harness: ReturnType<typeof createHarness>, as: string) =>
  harness.fetch('/v1/self-model', { as, method: 'DELETE' })

test.each(['rejects', 'hangs', 'loses'] as const)(
  'an erasure while the database %s is made good through the queue',
  async (health) => {
    const { as, keys } = await leaveTraces()
    expect(await tracesOf(keys.userKey)).toBe(3)
    const harness = createHarness({ vars: brokenDatabase(() => health) })
    expect(await (await erase(harness, as)).json()).toMatchObject({ erasure: { epoch: 1 } })
    await vi.waitFor(async () => expect(await tracesOf(keys.userKey)).toBe(0), patience)
  },
  30_000,
)

test('an erasure goes round until the database is back, and spares what came after it', async () => {
  const { keys } = await leaveTraces()
  let health: Health = 'rejects'
  const sent: unknown[] = []
  const queue = { send: async (body: unknown) => void sent.push(body) } as unknown as Queue
  const vars = { ...brokenDatabase(() => health), LEARNING: queue }
  const { learn, ports } = consumersOf(undefined, { vars })
  await ports.learning.sendDropped({ ...keys, at: realNow() })
  const [body] = sent.splice(0)
  expect(JSON.stringify(body)).not.toContain(keys.persona)
  const states = []
  for (const attempts of [1, 4, 5]) {
    const delivery = delivered(body, attempts)
    await learn([delivery])
    states.push(delivery.state)
  }
  // Before the platform would put it aside it is sent anew.
  expect(states).toEqual([10, 80, 'acked'])
  expect(sent).toEqual([body])
  expect(await tracesOf(keys.userKey)).toBe(3)

  health = 'up'
  const later = realNow() + 60_000
  await table.keep(outcomeOf(keys, later), { most: 10, since: 0 })
  await table.expose([exposureOf(keys, later)])
  for (let twice = 0; twice < 2; twice++) {
    const delivery = delivered(body)
    await learn([delivery])
    expect(delivery.state).toBe('acked')
    expect(await tracesOf(keys.userKey)).toBe(2)
  }
}, 30_000)

test('an erasure that no database took for 14 days is put aside, for an admin to see', async () => {
  const { keys } = await newcomer()
  const sendDropped: LearningQueue['sendDropped'] = () => Promise.reject(new Error('not sent'))
  const bodies: unknown[] = []
  const queue = { send: async (body: unknown) => void bodies.push(body) } as unknown as Queue
  const sending = consumersOf(undefined, { vars: { LEARNING: queue } })
  await sending.ports.learning.sendDropped({ ...keys, at: realNow() - limits.learningTime - 1 })
  const vars = brokenDatabase(() => 'rejects')
  const { learn } = consumersOf((real) => ({ learning: { ...real.learning, sendDropped } }), {
    vars,
  })
  const last = delivered(bodies[0], 6)
  await learn([last])
  expect(last.state).toBe(320)
  const { bury, ports } = consumersOf()
  await bury([delivered(bodies[0])])
  const letters = await ports.deadLetters.list(100, keys.orgKey)
  expect(letters.filter(({ userKey }) => userKey === keys.userKey)).toHaveLength(1)
}, 20_000)

const forgetAt = async (harness: ReturnType<typeof withExperiments>, user: string) => {
  const headers = await bearer(user)
  const answer = await harness.fetch('/v1/self-model', { method: 'DELETE', headers })
  expect(answer.status).toBe(200)
}

test('what this isolate has gathered of a user is not written after their erasure', async () => {
  const written: string[] = []
  const experiments: typeof table = {
    ...table,
    async expose(rows) {
      written.push(...rows.map(({ userKey }) => userKey))
      await table.expose(rows)
    },
  }
  const harness = withExperiments({ ports: { experiments } })
  const [erased, other] = [someone(), someone()]
  await ask(harness, erased)
  await ask(harness, other)
  await forgetAt(harness, erased)
  await expect.poll(() => exposuresOf(other), patience).toHaveLength(1)
  expect(written).toEqual([(await keysOf(other, 'acme')).userKey])
}, 30_000)

test('nor is what other isolates have gathered of them; what comes later is', async () => {
  const [one, another] = [withExperiments(), withExperiments()]
  const user = someone()
  await ask(another, user)
  await forgetAt(one, user)
  another.time.now += 60_000
  await ask(another, user, { given: measured({ session: 'after-the-erasure' }) })
  await expect.poll(() => exposuresOf(user), patience).toHaveLength(1)
  expect(await exposuresOf(user)).toMatchObject([{ session: 'after-the-erasure', requests: 1 }])
}, 30_000)

test('an outcome that an erasure has overtaken is not kept, and not asked for again', async () => {
  const { keys } = await newcomer()
  const now = realNow()
  await table.dropOf(keys.userKey, now)
  expect(await table.keep(outcomeOf(keys, now), { most: 10, since: 0 })).toBe(true)
  expect((await table.listOf(keys.userKey)).outcomes).toEqual([])
  expect(await table.keep(outcomeOf(keys, now + 1), { most: 10, since: 0 })).toBe(true)
  expect((await table.listOf(keys.userKey)).outcomes).toHaveLength(1)
})

test('an erasure is remembered for a day, and what waited for longer is not written', async () => {
  const { keys } = await newcomer()
  const now = realNow()
  const marks = async () => {
    const query = env.METRICS?.prepare('SELECT at FROM erased WHERE user_key = ?')
    return (await query?.bind(keys.userKey).all())?.results
  }
  await table.dropOf(keys.userKey, now)
  await table.dropOf(keys.userKey, now - 1000)
  expect(await marks()).toEqual([{ at: now }])
  await table.dropUntil(0, now)
  expect(await marks()).toEqual([])

  let away = true
  const experiments: typeof table = {
    ...table,
    expose: (rows) => (away ? Promise.reject(new Error('away')) : table.expose(rows)),
  }
  const harness = withExperiments({ ports: { experiments } })
  const [early, late] = [someone(), someone()]
  await ask(harness, early)
  await expect.poll(() => harness.logs.length, patience).toBeGreaterThan(0)
  away = false
  harness.time.now += DAY + 60_000
  await ask(harness, late)
  await expect.poll(() => exposuresOf(late), patience).toHaveLength(1)
  expect([await exposuresOf(early), await outcomesOf(early)]).toEqual([[], []])
}, 30_000)
