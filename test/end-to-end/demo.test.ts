import type { Browser } from 'playwright'
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

const personal =
  /vegetarian|peanut|engineer|Ghent|children|Thai|train|marathon|Python|euros|metric/i

test('a question that anybody could ask goes out without a personal byte, and the receipt says so', async () => {
  const demo = await visit()
  await demo.meetAda()
  const asked = await demo.ask('What is the capital of France?')
  expect(asked.prompt.map(({ role }) => role)).toEqual(['system', 'user'])
  expect(asked.prompt.at(-1)?.text).toBe('What is the capital of France?')
  expect(JSON.stringify(asked.prompt)).not.toMatch(personal)
  expect(asked.receipt).toContain('Nothing about you was needed.')
  expect(asked.receipt).toContain('Decided on this device')
  expect(asked.label).toBe('Nothing added')
  await demo.close()
})

test('a question about dinner carries diet and allergy and nothing of the job, and the receipt says why', async () => {
  const demo = await visit()
  await demo.meetAda()
  const asked = await demo.ask('Dinner ideas for tonight?')
  expect(asked.prompt.at(-2)?.text).toBe('Dinner ideas for tonight?')
  expect(asked.block).toContain('Vegetarian')
  expect(asked.block).toMatch(/important, stated \d{4}-\d\d-\d\d: Severe peanut allergy/)
  expect(asked.block).not.toMatch(/engineer|bridges|Python|Rhino/)
  expect(asked.receipt).toContain('Knowing you helps here.')
  expect(asked.receipt).toContain('Severe peanut allergy')
  expect(asked.receipt).not.toMatch(/engineer|Python/)
  await expect.poll(() => demo.page.locator('#sent .block').innerText()).toContain(asked.block)
  expect(asked.label).toMatch(/^\d facts added, \d+ tokens$/)
  await demo.close()
})

test('"make it spicier" carries the allergy again, and the next topic does not', async () => {
  const demo = await visit()
  await demo.meetAda()
  await demo.ask('Dinner ideas for tonight?')
  expect((await demo.ask('make it spicier')).block).toContain('Severe peanut allergy')
  const next = await demo.ask('What is the capital of France?')
  expect(next.block).toBe('')
  // What was attached to earlier turns is not part of the conversation.
  expect(JSON.stringify(next.prompt)).not.toMatch(personal)
  await demo.close()
})

test('an edited fact is in the next prompt, a deleted one is not', async () => {
  const demo = await visit()
  const { page } = demo
  await demo.meetAda()
  await page.getByRole('button', { name: /^Edit: Vegetarian/ }).click()
  await page.getByLabel('What should be known?').fill('Vegan for a year now, no eggs and no cheese')
  await page.getByRole('button', { name: 'Save', exact: true }).click()
  await page.getByRole('button', { name: /^Edit: Vegan/ }).waitFor()
  const edited = await demo.ask('Dinner ideas for tonight?')
  expect(edited.block).toContain('Vegan for a year now')
  expect(edited.block).not.toContain('Vegetarian')
  await page.getByRole('button', { name: /^Delete: Vegan/ }).click()
  await page.getByRole('button', { name: 'Delete', exact: true }).click()
  await page.getByText('11 facts').waitFor()
  const deleted = await demo.ask('Lunch ideas for tomorrow?')
  expect(deleted.block).not.toContain('Vegan')
  await demo.close()
})

test('the last answer can be had again without what is known', async () => {
  const demo = await visit()
  await demo.meetAda()
  const first = await demo.ask('Dinner ideas for tonight?')
  expect(first.block).not.toBe('')
  await demo.page
    .getByRole('button', { name: 'Answer again without what is known about me' })
    .click()
  await demo.page.locator('#log > li').nth(1).waitFor()
  const second = await demo.lastAsked()
  expect(second.block).toBe('')
  expect(second.receipt).toContain('Personalization is paused')
  expect(
    await demo.page.getByRole('switch', { name: 'Use it in answers' }).getAttribute('aria-checked'),
  ).toBe('true')
  await demo.close()
})

test('paused, nothing goes along; resumed, it does', async () => {
  const demo = await visit()
  await demo.meetAda()
  const use = demo.page.getByRole('switch', { name: 'Use it in answers' })
  await use.click()
  expect((await demo.ask('Dinner ideas for tonight?')).block).toBe('')
  await use.click()
  expect((await demo.ask('Lunch ideas for tomorrow?')).block).toContain('peanut')
  await demo.close()
})

test('an answer of the preview says that no model was asked', async () => {
  const demo = await visit()
  await demo.ask('How tall is Mount Everest?')
  const answer = await demo.page.locator('#log .answer').innerText()
  expect(answer).toContain('Preview: no model is connected.')
  await demo.close()
})
