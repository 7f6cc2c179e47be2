import { env } from 'cloudflare:workers'
import { beforeAll, expect, test } from 'vitest'
import { findModel } from '../../shared/models-table.ts'
import type { Receipt } from '../../shared/schema/receipt.ts'
import { metricTable } from '../../worker/adapters/metric-table.ts'
import { createMetrics, type Answered, type Metrics } from '../../worker/flow/metrics.ts'
import { createMetricReports } from '../../worker/flow/metric-reports.ts'
import type { MetricRow, MetricStore } from '../../worker/ports.ts'
import { migrate } from './migrate.ts'

beforeAll(migrate)

const database = () => {
  if (!env.METRICS) throw new Error('no database')
  return env.METRICS
}
const table = metricTable(database)
const reports = createMetricReports({
  metrics: table,
  admin: { admit: () => Promise.reject(new Error('not asked')) },
})

let orgs = 0
const newOrg = () => `org-${++orgs}-${crypto.randomUUID()}`
const MINUTE = 60_000
const noon = Date.UTC(2026, 10, 5, 12)

const receipt: Receipt = {
  id: 'r',
  why: 'attached',
  slices: ['profile'],
  facts: [],
  dropped: 0,
  tokens: 40,
  whole: 200,
  decidedBy: 'device',
  tier: 'lite',
  gateMs: 0.4,
  reason: '',
  stakes: 'none',
  store: 'edge',
  orgMs: 0,
  personaMs: 3,
  providerMs: 250,
}
const usage = { input: 1000, output: 100, cached: 600, estimated: false }
const answer = (org: string, rest: Partial<Answered> = {}): Answered => ({
  org,
  receipt,
  usage,
  status: 200,
  edgeMs: 5,
  model: findModel('gpt-5-mini'),
  ...rest,
})

const inArm = (org: string, arm: string, cohort?: string): Answered =>
  answer(org, { receipt: { ...receipt, arm }, ...(cohort ? { cohort } : {}) })

type Isolate = Metrics & { time: { now: number }; logs: string[]; waiting: Promise<unknown>[] }

/** One isolate's memory over the real table, or over one that a test makes fail. */
function isolate({ store = table, age = 3600_000, patience = 10_000 } = {}): Isolate & {
  waitUntil: (work: Promise<unknown>) => void
} {
  const time = { now: noon }
  const logs: string[] = []
  const waiting: Promise<unknown>[] = []
  const metrics = createMetrics({
    store,
    clock: () => time.now,
    newId: () => crypto.randomUUID(),
    log: (cause) => logs.push(cause),
    age,
    patience,
  })
  return { ...metrics, time, logs, waiting, waitUntil: (work) => waiting.push(work) }
}

async function reportOf(
  org: string,
  by: 'none' | 'arm' | 'cohort' = 'none',
  to = noon + 10 * MINUTE,
) {
  const read = await reports.report(org, { from: noon - 3600_000, to, step: 60, by })
  if (!read.ok) throw new Error(JSON.stringify(read.problem))
  return read.value
}

test('requests of two isolates in one minute add up, counts and quantiles alike', async () => {
  const org = newOrg()
  const [a, b] = [isolate(), isolate()]
  for (let i = 0; i < 9; i++) a.answered(answer(org, { edgeMs: 2 }), a.waitUntil)
  b.answered(answer(org, { edgeMs: 400 }), b.waitUntil)
  await Promise.all([a.flush(), b.flush()])
  const { points, groups, blocks } = await reportOf(org)
  expect(points).toHaveLength(1)
  const [all] = groups
  expect(all?.counts).toMatchObject({
    requests: 10,
    'why:attached': 10,
    'slice:profile': 10,
    'tokens:fresh': 4000,
    'tokens:cached': 6000,
    'tokens:output': 1000,
    'tokens:block': 400,
    'tokens:whole': 2000,
    whole_known: 10,
  })
  // 400 fresh at $0.25, 600 cached at $0.025 and 100 answered at $2 a million tokens.
  expect(all?.counts['cost']).toBe(10 * (100 + 15 + 200))
  expect(all?.counts['cost:block']).toBe(100)
  expect(all?.quantiles['edge']).toMatchObject({ count: 10, mean: 41.8 })
  expect(Math.abs((all?.quantiles['edge']?.p50 ?? 0) - 2)).toBeLessThanOrEqual(0.1)
  expect(Math.abs((all?.quantiles['edge']?.p99 ?? 0) - 2)).toBeLessThanOrEqual(0.1)
  expect(blocks.find(({ tokens }) => tokens === 50)?.share).toBe(1)
})

