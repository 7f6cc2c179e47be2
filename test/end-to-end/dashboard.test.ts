import { readFile } from 'node:fs/promises'
import type { Browser, BrowserContext, Page } from 'playwright'
import { afterAll, beforeAll, expect, inject, test } from 'vitest'
import { newUser, visitDemo } from './demo-page.ts'
import { openBrowser } from './start.ts'

let browser: Browser

beforeAll(async () => {
  browser = await openBrowser()
})

afterAll(async () => {
  await browser?.close()
})

const address = () => `${inject('edgewise')}/dashboard/`

async function openDashboard(context?: BrowserContext): Promise<Page> {
  const page = await (context ?? browser).newPage({ viewport: { width: 1280, height: 900 } })
  await page.goto(address())
  return page
}

async function signIn(page: Page): Promise<void> {
  await page.getByRole('button', { name: 'Use a development token' }).click()
  await page.locator('#figures').waitFor()
}

const tile = (page: Page, name: string) =>
  page.locator('#tiles > div', { hasText: name }).locator('dd').first().innerText()
const requests = async (page: Page) => Number((await tile(page, 'Requests')).replaceAll(',', ''))

test('what is asked in the demo shows on the dashboard, with why, cost and waiting times', async () => {
  const page = await openDashboard()
  await signIn(page)
  const before = await requests(page)
  const demo = await visitDemo({ browser, url: inject('edgewise') }, { user: newUser() })
  await demo.meetAda()
  await demo.ask('What is the capital of France?')
  await demo.ask('Dinner ideas for tonight?')
  await demo.close()
  // By itself: the page looks again every ten seconds.
  await expect.poll(() => requests(page), { timeout: 20_000 }).toBeGreaterThanOrEqual(before + 2)
  expect(await tile(page, 'Added to no personalization')).toMatch(/^\$0\.0/)
  const row = (table: string, name: string) =>
    page.locator(`#${table}-table tr`, { hasText: name }).innerText()
  expect(await row('why', 'Attached')).toMatch(/Attached\s+[1-9]/)
  expect(await row('slice', 'Profile')).toMatch(/Profile\s+[1-9]/)
  expect(await page.locator('#latency-table tbody tr').count()).toBeGreaterThan(0)
  expect(await page.locator('#cost-plot canvas').count()).toBe(1)
  expect(await page.locator('#arms-note').innerText()).toContain('No experiment yet')
  await page.close()
})

test('the token is asked for, stays in the tab, and never travels in an address', async () => {
  const page = await openDashboard()
  const addresses: string[] = []
  page.on('request', (request) => addresses.push(request.url()))
  await page.getByLabel('Admin token').fill('no-token')
  await page.getByRole('button', { name: 'Show the figures' }).click()
  await page.getByRole('alert').filter({ hasText: 'token' }).waitFor()
  const { token } = await (
    await fetch(`${inject('edgewise')}/demo/token?user=admin&scope=org:admin`)
  ).json()
  await page.goto('about:blank')
  await page.goto(`${address()}#token=${token}`)
  await page.locator('#figures').waitFor()
  expect(page.url()).toBe(address())
  expect(addresses.filter((url) => url.includes(token) || url.includes('no-token'))).toEqual([])
  await page.reload()
  await page.locator('#figures').waitFor()
  await page.getByRole('button', { name: 'Sign out' }).click()
  await page.getByLabel('Admin token').waitFor()
  expect(await page.evaluate(() => JSON.stringify([sessionStorage, localStorage]))).toBe('[{},{}]')
  await page.close()
})

test('a user of the app is told that it is not for them', async () => {
  const page = await openDashboard()
  const { token } = await (await fetch(`${inject('edgewise')}/demo/token?user=ada`)).json()
  await page.getByLabel('Admin token').fill(token)
  await page.getByRole('button', { name: 'Show the figures' }).click()
  await page.getByText('The token does not allow this (scope: org:admin).').waitFor()
  expect(await page.locator('#figures').isVisible()).toBe(false)
  await page.close()
})

test('where the Worker is away the last figures stay, and the page says so until it is back', async () => {
  const page = await openDashboard()
  await signIn(page)
  await page.route('**/v1/admin/reports/**', (route) => route.abort())
  await page.getByLabel('Time', { exact: true }).selectOption('15m')
  await page.getByRole('alert').filter({ hasText: 'cannot be reached' }).waitFor()
  expect(await page.locator('#figures').isVisible()).toBe(true)
  await page.unroute('**/v1/admin/reports/**')
  await page.getByLabel('Time', { exact: true }).selectOption('1h')
  await page.getByRole('alert').waitFor({ state: 'hidden' })
  await page.close()
})

test('the keyboard reaches every control and table, and assistive software finds nothing amiss', async () => {
  const page = await openDashboard()
  await signIn(page)
  const seen = new Set<string>()
  for (let i = 0; i < 24; i++) {
    await page.keyboard.press('Tab')
    seen.add(
      await page.evaluate(() => {
        const active = document.activeElement
        return active?.getAttribute('aria-label') ?? active?.id ?? ''
      }),
    )
  }
  for (const name of ['Time', 'What is waited for', 'Told apart by', 'Figures by arm']) {
    expect([...seen]).toContain(name)
  }
  // As the debugger would: the page's policy lets no other script in.
  await page.evaluate(await readFile('node_modules/axe-core/axe.min.js', 'utf8'))
  for (const colorScheme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme })
    const violations: unknown = await page.evaluate(
      `axe.run().then(({ violations }) => violations.map(({ id, nodes }) => [id, nodes[0].html]))`,
    )
    expect(violations).toEqual([])
  }
  await page.close()
})
