import { createRequire } from 'node:module'
import type { AxeResults } from 'axe-core'
import type { Browser, Page } from 'playwright'
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

const visit = (options: Partial<Parameters<typeof visitDemo>[1]> = {}) =>
  visitDemo({ browser, url: inject('edgewise') }, { user: newUser(), ...options })

/** What has the focus, by its label or text, through shadow roots. */
const focused = (page: Page): Promise<string> =>
  page.evaluate(() => {
    let active = document.activeElement
    while (active?.shadowRoot?.activeElement) active = active.shadowRoot.activeElement
    if (active instanceof HTMLInputElement) return active.value
    return active?.getAttribute('aria-label') ?? active?.textContent?.trim() ?? ''
  })

/** Presses Tab until something of that name has the focus, as a person without a mouse would. */
async function tabTo(page: Page, name: string): Promise<void> {
  for (let steps = 0; steps < 80; steps++) {
    await page.keyboard.press('Tab')
    if ((await focused(page)).startsWith(name)) return
  }
  throw new Error(`Tab never reached "${name}"`)
}

test('everything in the panel can be done with the keyboard alone', async () => {
  const demo = await visit()
  const { page } = demo
  await page.getByText('Nothing is known yet.').waitFor()
  await tabTo(page, 'Add a fact')
  await page.keyboard.press('Enter')
  await page.keyboard.type('Allergic to peanuts')
  await page.keyboard.press('Tab')
  await page.keyboard.type('health')
  await page.keyboard.press('Tab')
  await page.keyboard.press('Space')
  await page.keyboard.press('Tab')
  await page.keyboard.press('Enter')
  await page.getByText('Added: Allergic to peanuts').waitFor()
  expect(await focused(page)).toBe('Add a fact')
  await page.locator('edgewise-panel').getByText('important', { exact: true }).waitFor()

  await page.keyboard.press('Shift+Tab')
  await page.keyboard.press('Shift+Tab')
  expect(await focused(page)).toBe('Edit: Allergic to peanuts')
  await page.keyboard.press('Enter')
  await page.keyboard.press('Control+A')
  await page.keyboard.type('Allergic to peanuts and cashews')
  await page.keyboard.press('Enter')
  await expect.poll(() => focused(page)).toBe('Edit: Allergic to peanuts and cashews')

  await tabTo(page, 'memory')
  await page.keyboard.press('ArrowDown')
  await page.getByText('Saved: On this device').waitFor()
  expect(await focused(page)).toBe('device')

  await tabTo(page, 'Clear everything on this device')
  await page.keyboard.press('Enter')
  await page.keyboard.press('Escape')
  await expect.poll(() => focused(page)).toBe('Clear everything on this device')
  expect(await demo.facts()).toEqual(['Allergic to peanuts and cashews'])
  await page.keyboard.press('Enter')
  expect(await focused(page)).toBe('Yes, clear')
  await page.keyboard.press('Enter')
  await page.getByText('Nothing is known yet.').waitFor()
  await expect.poll(() => focused(page)).toBe('Clear everything on this device')
  await demo.close()
})

test('what has the focus can be seen', async () => {
  const demo = await visit()
  await demo.page.getByText('Nothing is known yet.').waitFor()
  await tabTo(demo.page, 'Add a fact')
  const outline = await demo.page
    .getByRole('button', { name: 'Add a fact' })
    .evaluate((button) => getComputedStyle(button).outline)
  expect(outline).toMatch(/solid 2px/)
  await demo.close()
})

test('on a phone nothing is wider than the screen, and the panel opens over the chat and closes', async () => {
  const demo = await visit({ width: 360 })
  const { page } = demo
  await demo.meetAda()
  await demo.ask('Dinner ideas for tonight?')
  const widths = () =>
    page.evaluate(() => [
      document.documentElement.scrollWidth,
      document.documentElement.clientWidth,
    ])
  expect((await widths())[0]).toBe(360)
  const toggle = page.getByRole('button', { name: /What is known/ })
  await toggle.click()
  await page.getByRole('heading', { name: 'What is known about you' }).waitFor()
  expect((await widths())[0]).toBe(360)
  await page.keyboard.press('Escape')
  await page.getByRole('heading', { name: 'What is known about you' }).waitFor({ state: 'hidden' })
  expect(await toggle.getAttribute('aria-expanded')).toBe('false')
  expect(await focused(page)).toMatch(/^What is known/)
  await demo.close()
})

/** What axe finds on the page, shadow roots included: serious and critical violations, each with where it is. */
async function violations(page: Page): Promise<string[]> {
  await page.addScriptTag({ path: createRequire(import.meta.url).resolve('axe-core/axe.min.js') })
  const { violations: found } = await page.evaluate(async (): Promise<AxeResults> => {
    const axe: unknown = Reflect.get(window, 'axe')
    return (axe as typeof import('axe-core')).run(document, { resultTypes: ['violations'] })
  })
  return found
    .filter(({ impact }) => impact === 'serious' || impact === 'critical')
    .flatMap(({ id, nodes }) => nodes.map(({ target }) => `${id}: ${target.flat().join(' ')}`))
}

/** All that can be opened, so that it is looked at, too. */
const openAll = (page: Page) =>
  page.evaluate(() => {
    const root = document.querySelector('edgewise-panel')?.shadowRoot
    for (const details of [
      ...document.querySelectorAll('details'),
      ...(root?.querySelectorAll('details') ?? []),
    ]) {
      details.open = true
    }
  })

test.each([
  { name: 'in light colours', dark: false, width: 1400 },
  { name: 'in dark colours', dark: true, width: 1400 },
  { name: 'on a phone', dark: false, width: 390 },
  { name: 'on a phone in dark colours', dark: true, width: 390 },
])('axe finds nothing serious in demo and panel $name', async ({ dark, width }) => {
  const demo = await visit({ dark, width })
  const { page } = demo
  expect(await violations(page)).toEqual([])
  await demo.meetAda()
  await demo.ask('Dinner ideas for tonight?')
  await demo.ask('What is the capital of France?')
  if (width < 1000) await page.getByRole('button', { name: /What is known/ }).click()
  await page.getByRole('heading', { name: 'What is known about you' }).waitFor()
  await page.getByRole('button', { name: 'Forget everything' }).click()
  await page.getByRole('button', { name: 'Edit: Severe peanut allergy' }).click()
  await page.getByRole('button', { name: 'Add a fact' }).click()
  await openAll(page)
  expect(await violations(page)).toEqual([])
  await demo.close()
})
