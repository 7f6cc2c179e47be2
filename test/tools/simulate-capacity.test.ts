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
import { simulate } from '../../tools/simulate/run.ts'
import { readScenario, standardFile } from '../../tools/simulate/scenario.ts'

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
