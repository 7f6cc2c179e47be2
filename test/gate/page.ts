import type { Page } from 'playwright'
import type { Decision } from '../../shared/schema/decision.ts'
import type { Setup } from './in-page.ts'

export const makeGate = (page: Page, setup: Setup = {}) =>
  page.evaluate((given) => window.makeGate(given), setup)

export const options = { mode: 'balanced' as const, maxFacts: 5, blocked: [], deadline: 5000 }
export const facts = [{ id: 'diet', category: 'diet' as const, text: 'Vegetarian.' }]

export const decide = (page: Page, query: string, more = {}): Promise<Decision> =>
  page.evaluate(([input, chosen]) => window.held.gate.decide(input, chosen), [
    { query, history: [], notes: [], facts },
    { ...options, ...more },
  ] as const)

export const progressOf = (page: Page) => page.evaluate(() => window.held.progress)
export const statusOf = (page: Page) => page.evaluate(() => window.held.gate.status())

export async function warm(page: Page): Promise<void> {
  await page.evaluate((known) => window.held.gate.prepare(known), facts)
  await page.waitForFunction(
    () => {
      return window.held.progress.some(({ part, state }) => part === 'full' && state !== 'loading')
    },
    undefined,
    { timeout: 60_000 },
  )
}

/** What the large tier said of itself last. */
export const lastWord = async (page: Page) =>
  (await progressOf(page))
    .filter(({ part, state }) => part === 'full' && state !== 'loading')
    .at(-1)
