import { afterEach, expect, test, vi } from 'vitest'
import { page, userEvent } from 'vitest/browser'
import '../../client/panel/define.ts'
import type { Edgewise } from '../../client/index.ts'
import { listed } from './support/learning.ts'
import { closePages, openPage, ready, texts } from './support/page.ts'

afterEach(() => {
  vi.useRealTimers()
  document.body.replaceChildren()
  closePages()
})

const { getByRole, getByText } = page

function show(edgewise: Edgewise, lang = 'en'): void {
  const panel = document.createElement('edgewise-panel')
  panel.lang = lang
  panel.edgewise = edgewise
  document.body.append(panel)
}

const said = () => getByRole('status').element().textContent
const questions = getByRole('region', { name: 'Three questions, if you like' })
const known = getByRole('region', { name: 'Facts', exact: true })
const facets = getByRole('region', { name: 'What follows from it' })

const focused = () => {
  let active = document.activeElement
  while (active?.shadowRoot?.activeElement) active = active.shadowRoot.activeElement
  return active?.getAttribute('aria-label') ?? active?.textContent ?? ''
}

const DAY = 24 * 3600 * 1000

/** Runs what the page does at an earlier time; the clock of the page goes back to now afterwards. */
async function daysAgo(days: number, work: () => Promise<unknown>): Promise<void> {
  vi.useFakeTimers({ toFake: ['Date'], now: Date.now() - days * DAY })
  await work()
  vi.useRealTimers()
}

test('while nothing is known three questions are asked, and the answers become facts in the user’s name', async () => {
  const { edgewise } = openPage()
  show(edgewise)
  await expect.element(questions).toBeVisible()
  expect(questions.element().querySelectorAll('label')).toHaveLength(3)
  await questions.getByLabelText('What do you know well?').fill('gardening, Python')
  await questions.getByLabelText('How long should answers be?').selectOptions('brief')
  await questions.getByLabelText('In which language?').selectOptions('German')
  await questions.getByRole('button', { name: 'Remember this' }).click()
  await expect.element(questions).not.toBeInTheDocument()
  await expect.poll(said).toBe('Remembered.')
  expect(focused()).toBe('Facts')
  const facts = await listed(edgewise)
  expect(facts.map(({ category, text, source }) => `${category} ${source} ${text}`)).toEqual([
    'expertise typed The user is an expert in gardening.',
    'expertise typed The user is an expert in Python.',
    'style typed The user prefers brief answers.',
    'style typed The user wants answers in German.',
  ])
})

test('each question may be left out, and Enter is enough', async () => {
  const { edgewise } = openPage()
  show(edgewise)
  await questions.getByLabelText('What do you know well?').fill('law')
  await userEvent.keyboard('{Enter}')
  await expect.element(known.getByText('The user is an expert in law.')).toBeVisible()
  expect(await texts(edgewise)).toEqual(['The user is an expert in law.'])
})

test('they are skipped with the keyboard, and do not come back', async () => {
  const { edgewise } = openPage()
  show(edgewise)
  await questions.getByLabelText('In which language?').click()
  ;(questions.getByLabelText('In which language?').element() as HTMLElement).focus()
  await userEvent.keyboard('{Tab}{Tab}{Enter}')
  await expect.element(questions).not.toBeInTheDocument()
  expect(focused()).toBe('Facts')
  expect(await listed(edgewise)).toEqual([])
  await edgewise.facts.add({ category: 'tool', text: 'Uses Emacs' })
  await edgewise.facts.remove((await listed(edgewise))[0]?.id ?? '')
  await expect.element(getByText('Nothing is known yet.', { exact: false })).toBeVisible()
  await expect.element(questions).not.toBeInTheDocument()
})

test('nobody is asked of whom something is known, or of whom it is not known what is', async () => {
  const { edge, edgewise, user } = openPage()
  await edge.seed(user, { category: 'diet', text: 'vegetarian' })
  show(edgewise)
  await expect.element(known.getByText('vegetarian')).toBeVisible()
  await expect.element(questions).not.toBeInTheDocument()
  const other = openPage()
  other.edge.fails.set('/v1/self-model', () => new Response('{}', { status: 503 }))
  document.body.replaceChildren()
  show(other.edgewise)
  await expect.element(getByText(/What is kept at the edge could not be read/)).toBeVisible()
  await expect.element(questions).not.toBeInTheDocument()
})

test('a fact that arrives meanwhile does not take half an answer away, and what fails is said', async () => {
  const { edge, edgewise } = openPage({ storage: 'edge' })
  show(edgewise)
  await questions.getByLabelText('What do you know well?').fill('gard')
  await edgewise.facts.add({ category: 'tool', text: 'Uses Emacs' })
  await expect.element(known.getByText('Uses Emacs')).toBeVisible()
  edge.fails.set('/v1/self-model/facts', () => new Response('{}', { status: 503 }))
  await questions.getByRole('button', { name: 'Remember this' }).click()
  await expect
    .poll(() => questions.getByRole('alert').element().textContent)
    .toMatch('could not be reached')
  edge.fails.clear()
  await questions.getByRole('button', { name: 'Remember this' }).click()
  await expect.element(known.getByText('The user is an expert in gard.')).toBeVisible()
  await expect.element(questions).not.toBeInTheDocument()
})

