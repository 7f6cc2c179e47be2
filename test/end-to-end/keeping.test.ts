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

const visit = (options: Parameters<typeof visitDemo>[1]) =>
  visitDemo({ browser, url: inject('edgewise') }, options)

const choose = async (page: Page, name: string) => {
  await page.getByRole('radio', { name }).check()
  await page.getByText(`Saved: ${name}`).waitFor()
}

const press = async (page: Page, name: string, yes: string) => {
  await page.getByRole('button', { name }).click()
  await page.getByRole('button', { name: yes }).click()
}

/** All that IndexedDB holds in this profile, as text; empty where there is no database. */
const stored = (page: Page): Promise<string> =>
  page.evaluate(async () => {
    const known = await indexedDB.databases()
    if (!known.some(({ name }) => name === 'edgewise')) return ''
    const db = await new Promise<IDBDatabase>((resolve, reject) => {
      const opening = indexedDB.open('edgewise')
      opening.addEventListener('success', () => resolve(opening.result))
      opening.addEventListener('error', () => reject(opening.error ?? new Error('refused')))
    })
    const values = await new Promise<unknown[]>((resolve) => {
      const reading = db.transaction('kv').objectStore('kv').getAll()
      reading.addEventListener('success', () => resolve(reading.result))
    })
    db.close()
    return JSON.stringify(values)
  })

test('until the user agrees nothing is written, and a reload forgets', async () => {
  const demo = await visit({ user: newUser() })
  await demo.meetAda()
  await demo.ask('Dinner ideas for tonight?')
  expect(await stored(demo.page)).toBe('')
  await demo.page.reload()
  await demo.page.getByText('Nothing is known yet.').waitFor()
  await demo.page.getByText('No question has been asked yet.').waitFor()
  await demo.close()
})

test('kept on the device, facts and receipts are there after a reload; cleared, they are gone', async () => {
  const demo = await visit({ user: newUser() })
  const { page } = demo
  await demo.meetAda()
  await choose(page, 'On this device')
  await demo.ask('Dinner ideas for tonight?')
  await expect.poll(() => stored(page)).toContain('adrenaline')
  await page.reload()
  await page.getByText('12 facts, kept on this device').waitFor()
  await page.locator('edgewise-panel [part=answers]').getByText('Severe peanut allergy').waitFor()
  expect((await demo.ask('Dinner ideas for tonight?')).block).toContain('Severe peanut allergy')
  await press(page, 'Clear everything on this device', 'Yes, clear')
  await page.getByText('Nothing is known yet.').waitFor()
  expect(await stored(page)).not.toContain('adrenaline')
  expect((await demo.ask('Lunch ideas for tomorrow?')).block).toBe('')
  await page.reload()
  await page.getByText('Nothing is known yet.').waitFor()
  await demo.close()
})

test('learned at the edge, facts are known on another device, and forgotten everywhere', async () => {
  const user = newUser()
  const one = await visit({ user })
  await one.meetAda()
  await choose(one.page, 'Learn at the edge')
  await one.page.getByText('12 facts, kept on this device and at the edge').waitFor()
  const asked = await one.ask('Dinner ideas for tonight?')
  expect(asked.block).toContain('Stated by the user, unverified:')
  const other = await visit({ user })
  await other.page.getByText('12 facts').waitFor()
  expect((await other.ask('Dinner ideas for tonight?')).block).toContain('Severe peanut allergy')
  await press(one.page, 'Forget everything', 'Yes, forget everything')
  await one.page.getByText('Everything is forgotten.').waitFor()
  await one.page.reload()
  await one.page.getByText('Nothing is known yet.').waitFor()
  expect((await one.ask('Dinner ideas for tonight?')).block).toBe('')
  await other.page.reload()
  await other.page.getByText('Nothing is known yet.').waitFor()
  await one.close()
  await other.close()
})

test('two tabs share what is known, and clearing in one clears the other', async () => {
  const user = newUser()
  const one = await visit({ user })
  await choose(one.page, 'On this device')
  const two = await visit({ user, context: one.page.context() })
  await one.meetAda()
  await two.page.getByText('12 facts').waitFor()
  await two.page.getByRole('button', { name: 'Add a fact' }).click()
  await two.page.getByLabel('What should be known?').fill('Owns a wok')
  await two.page.keyboard.press('Enter')
  await one.page.getByText('13 facts').waitFor()
  await press(two.page, 'Clear everything on this device', 'Yes, clear')
  await one.page.getByText('Nothing is known yet.').waitFor()
  expect((await one.ask('Dinner ideas for tonight?')).block).toBe('')
  await two.close()
  await one.close()
})

test('the export holds what is known and what answers carried, and receipts without the question', async () => {
  const demo = await visit({ user: newUser() })
  await demo.meetAda()
  await demo.ask('Dinner ideas for tonight?')
  const [download] = await Promise.all([
    demo.page.waitForEvent('download'),
    demo.page.getByRole('button', { name: 'Export as JSON' }).click(),
  ])
  const chunks: Buffer[] = []
  for await (const chunk of await download.createReadStream()) chunks.push(Buffer.from(chunk))
  const text = Buffer.concat(chunks).toString('utf8')
  const exported: { receipts: unknown[] } = JSON.parse(text)
  expect(download.suggestedFilename()).toBe('what-is-known.json')
  expect(text).toContain('Severe peanut allergy')
  expect(exported.receipts).toHaveLength(1)
  expect(JSON.stringify(exported.receipts)).not.toContain('Dinner ideas')
  await demo.close()
})
