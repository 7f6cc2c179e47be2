import type { Browser, BrowserContext, Page } from 'playwright'
import { chat as dialect } from '../../shared/dialect/chat.ts'

type Asked = {
  /** What went with the question, in the words under the answer. */
  label: string
  /** The receipt in words, as it stands beside the answer. */
  receipt: string
  /** The request as a model would read it. */
  prompt: { role: string; text: string }[]
  /** The block that was attached; empty where there was none. */
  block: string
}

export type DemoPage = {
  page: Page
  meetAda(): Promise<void>
  ask(question: string): Promise<Asked>
  /** What the answer that came last was asked with. */
  lastAsked(): Promise<Asked>
  /** The facts that the panel lists. */
  facts(): Promise<string[]>
  close(): Promise<void>
}

type Visit = { user: string; context?: BrowserContext; width?: number; dark?: boolean }

/** A visit to the demo, in a browser profile of its own unless one is given. */
export async function visitDemo(
  { browser, url }: { browser: Browser; url: string },
  { user, context: given, width = 1400, dark = false }: Visit,
): Promise<DemoPage> {
  const context =
    given ??
    (await browser.newContext({
      viewport: { width, height: 900 },
      colorScheme: dark ? 'dark' : 'light',
    }))
  const page = await context.newPage()
  await page.goto(`${url}/?user=${user}`)
  const body = page.locator('#sent .raw pre')
  const turns = page.locator('#log > li')

  async function lastAsked(): Promise<Asked> {
    await turns.last().locator('.answer.answered').waitFor()
    await page.locator('#sent edgewise-receipt p').first().waitFor({ state: 'attached' })
    const prompt = dialect.promptOf(JSON.parse((await body.textContent()) ?? ''))
    const last = prompt.at(-1)
    return {
      label: await turns.last().locator('.actions button').first().innerText(),
      receipt: (await page.locator('#sent [part~=receipt]').textContent()) ?? '',
      prompt,
      block: last?.text.startsWith('<user_context>') ? last.text : '',
    }
  }

  return {
    page,
    lastAsked,
    async meetAda() {
      await page.getByRole('button', { name: /Meet Ada/ }).click()
      await page.getByText('Her twelve facts are known').waitFor()
    },
    async ask(question) {
      const before = await turns.count()
      // As after a moment of typing: the gate is there, and has read the facts.
      await page.waitForFunction(() => window.edgewise?.state.value.gate === 'lite')
      await page.evaluate((text) => window.edgewise?.decide({ text }), question)
      await page.getByLabel('Your question').fill(question)
      await page.keyboard.press('Enter')
      await turns.nth(before).waitFor()
      return lastAsked()
    },
    async facts() {
      await page.locator('edgewise-panel [part=hint]').first().waitFor({ state: 'attached' })
      return page.locator('edgewise-panel [part=facts] [part=fact-text]').allInnerTexts()
    },
    close: () => (given ? page.close() : context.close()),
  }
}

let visitors = 0

/** A user whom no other test knows. */
export const newUser = (): string => `visitor-${process.pid}-${++visitors}`
