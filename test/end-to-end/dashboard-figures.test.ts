import type { Browser, Page } from 'playwright'
import { afterAll, beforeAll, expect, inject, test } from 'vitest'
import type { ExperimentResults } from '../../shared/schema/experiment-report.ts'
import type { MetricsReport } from '../../shared/schema/metrics.ts'
import { openBrowser } from './start.ts'

/* What the page makes of figures that no demo brings about: they stand in for the Worker's. */

let browser: Browser

beforeAll(async () => {
  browser = await openBrowser()
})

afterAll(async () => {
  await browser?.close()
})

const day = Date.UTC(2026, 10, 26)
const DAY = 24 * 3600
const counts = { requests: 8, 'why:attached': 2 }
const report: MetricsReport = {
  org: 'made-up',
  from: day - 89 * DAY * 1000,
  to: day + DAY * 1000,
  step: DAY,
  by: 'arm',
  points: [{ at: day, counts, quantiles: {} }],
  groups: [{ name: 'none', counts, quantiles: {} }],
  blocks: [],
}

const id = 'an-experiment-with-a-name-that-is-as-long-as-names-may-be-0123456'
const outcome = 'an-outcome-whose-name-takes-all-40-signs'
const arms = ['none', 'summary-100', 'summary-200-no-preference', 'summary', 'full-1500']
const results: ExperimentResults = {
  experiment: id,
  outcome,
  level: 0.05,
  windowHours: 24,
  arms: arms.map((arm) => ({ arm, n: 50, mean: -20, low: null, high: null })),
  difference: [],
  ratio: { p: 1, statistic: 0, crossed: 0 },
  waiting: 0,
  steps: [],
  classes: [],
  guardrails: [],
}

async function openWith(shown: ExperimentResults, timezoneId = 'UTC'): Promise<Page> {
  const context = await browser.newContext({
    viewport: { width: 320, height: 800 },
    timezoneId,
  })
  const page = await context.newPage()
  await page.route('**/reports/metrics?*', (route) => route.fulfill({ json: report }))
  await page.route('**/reports/experiments', (route) =>
    route.fulfill({ json: { experiments: [{ id, arms, outcomes: [outcome] }] } }),
  )
  await page.route('**/reports/experiments/*', (route) => route.fulfill({ json: shown }))
  await page.goto(`${inject('edgewise')}/dashboard/`)
  await page.getByRole('button', { name: 'Use a development token' }).click()
  await page.locator('#arms-plot canvas').waitFor()
  return page
}

const plotHeight = async (page: Page) =>
  (await page.locator('#arms-plot canvas').boundingBox())?.height ?? 0

test('long names make no page wider than a phone, and stand upright below the plot', async () => {
  const short = await openWith({ ...results, arms: results.arms.slice(0, 1) })
  const page = await openWith(results)
  expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(320)
  // Room for the names.
  expect(await plotHeight(page)).toBeGreaterThan((await plotHeight(short)) + 100)
  await short.context().close()
  await page.context().close()
})

test.each(['America/Los_Angeles', 'Asia/Tokyo'])(
  'a day of the Worker has its own date, also in %s',
  async (zone) => {
    const page = await openWith(results, zone)
    expect(await page.locator('#cost-table tbody th').allInnerTexts()).toEqual(['Nov 26'])
    await page.context().close()
  },
)