test.for(['device', 'edge'] as const)(
  'after 90 days expertise is asked about, and a yes counts as said today (%s)',
  async (storage) => {
    const { edge, edgewise, user } = openPage({ storage })
    await daysAgo(91, async () => {
      await edgewise.facts.add({ category: 'expertise', text: 'New to Rust' })
      await edgewise.facts.add({ category: 'diet', text: 'vegetarian' })
    })
    await daysAgo(89, () => edgewise.facts.add({ category: 'expertise', text: 'Knows Go well' }))
    show(edgewise)
    await expect.element(known.getByText(/Still true\? It was last confirmed/)).toBeVisible()
    await getByRole('button', { name: 'Yes, still true: New to Rust' }).click()
    await expect.poll(said).toBe('Confirmed: New to Rust')
    await expect.element(known.getByText(/Still true/)).not.toBeInTheDocument()
    expect(focused()).toBe('Edit: New to Rust')
    const facts = storage === 'edge' ? edge.modelOf(user).facts : await listed(edgewise)
    const rust = facts.find(({ text }) => text === 'New to Rust')
    expect(Date.now() - (rust?.lastSeen ?? 0)).toBeLessThan(60_000)
    expect(rust).toMatchObject({ status: 'active' })
  },
)

test.for(['device', 'edge'] as const)(
  'a no deletes it, and can be taken back (%s)',
  async (storage) => {
    const { edgewise } = openPage({ storage })
    const rust = { category: 'expertise', text: 'New to Rust' } as const
    await daysAgo(200, () => edgewise.facts.add(rust))
    show(edgewise)
    await getByRole('button', { name: 'No, delete it: New to Rust' }).click()
    await expect.poll(said).toBe('Deleted: New to Rust')
    expect(await listed(edgewise)).toEqual([])
    await expect.poll(focused).toBe('Undo: Deleted: New to Rust')
    await userEvent.keyboard('{Enter}')
    await expect.element(known.getByRole('listitem').getByText('New to Rust')).toBeVisible()
    await expect.poll(said).toBe('Undone: Deleted: New to Rust')
    expect(focused()).toBe('Facts')
    expect(await listed(edgewise)).toMatchObject([rust])
  },
)

test('the panel says what follows from the facts, and from which', async () => {
  const { edge, edgewise, user } = openPage()
  await edge.seed(
    user,
    { category: 'style', text: 'Likes answers short and in bullets' },
    { category: 'expertise', text: 'Ten years of experience with iOS' },
    { category: 'expertise', text: 'NEW TO SQL' },
    { category: 'goal', text: 'Wants to run a marathon by 2031-10-05' },
    { category: 'goal', text: 'Wants to learn to sail' },
    { category: 'diet', text: 'vegetarian' },
  )
  show(edgewise)
  await expect.element(facets).toBeVisible()
  const lines = Array.from(facets.element().querySelectorAll('[part=facet]'), (line) =>
    Array.from(line.children, ({ textContent }) => textContent),
  )
  expect(lines).toEqual([
    ['Length', 'brief', 'from: Likes answers short and in bullets'],
    ['Form', 'bullet points', 'from: Likes answers short and in bullets'],
    ['iOS', 'knows it well', 'from: Ten years of experience with iOS'],
    ['SQL', 'new to it', 'from: NEW TO SQL'],
    ['Goal', 'Wants to run a marathon by 2031-10-05', 'until October 5, 2031 · your words'],
  ])
  expect(facets.element().querySelector('button, input, select')).toBeNull()
})

test('what only this device knows counts too, and follows each change', async () => {
  const { edgewise } = openPage()
  await edgewise.facts.add({ category: 'style', text: 'Prefers formal answers' })
  show(edgewise)
  await expect.element(facets.getByText('formal', { exact: true })).toBeVisible()
  await edgewise.facts.remove((await listed(edgewise))[0]?.id ?? '')
  await expect.element(facets).not.toBeInTheDocument()
})

test('all of it speaks German', async () => {
  const { edgewise } = openPage()
  show(edgewise, 'de')
  const asked = getByRole('region', { name: 'Drei Fragen, wenn Sie mögen' })
  await asked.getByLabelText('Womit kennen Sie sich gut aus?').fill('Rust')
  await asked.getByLabelText('In welcher Sprache?').selectOptions('Deutsch')
  await asked.getByRole('button', { name: 'Merken' }).click()
  const follows = getByRole('region', { name: 'Was daraus folgt' })
  await expect.element(follows.getByText('kennt sich gut aus')).toBeVisible()
  await ready(edgewise)
  expect(await texts(edgewise)).toContain('The user wants answers in German.')
})
