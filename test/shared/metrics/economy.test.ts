import { expect, test } from 'vitest'
import { figuresOf, gather } from '../../../shared/metrics/cells.ts'
import {
  attachRate,
  cacheShare,
  degradedShare,
  economyOf,
} from '../../../shared/metrics/economy.ts'

test('rates are shares of the requests, and unknown where there were none', () => {
  const counts = {
    requests: 20,
    'why:attached': 3,
    'why:persona_late': 1,
    'why:not_needed': 16,
    'tokens:fresh': 50,
    'tokens:cached': 150,
  }
  expect(attachRate(counts)).toBeCloseTo(0.15)
  expect(cacheShare(counts)).toBeCloseTo(0.75)
  expect(degradedShare(counts)).toBeCloseTo(0.05)
  expect(attachRate({})).toBeUndefined()
  expect(cacheShare({})).toBeUndefined()
})

test('always-injecting costs the mean profile on every request, also where none was read', () => {
  const economy = economyOf({
    requests: 100,
    whole_known: 10,
    'tokens:block': 300,
    'tokens:whole': 2000,
    cost: 5000,
    'cost:block': 75,
    'cost:whole': 500,
  })
  expect(economy).toEqual({
    priced: 100,
    spent: 5000,
    added: 75,
    always: 5000,
    saved: 4925,
    tokens: { added: 300, always: 20_000, saved: 19_700 },
  })
})

test('where no profile was ever read nothing is claimed to be saved', () => {
  expect(economyOf({ requests: 100, cost: 5000 })).toMatchObject({ always: 0, saved: 0, added: 0 })
})

test('cells of the same metric add up, and unknown ones are passed over', () => {
  const figures = figuresOf(
    gather([
      { metric: 'requests', bucket: 0, amount: 2 },
      { metric: 'requests', bucket: 0, amount: 3 },
      { metric: 'edge', bucket: 0, amount: 4 },
      { metric: 'edge', bucket: -1, amount: 0.08 },
      { metric: 'of_an_older_version', bucket: 0, amount: 9 },
    ]),
  )
  expect(figures.counts).toEqual({ requests: 5 })
  expect(figures.quantiles).toEqual({
    edge: { count: 4, mean: 0.02, p50: 0.03, p95: 0.03, p99: 0.03 },
  })
})
