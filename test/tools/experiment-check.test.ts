import { expect, test, vi } from 'vitest'
import { simulateExperiments } from '../../tools/experiment/simulate.ts'

vi.setConfig({ testTimeout: 60_000 })

const setting = { seeds: 60, days: 28, usersADay: 900, baseline: 0.5, effect: 0.05, level: 0.05 }

test('looking every day finds no more than the stated share of differences that are not there', () => {
  const found = simulateExperiments(setting)
  // 60 seeds: at most 0.05, give or take two standard errors.
  expect(found.falseAlarms).toBeLessThan(0.11)
  expect(found.falseSkewed).toBeLessThan(0.11)
  expect(found.falseRare).toBeLessThan(0.11)
  expect(found.power).toBeGreaterThan(0.75)
  expect(found.falseFixed).toBeGreaterThan(found.falseAlarms)
  // The same seeds give the same run.
  expect(simulateExperiments(setting)).toEqual(found)
})

test('a smaller effect is found less often', () => {
  const small = { ...setting, seeds: 30, effect: 0.02 }
  expect(simulateExperiments(small).power).toBeLessThan(0.5)
})
