import { afterEach, expect, onTestFinished, test, vi } from 'vitest'
import { page } from 'vitest/browser'
import '../../client/panel/define.ts'
import { explain } from '../../client/panel/explain.ts'
import { de } from '../../client/panel/texts-de.ts'
import { en, fill, textsFor } from '../../client/panel/texts.ts'
import type { ReceiptEntry } from '../../client/index.ts'
import { Why } from '../../shared/schema/receipt.ts'
import { closePages, openPage } from './support/page.ts'

afterEach(() => {
  document.body.replaceChildren()
  document.documentElement.lang = ''
  document.documentElement.style.colorScheme = ''
  delete window.edgewise
  closePages()
})

const { getByRole, getByText } = page

const entry: ReceiptEntry = {
  at: 0,
  receipt: {
    id: 'r',
    why: 'attached',
    slices: ['profile', 'session'],
    dropped: 2,
    tokens: 64,
    whole: 410,
    decidedBy: 'device',
    gateMs: 0.4,
    reason: 'two facts help',
    stakes: 'none',
    store: 'memory',
    facts: [
      { id: 'a', category: 'diet' },
      { id: 'b', category: 'role' },
    ],
    orgMs: 0,
    personaMs: 0,
  },
  facts: [
    { id: 'a', category: 'diet', text: 'Vegetarian' },
    { id: 'b', category: 'role' },
  ],
}

test('the panel takes the instance of the drop-in script, whichever comes first', async () => {
  const { edgewise } = openPage()
  window.edgewise = edgewise
  document.body.append(document.createElement('edgewise-panel'))
  await expect.element(getByRole('heading', { name: 'What is known about you' })).toBeVisible()
})

test('properties set before the element is defined are kept', () => {
  const early = document.createElement('div')
  Object.assign(early, { entry })
  const receipt = document.createElement('edgewise-receipt')
  Reflect.defineProperty(receipt, 'entry', { value: entry, configurable: true, writable: true })
  document.body.append(receipt)
  expect(receipt.shadowRoot?.textContent).toContain('Vegetarian')
})

test('the language is the element’s own, the app’s, or the page’s; texts may be replaced', async () => {
  const { edgewise } = openPage({ locale: 'de' })
  const panel = document.createElement('edgewise-panel')
  document.documentElement.lang = 'en'
  panel.edgewise = edgewise
  document.body.append(panel)
  await expect.element(getByRole('heading', { name: 'Was über Sie bekannt ist' })).toBeVisible()
  panel.lang = 'en'
  await expect.element(getByRole('heading', { name: 'What is known about you' })).toBeVisible()
  panel.texts = { title: 'Your pantry' }
  await expect.element(getByRole('heading', { name: 'Your pantry' })).toBeVisible()
})

test('where there are no texts of a language, dates and numbers are English too', async () => {
  const { edgewise } = openPage({ locale: 'pl' })
  await edgewise.facts.add({ category: 'goal', text: 'Learns to sail' })
  const panel = document.createElement('edgewise-panel')
  panel.edgewise = edgewise
  document.body.append(panel)
  await expect.element(getByText('today', { exact: true })).toBeVisible()
  panel.texts = { title: 'Co o Tobie wiadomo' }
  await expect.element(getByText('dzisiaj', { exact: true })).toBeVisible()
  const receipt = document.createElement('edgewise-receipt')
  receipt.lang = 'pl'
  receipt.entry = entry
  document.body.append(receipt)
  expect(receipt.shadowRoot?.textContent).toContain('in 0.4 ms')
  receipt.texts = { details: 'Szczegóły' }
  expect(receipt.shadowRoot?.textContent).toContain('in 0,4 ms')
})

test.each([
  ['today', 8, 23],
  ['yesterday', 23, 24 + 7],
])(
  'a fact is from %s by the calendar, said at %i and read at %i o’clock',
  async (day, said, read) => {
    const at = (hour: number) => new Date(2026, 2, 10, hour).getTime()
    onTestFinished(() => void vi.useRealTimers())
    vi.useFakeTimers({ toFake: ['Date'], now: at(said) })
    const { edgewise } = openPage()
    await edgewise.facts.add({ category: 'goal', text: 'Learns to sail' })
    vi.setSystemTime(at(read))
    const panel = document.createElement('edgewise-panel')
    panel.edgewise = edgewise
    document.body.append(panel)
    await expect.element(getByText(day, { exact: true })).toBeVisible()
  },
)