test('a block in a long request costs what that request’s tokens cost', async () => {
  const [org, one, model] = [newOrg(), isolate(), findModel('claude-haiku-5-5')]
  const long = { input: 150_000, output: 0, estimated: false }
  one.answered(answer(org, { model, usage: long }), one.waitUntil)
  await one.flush()
  const { groups } = await reportOf(org)
  // $0.50 a million tokens above 100,000 of them, $0.10 below: 40 of the block, 200 of the profile.
  expect(groups[0]?.counts).toMatchObject({ cost: 75_000, 'cost:block': 20, 'cost:whole': 100 })
})

test('a time that a device makes up counts as the longest there is', async () => {
  const org = newOrg()
  const one = isolate()
  one.answered(answer(org, { receipt: { ...receipt, gateMs: 1e300 } }), one.waitUntil)
  await one.flush()
  const { groups } = await reportOf(org)
  expect(groups[0]?.quantiles['gate']?.mean).toBeLessThan(31 * 3600_000)
})

test('arms and cohorts are told apart, each minute is a point, and another org sees nothing', async () => {
  const org = newOrg()
  const one = isolate()
  one.answered(inArm(org, 'full', 'expert-brief'), one.waitUntil)
  one.time.now += MINUTE
  one.answered(inArm(org, 'none'), one.waitUntil)
  one.answered(inArm(org, 'none'), one.waitUntil)
  // Who is in no experiment is not in its arm without context.
  one.answered(answer(org), one.waitUntil)
  await one.flush()
  const { points, groups } = await reportOf(org, 'arm')
  expect(points.map(({ at, counts }) => [at, counts['requests']])).toEqual([
    [noon, 1],
    [noon + MINUTE, 3],
  ])
  expect(groups.map(({ name, counts }) => [name, counts['requests']])).toEqual([
    ['-', 1],
    ['full', 1],
    ['none', 2],
  ])
  const cohorts = (await reportOf(org, 'cohort')).groups
  expect(cohorts.map(({ name }) => name)).toEqual(['-', 'expert-brief'])
  expect((await reportOf(newOrg())).points).toEqual([])
})

test('names that requests make up are few: what is no label or one too many is "other"', async () => {
  const org = newOrg()
  const one = isolate()
  for (let i = 0; i < 100; i++) one.answered(answer(org, { cohort: `c${i}` }), one.waitUntil)
  one.answered(answer(org, { cohort: 'not a "label"' }), one.waitUntil)
  await one.flush()
  const { groups } = await reportOf(org, 'cohort')
  expect(groups).toHaveLength(25)
  expect(groups.find(({ name }) => name === 'other')?.counts['requests']).toBe(77)
})

test('an answer that failed counts as an error and costs nothing', async () => {
  const org = newOrg()
  const one = isolate()
  one.answered(answer(org, { status: 503 }), one.waitUntil)
  one.answered(answer(org, { model: undefined }), one.waitUntil)
  one.refused('rate_limited', org, one.waitUntil)
  one.erased(org, one.waitUntil)
  one.learned({ org, outcome: 'learned', lag: 2000 })
  one.learned({ org, outcome: 'known', lag: 9000 })
  await one.flush()
  const [all] = (await reportOf(org)).groups
  expect(all?.counts).toMatchObject({
    requests: 2,
    'error:provider_5xx': 1,
    'error:rate_limited': 1,
    unpriced: 1,
    erasures: 1,
    'lesson:learned': 1,
    'lesson:known': 1,
  })
  expect(all?.counts['cost']).toBeUndefined()
  expect(all?.quantiles['learning']).toMatchObject({ count: 1, mean: 2000 })
})

