import { env } from 'cloudflare:workers'
import { beforeAll, expect, test } from 'vitest'
import migration from '../../worker/migrations/0004_metric_series.sql?raw'
import before from '../../worker/migrations/0002_metrics.sql?raw'
import { metricTable } from '../../worker/adapters/metric-table.ts'
import type { MetricRow } from '../../worker/ports.ts'
import { migrate } from './migrate.ts'

/* What lies in D1, and how many rows it takes: D1 bills rows. */

beforeAll(migrate)

const database = () => {
  if (!env.METRICS) throw new Error('no database')
  return env.METRICS
}
const table = metricTable(database)
const id = () => crypto.randomUUID()
const newOrg = () => `org-${id()}`
const HOUR = 3600
const DAY = 24 * HOUR

const row = (org: string, start: number, rest: Partial<MetricRow> = {}): MetricRow => ({
  org,
  start,
  metric: 'requests',
  bucket: 0,
  arm: 'none',
  tier: 'lite',
  cohort: 'none',
  amount: 1,
  ...rest,
})

async function rowsOf(org: string): Promise<Record<string, number>> {
  const sql = 'SELECT span, COUNT(*) AS rows FROM metric_series WHERE org = ? GROUP BY span'
  const { results } = await database().prepare(sql).bind(org).all<{ span: number; rows: number }>()
  return Object.fromEntries(results.map(({ span, rows }) => [span, rows]))
}
const sumOf = async (org: string, metric: string, bucket = 0): Promise<number> =>
  (await table.totals(org))
    .filter((cell) => cell.metric === metric && cell.bucket === bucket)
    .reduce((sum, { amount }) => sum + amount, 0)

test('all numbers of a series are one row, in minutes and in hours', async () => {
  const org = newOrg()
  const start = Math.floor(Date.UTC(2030, 1, 1) / 1000)
  const numbers = Array.from({ length: 30 }, (_, bucket) =>
    row(org, start, { metric: 'edge', bucket }),
  )
  const other = row(org, start, { cohort: 'expert-brief-free', amount: 7 })
  for (let i = 0; i < 3; i++) await table.add({ id: id(), rows: [...numbers, other] })
  expect(await rowsOf(org)).toEqual({ 60: 6 })
  expect(await sumOf(org, 'edge', 29)).toBe(3)
  await table.fold(start + 3 * DAY)
  expect(await rowsOf(org)).toEqual({ 0: 2, 3600: 2 })
  expect(await sumOf(org, 'edge', 29)).toBe(3)
  expect(await sumOf(org, 'requests')).toBe(21)
})

test('the sum of all time grows with each folding, and no minute is in it twice', async () => {
  const [org, quiet] = [newOrg(), newOrg()]
  let now = Math.floor(Date.UTC(2031, 1, 1) / 1000)
  await table.add({ id: id(), rows: [row(quiet, now)] })
  for (let hour = 1; hour <= 60; hour++) {
    await table.add({ id: id(), rows: [row(org, now), row(org, now + 60, { amount: 0.5 })] })
    now += HOUR
    await table.fold(now)
    if (hour % 12 === 0) expect(await sumOf(org, 'requests')).toBe(1.5 * hour)
  }
  // Sixty hours: the first twelve are hours now, and what is older than two hours is in the sum.
  const rows = await rowsOf(org)
  expect(rows['3600']).toBe(12)
  expect(rows['0']).toBe(1)
  const range = { org, from: now - 61 * HOUR, to: now, step: 60 }
  const points = await table.points(range)
  expect(points.reduce((sum, { amount }) => sum + amount, 0)).toBe(90)
  expect(await sumOf(quiet, 'requests')).toBe(1)
})

test('a batch larger than one statement takes is there once, however often it is sent', async () => {
  const org = newOrg()
  const start = Math.floor(Date.UTC(2032, 1, 1) / 1000)
  const rows = Array.from({ length: 300 }, (_, i) => row(org, start, { cohort: `c${i}` }))
  const batch = { id: id(), rows }
  await table.add(batch)
  await table.add(batch)
  expect(await rowsOf(org)).toEqual({ 60: 300 })
  expect(await sumOf(org, 'requests')).toBe(300)
})

test('what an earlier version kept, a number a row, is still there', async () => {
  const org = newOrg()
  const statements = (sql: string) =>
    sql
      .replace(/^--.*$/gm, '')
      .split(';')
      .filter((one) => one.trim() !== '')
  const tables = statements(before).filter((one) => /TABLE metric(s|_batches)/.test(one))
  const insert = 'INSERT INTO metrics VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)'
  const d1 = database()
  const now = Math.floor(Date.UTC(2033, 1, 1) / 1000)
  await d1.batch([
    ...tables.map((one) => d1.prepare(one)),
    d1.prepare(insert).bind(60, org, now, 'requests', 0, 'a', 'lite', 'none', 4),
    d1.prepare(insert).bind(60, org, now, 'edge', 3, 'a', 'lite', 'none', 2),
    d1.prepare(insert).bind(0, org, 0, 'requests', 0, 'a', 'lite', 'none', 9),
    ...statements(migration)
      .filter((one) => !/CREATE TABLE|metric_upkeep/.test(one))
      .map((one) => d1.prepare(one)),
  ])
  expect(await rowsOf(org)).toEqual({ 0: 1, 60: 1 })
  expect(await sumOf(org, 'requests')).toBe(13)
  await table.fold(now + 3 * DAY)
  expect(await sumOf(org, 'requests')).toBe(13)
  expect(await sumOf(org, 'edge', 3)).toBe(2)
})
