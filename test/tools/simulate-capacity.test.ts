import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { renderArithmetic, renderPrice } from '../../tools/simulate/arithmetic.ts'
import {
  capacityRows,
  costOfMonth,
  readAssumptions,
  readPrices,
  renderCapacity,
  updateSum,
  usageOf,
} from '../../tools/simulate/capacity.ts'
import { cellsOf, metricRows } from '../../tools/simulate/metric-rows.ts'
import { createRandom } from '../../tools/simulate/random.ts'
import { simulate } from '../../tools/simulate/run.ts'
import { readScenario, standardFile } from '../../tools/simulate/scenario.ts'
import { findModel } from '../../shared/models-table.ts'
import type { Receipt } from '../../shared/schema/receipt.ts'
import { createMetrics } from '../../worker/flow/metrics.ts'
import type { MetricRow } from '../../worker/ports.ts'

const small = { ...readScenario(standardFile), users: 60, hours: 0.6 }

describe('arithmetic', () => {
  const outcomes = simulate(small, { only: ['none', 'naive', 'edgewise'] })
  test('of a profile on every request is exact, and the same traffic gated costs a fraction', () => {
    const text = renderArithmetic({ dau: 100_000, requests: 5, tokens: 2000 }, outcomes, small)
    expect(text).toContain('= 1,000,000,000 tokens a day (1e9)')
    expect(text).toMatch(/the profile alone, on every request\s+1,000,000,000\s+\$150\s+\$3,000/)
  })
  test('of a summary shows cheap and good models side by side', () => {
    const text = renderPrice(outcomes)
    expect(text).toMatch(/100\s+0\.0010 ct\s+\$10\.00\s+0\.0015 ct\s+\$15\.00\s+0\.0300 ct\s+\$300/)
    expect(text).toMatch(/200\s+0\.0020 ct\s+\$20\.00\s+0\.0030 ct\s+\$30\.00\s+0\.0600 ct\s+\$600/)
  })
})

describe('capacity', () => {
  const [assumed, prices] = [readAssumptions(), readPrices()]
  test('bills by the list: what is included is free, the rest by the million', () => {
    const nothing = usageOf(0, assumed)
    expect(costOfMonth(nothing, prices)).toBe(5)
    expect(costOfMonth({ ...nothing, workerRequests: 15e6, cpuMs: 105e6 }, prices)).toBeCloseTo(8)
  })
  test('grows with users and never faster than they do', () => {
    const cost = (users: number) => costOfMonth(usageOf(users, assumed), prices)
    expect(cost(1e7) / cost(1e6)).toBeGreaterThan(8)
    expect(cost(1e8) / cost(1e7)).toBeLessThan(10.5)
  })
  test('stands in the guide as it is computed, with the corrected sum of updates', () => {
    const guide = readFileSync('docs/capacity.md', 'utf8')
    expect(guide).toContain(renderCapacity({ markdown: true }))
    expect(updateSum).toContain('10,000-25,000 s, that is 2.8-6.9 hours')
    expect(guide).toContain('10,000-25,000 s')
    expect(capacityRows(assumed, prices)[0]).toHaveLength(7)
  })
})

describe('rows of metrics', () => {
  const assumed = readAssumptions()
  const receipt: Receipt = {
    id: 'r',
    why: 'not_needed',
    slices: [],
    facts: [],
    dropped: 0,
    tokens: 0,
    whole: 0,
    decidedBy: 'device',
    tier: 'lite',
    gateMs: 0.4,
    reason: '',
    stakes: 'none',
    store: 'edge',
    orgMs: 0,
    personaMs: 0,
    providerMs: 250,
  }
  const something: Partial<Receipt> = {
    why: 'attached',
    slices: ['style', 'profile'],
    tokens: 60,
    whole: 400,
    version: 3,
    personaMs: 4,
  }

  /** Numbers of one series that the real thing hands over after these answers. */
  async function written(answers: readonly Partial<Receipt>[]): Promise<number> {
    const rows: MetricRow[] = []
    const metrics = createMetrics({
      store: {
        add: async (batch) => void rows.push(...batch.rows),
        points: async () => [],
        groups: async () => [],
        totals: async () => [],
        fold: async () => {},
      },
      clock: () => 0,
      newId: () => 'b',
      log() {},
      age: 3600_000,
    })
    const model = findModel('gpt-5-mini')
    const usage = { input: 2000, output: 200, cached: 1500, estimated: true }
    for (const rest of answers) {
      const one = { receipt: { ...receipt, ...rest }, usage, status: 200, edgeMs: 3, model }
      metrics.answered({ ...one, org: 'o' }, () => {})
    }
    await metrics.flush()
    return rows.length
  }
  const missBy = (counted: number, expected: number) => Math.abs(counted / expected - 1)

  test('are assumed to hold about as many numbers as they do', async () => {
    const none = cellsOf(1, { ...assumed, attached: 0 })
    expect(missBy(await written([{}]), none)).toBeLessThan(0.2)
    const one = cellsOf(1, { ...assumed, attached: 1 })
    expect(missBy(await written([something]), one)).toBeLessThan(0.2)
    const random = createRandom(7)
    const spread = (middle: number) => random.logNormal(middle, 0.35)
    const answers = Array.from({ length: 200 }, (_, i) => ({
      ...(i % 6 === 0 ? { ...something, tokens: Math.round(spread(60)) } : {}),
      providerMs: spread(400),
      gateMs: spread(0.5),
    }))
    expect(missBy(await written(answers), cellsOf(200, assumed))).toBeLessThan(0.2)
  })
  test('are at most two for a request and what hours add, however the traffic falls', () => {
    for (const users of [1e3, 1e5, 1e7]) {
      const requests = users * assumed.requestsADay * assumed.daysAMonth
      const orgs = Math.max(1, users / assumed.usersAnOrg)
      const hours = 3 * orgs * assumed.seriesAnOrg * 24 * assumed.daysAMonth
      expect(metricRows(users, assumed).written).toBeLessThanOrEqual(2 * requests + hours)
    }
  })
})