test('one timer serves many requests, and one that was cut off is replaced', async () => {
  const org = newOrg()
  const one = isolate({ age: 1 })
  for (let i = 0; i < 5; i++) one.answered(answer(org), one.waitUntil)
  expect(one.waiting).toHaveLength(1)
  await Promise.all(one.waiting)
  expect((await reportOf(org)).groups[0]?.counts['requests']).toBe(5)
  const cut = isolate({ age: 3600_000 })
  cut.answered(answer(org), cut.waitUntil)
  cut.time.now += 31_000
  cut.answered(answer(org), cut.waitUntil)
  expect(cut.waiting).toHaveLength(2)
})

test('many series are handed over before their time', async () => {
  const one = isolate()
  for (let i = 0; i < 257; i++) one.answered(answer(newOrg()), one.waitUntil)
  expect(one.waiting.length).toBeGreaterThan(1)
})

test('while the database fails numbers are kept, bounded, and come with the next batch', async () => {
  const org = newOrg()
  const store: MetricStore = { ...table, add: () => Promise.reject(new Error('away')) }
  const one = isolate({ store })
  for (let i = 0; i < 12; i++) {
    one.answered(answer(org), one.waitUntil)
    await one.flush()
  }
  expect(one.logs).toEqual(['Error'])
  expect((await reportOf(org)).groups).toEqual([expect.objectContaining({ counts: {} })])
  store.add = (batch) => table.add(batch)
  one.answered(answer(org), one.waitUntil)
  await one.flush()
  // Eight batches wait at most.
  expect((await reportOf(org)).groups[0]?.counts['requests']).toBe(8)
})

test('a database that hangs holds up no later batch, and what it took after all counts once', async () => {
  const org = newOrg()
  const started: Promise<void>[] = []
  const never = () => new Promise<void>(() => {})
  const store: MetricStore = {
    ...table,
    add(batch) {
      started.push(table.add(batch))
      return never()
    },
  }
  const one = isolate({ store, patience: 20 })
  one.answered(answer(org), one.waitUntil)
  await one.flush()
  expect(one.logs).toEqual(['Late'])
  await Promise.all(started)
  store.add = (batch) => table.add(batch)
  store.fold = never
  one.answered(answer(org), one.waitUntil)
  await one.flush()
  one.answered(answer(org), one.waitUntil)
  await one.flush()
  expect((await reportOf(org)).groups[0]?.counts['requests']).toBe(3)
})

test('a batch whose answer was lost counts once when it is sent again', async () => {
  const org = newOrg()
  let answers = 0
  const store: MetricStore = {
    ...table,
    async add(batch) {
      await table.add(batch)
      if (answers++ === 0) throw new Error('lost')
    },
  }
  const one = isolate({ store })
  one.answered(answer(org), one.waitUntil)
  await one.flush()
  await one.flush()
  expect((await reportOf(org)).groups[0]?.counts['requests']).toBe(1)
})

const row = (org: string, start: number): MetricRow => ({
  org,
  start,
  metric: 'requests',
  bucket: 0,
  arm: 'none',
  tier: 'none',
  cohort: 'none',
  amount: 1,
})
const DAY = 24 * 3600

test('minutes become hours after two days and leave after ninety; the sum of all time stays', async () => {
  const org = newOrg()
  const now = noon / 1000 + 400 * DAY
  const starts = [now - 91 * DAY, now - 3 * DAY, now - 3 * DAY + 60, now - DAY, now - 60]
  await table.add({ id: crypto.randomUUID(), rows: starts.map((start) => row(org, start)) })
  const total = async () => {
    const rows = await table.totals(org)
    return rows.find(({ metric }) => metric === 'requests')?.amount
  }
  expect(await total()).toBe(5)
  await table.fold(now)
  const spans = await database()
    .prepare(
      `SELECT span, COUNT(*) AS rows, SUM(value->>2) AS amount FROM metric_series, json_each(cells)
       WHERE org = ? GROUP BY span`,
    )
    .bind(org)
    .all()
  expect(spans.results).toEqual([
    { span: 0, rows: 1, amount: 4 },
    { span: 60, rows: 2, amount: 2 },
    { span: 3600, rows: 1, amount: 2 },
  ])
  expect(await total()).toBe(5)
  // Again within the hour, and by another isolate: nothing happens twice.
  await Promise.all([table.fold(now + 60), table.fold(now + 3600), table.fold(now + 3600)])
  expect(await total()).toBe(5)
})
