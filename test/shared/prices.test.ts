import { describe, expect, test } from 'vitest'
import { findModel, models, type Model } from '../../shared/models-table.ts'
import { billedInput, costOf } from '../../shared/prices.ts'

const named = (name: string): Model => {
  const model = findModel(name)
  if (!model) throw new Error(`${name} is not in the table`)
  return model
}

describe('the table of models', () => {
  test('finds a model with provider, date and in any case, and knows no variants by guess', () => {
    expect(findModel('openai/GPT-4o-mini-2024-07-18')).toBe(named('gpt-4o-mini'))
    // A version that costs more stands in the table by its own name.
    expect(findModel('gpt-4o-2024-05-13')?.prices.input).toBe(5_000_000)
    expect(findModel('gpt-4o-2024-08-06')).toBe(named('gpt-4o'))
    expect(findModel('claude-sonnet-4-5@20250929')).toBe(named('claude-sonnet-4-5'))
    expect(findModel('claude-sonnet-5-latest')).toBe(named('claude-sonnet-5'))
    expect(findModel('gpt-5.4-pro')).toBeUndefined()
    expect(findModel('')).toBeUndefined()
  })
  test('has whole prices, a name once, and a cache that costs less to read than fresh input', () => {
    const names = models.flatMap((model) => model.names)
    expect(new Set(names).size).toBe(names.length)
    for (const { prices, long, cache } of models) {
      for (const list of long ? [prices, long.prices] : [prices]) {
        expect(Object.values(list).filter((price) => !Number.isInteger(price))).toEqual([])
        if (cache.way === 'none') expect(list.cached).toBe(list.input)
        else expect(list.cached).toBeLessThan(list.input)
        expect(list.written).toBeGreaterThanOrEqual(list.input)
        expect(list.output).toBeGreaterThan(list.input)
      }
    }
  })
})

describe('prices', () => {
  const sonnet = named('claude-sonnet-5')
  test('bill read, written and fresh tokens each at their own', () => {
    // 1,000 fresh at $2, 2,000 read at $0.20, 400 written at $2.50, 500 out at $10: in millionths.
    const usage = { input: 3400, cached: 2000, written: 400, output: 500 }
    expect(costOf(usage, sonnet)).toBe(2000 + 400 + 1000 + 5000)
    expect(billedInput(usage, sonnet)).toBe(1000 + 200 + 500)
  })
  test('bill what Anthropic keeps for an hour at twice the price of fresh input', () => {
    const usage = { input: 1000, written: 1000, hour: 400, output: 0 }
    expect(costOf(usage, sonnet)).toBe(600 * 2.5 + 400 * 4)
    expect(billedInput(usage, sonnet)).toBe(600 * 1.25 + 400 * 2)
    expect(costOf({ ...usage, hour: 5000 }, sonnet)).toBe(1000 * 4)
    const haiku = named('claude-haiku-5-5')
    const long = { input: 200_000, written: 200_000, hour: 200_000, output: 0 }
    expect(costOf(long, haiku)).toBe(200_000)
    // Nobody else tells an hour apart.
    const gpt = named('gpt-5.6')
    expect(costOf(usage, gpt)).toBe(1000 * 5)
  })
  test('count as fresh what the provider does not say', () => {
    expect(costOf({ input: 1000, output: 0 }, sonnet)).toBe(2000)
  })
  test('never bill more than was sent', () => {
    expect(billedInput({ input: 100, cached: 400, written: 50 }, sonnet)).toBe(10)
  })
  test('rise for the whole of a long request where the model says so', () => {
    const haiku = named('claude-haiku-5-5')
    expect(costOf({ input: 100_000, output: 0 }, haiku)).toBe(10_000)
    expect(costOf({ input: 100_010, output: 0 }, haiku)).toBe(50_005)
  })
})
