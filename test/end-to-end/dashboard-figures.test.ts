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

const id = 'an_experiment_with_a_name_that_is_as_long_as_names_may_be_012345'
const outcome = 'an_outcome_whose_name_takes_all_40_signs'
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

type Given = {
  shown?: ExperimentResults
  figures?: MetricsReport
  timezoneId?: string
  token?: string
}

async function openWith({
  shown = results,
  figures = report,
  timezoneId = 'UTC',
  token,
}: Given = {}): Promise<Page> {
  const context = await browser.newContext({
    viewport: { width: 320, height: 800 },
    timezoneId,
  })
  const page = await context.newPage()
  await page.route('**/reports/metrics?*', (route) => route.fulfill({ json: figures }))
  await page.route('**/reports/experiments', (route) =>
    route.fulfill({ json: { experiments: [{ id, arms, outcomes: [outcome] }] } }),
  )
  await page.route('**/reports/experiments/*', (route) => route.fulfill({ json: shown }))
  await page.goto(`${inject('edgewise')}/dashboard/${token ? `#token=${token}` : ''}`)
  if (!token) await page.getByRole('button', { name: 'Use a development token' }).click()
  await page.locator('#arms-plot canvas').waitFor()
  return page
}

const plotHeight = async (page: Page) =>
  (await page.locator('#arms-plot canvas').boundingBox())?.height ?? 0

test('long names make no page wider than a phone, and stand upright below the plot', async () => {
  const short = await openWith({ shown: { ...results, arms: results.arms.slice(0, 1) } })
  const page = await openWith()
  expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(320)
  // Room for the names.
  expect(await plotHeight(page)).toBeGreaterThan((await plotHeight(short)) + 100)
  await short.context().close()
  await page.context().close()
})

test.each(['America/Los_Angeles', 'Asia/Tokyo'])(
  'a day of the Worker has its own date, also in %s',
  async (zone) => {
    const page = await openWith({ timezoneId: zone })
    expect(await page.locator('#cost-table tbody th').allInnerTexts()).toEqual(['Nov 26'])
    await page.context().close()
  },
)

test('an experiment shows also where nothing was asked in the time that is looked at', async () => {
  const page = await openWith({ figures: { ...report, points: [], groups: [] } })
  expect(await page.locator('#empty').isVisible()).toBe(true)
  expect(await page.locator('#tiles').isVisible()).toBe(false)
  expect(await page.locator('#arms-table tbody tr').count()).toBe(arms.length)
  await page.context().close()
})

test('a bill that rests on guesses says of how many requests', async () => {
  const guessed = { name: 'none', counts: { ...counts, estimated: 6 }, quantiles: {} }
  const page = await openWith({ figures: { ...report, groups: [guessed] } })
  const tile = page.locator('#tiles > div', { hasText: 'Requests' }).first()
  expect(await tile.innerText()).toContain('usage of 75% estimated')
  await page.context().close()
})

test('figures do not wait for experiments, whose results may take long', async () => {
  const page = await browser.newPage({ timezoneId: 'UTC' })
  await page.route('**/reports/metrics?*', (route) => route.fulfill({ json: report }))
  await page.route('**/reports/experiments', () => {})
  await page.goto(`${inject('edgewise')}/dashboard/`)
  await page.getByRole('button', { name: 'Use a development token' }).click()
  await page.locator('#figures').waitFor()
  expect(await page.locator('#cost-table tbody th').allInnerTexts()).toEqual(['Nov 26'])
  await page.close()
})

test('who signs in next sees nothing of the experiments before', async () => {
  const page = await openWith()
  await page.getByRole('button', { name: 'Sign out' }).click()
  await page.unroute('**/reports/experiments')
  await page.route('**/reports/experiments', () => {})
  await page.getByRole('button', { name: 'Use a development token' }).click()
  await page.locator('#figures').waitFor()
  expect(await page.locator('#arms').isVisible()).toBe(false)
  expect(await page.locator('#arms-note').innerText()).toBe('')
  await page.context().close()
})

test('an org is named as it is written, however long that is', async () => {
  const org = `Müller & Söhne ${'x'.repeat(100)}`
  const claims = Buffer.from(JSON.stringify({ org })).toString('base64url')
  const page = await openWith({ token: `e30.${claims}.c2lnbmF0dXJl` })
  expect(await page.locator('#org').innerText()).toBe(org)
  expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(320)
  await page.context().close()
})