test('nothing is built from markup: a fact with tags in it is shown as it is', async () => {
  const { edgewise } = openPage()
  await edgewise.facts.add({ category: 'goal', text: '<img src=x onerror=alert(1)>' })
  const panel = document.createElement('edgewise-panel')
  panel.edgewise = edgewise
  document.body.append(panel)
  await expect.element(getByText('<img src=x onerror=alert(1)>')).toBeVisible()
  expect(panel.shadowRoot?.querySelector('img')).toBeNull()
})

test('colours come from the page where it sets them, and from the theme attribute', async () => {
  const { edgewise } = openPage()
  const panel = document.createElement('edgewise-panel')
  panel.style.setProperty('--edgewise-background', 'rgb(1, 2, 3)')
  panel.setAttribute('theme', 'dark')
  panel.edgewise = edgewise
  document.body.append(panel)
  const style = getComputedStyle(panel)
  expect(style.backgroundColor).toBe('rgb(1, 2, 3)')
  expect(style.colorScheme).toBe('dark')
  const dark = style.color
  panel.setAttribute('theme', 'light')
  expect(getComputedStyle(panel).color).not.toBe(dark)
})

test('it is light or dark as the page around it says, not as the system', async () => {
  const { edgewise } = openPage()
  const panel = document.createElement('edgewise-panel')
  panel.edgewise = edgewise
  document.body.append(panel)
  const style = getComputedStyle(panel)
  // A page that says nothing is a light one, whatever the system prefers.
  expect(style.colorScheme).toBe('normal')
  const light = style.backgroundColor
  document.documentElement.style.colorScheme = 'dark'
  expect(style.colorScheme).toBe('dark')
  expect(style.backgroundColor).not.toBe(light)
  document.documentElement.style.colorScheme = 'light dark'
  expect(style.colorScheme).toBe('light dark')
  panel.setAttribute('theme', 'light')
  expect(style.backgroundColor).toBe(light)
})

test('a removed panel hears nothing; put back, it shows what holds then', async () => {
  const { edgewise } = openPage()
  const panel = document.createElement('edgewise-panel')
  panel.edgewise = edgewise
  document.body.append(panel)
  await expect.element(getByText('Nothing is known yet.', { exact: false })).toBeVisible()
  panel.remove()
  await edgewise.facts.add({ category: 'goal', text: 'Learns to sail' })
  document.body.append(panel)
  await expect.element(getByText('Learns to sail')).toBeVisible()
})

test('every reason of a receipt has a sentence, in every language', () => {
  for (const texts of [en, de]) {
    for (const why of Why.options) {
      const said = explain({ ...entry, receipt: { ...entry.receipt, why } }, texts, 'en').sentence
      expect(`${why}: ${said}`).toMatch(/: .{20}/)
    }
  }
})

test('a receipt in words names facts, notes of the visit and what it cost', () => {
  expect(explain(entry, en, 'en')).toEqual({
    sentence: en.why_attached,
    facts: ['Vegetarian', 'a fact that is no longer known here (work)'],
    notes: ['notes of this visit'],
    details: [
      'Decided on this device in 0.4 ms',
      '64 tokens added; the bare words of everything known would be 410 (estimated)',
      'Left out for lack of space or by rule: 2',
      'two facts help',
    ],
  })
})

test('every German text has the blanks of the English one', () => {
  const blanks = (text: string) => text.match(/\{\w+\}/g)?.toSorted() ?? []
  for (const key of Object.keys(en) as (keyof typeof en)[]) {
    expect({ key, blanks: blanks(de[key]) }).toEqual({ key, blanks: blanks(en[key]) })
  }
})

test('a language without texts of its own gets English', () => {
  expect(textsFor('pt-BR')).toEqual(en)
  expect(textsFor('de-AT')).toEqual(de)
  expect(fill('{a} of {b}', { a: 1 })).toBe('1 of {b}')
})
