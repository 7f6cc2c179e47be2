import { afterEach, expect, test, vi } from 'vitest'
import { page, userEvent } from 'vitest/browser'
import type { EdgewisePanel } from '../../client/panel/define.ts'
import '../../client/panel/define.ts'
import type { Edgewise } from '../../client/index.ts'
import type { Outcome } from '../../shared/schema/experiment.ts'
import { createEdge } from './support/edge.ts'
import { chat, closePages, openPage, openSeeded, ready, storedOf } from './support/page.ts'

afterEach(() => {
  document.body.replaceChildren()
  closePages()
})

const { getByRole, getByText, getByLabelText } = page

function show(edgewise: Edgewise, attributes: Record<string, string> = {}): EdgewisePanel {
  const panel = document.createElement('edgewise-panel')
  for (const [name, value] of Object.entries(attributes)) panel.setAttribute(name, value)
  panel.edgewise = edgewise
  document.body.append(panel)
  return panel
}

const diet = { category: 'diet', text: 'Vegetarian since school' } as const
const work = { category: 'role', text: 'Builds bridges for a living' } as const

const focused = () => {
  let active = document.activeElement
  while (active?.shadowRoot?.activeElement) active = active.shadowRoot.activeElement
  return active?.getAttribute('aria-label') ?? active?.textContent ?? ''
}

test('a fact is added with its kind, and the client holds it', async () => {
  const { edgewise } = openPage()
  show(edgewise)
  await getByRole('button', { name: 'Add a fact' }).click()
  await getByLabelText('What should be known?').fill('  Loves   Thai food ')
  await getByLabelText('Kind').selectOptions('diet')
  await userEvent.keyboard('{Tab}{Tab}{Enter}')
  await expect
    .poll(() => getByRole('status').element().textContent)
    .toMatch('Added: Loves Thai food')
  await expect.element(getByRole('listitem').getByText('Loves Thai food')).toBeVisible()
  const { facts } = await edgewise.facts.list()
  expect(facts).toMatchObject([
    { text: 'Loves Thai food', category: 'diet', source: 'typed', vital: false, where: 'device' },
  ])
  expect(focused()).toBe('Add a fact')
})

test('a protective fact is marked as important by its own tick only', async () => {
  const { edgewise } = openPage()
  show(edgewise)
  await getByRole('button', { name: 'Add a fact' }).click()
  await getByLabelText('Kind').selectOptions('health')
  await getByLabelText('What should be known?').fill('Allergic to peanuts')
  await expect.element(getByText(/This sounds like something/)).toBeVisible()
  await getByRole('button', { name: 'Save' }).click()
  const mark = getByRole('button', { name: 'Mark as important for my safety' })
  await expect.element(mark).toBeVisible()
  expect((await edgewise.facts.list()).facts[0]?.vital).toBe(false)
  await mark.click()
  await expect.element(getByText('important', { exact: true })).toBeVisible()
  expect((await edgewise.facts.list()).facts[0]?.vital).toBe(true)
})

test('an empty or too long text is refused in the form, which stays', async () => {
  const { edgewise } = openPage()
  show(edgewise)
  await getByRole('button', { name: 'Add a fact' }).click()
  await getByRole('button', { name: 'Save' }).click()
  await expect.poll(() => getByRole('alert').element().textContent).toMatch('there is no text')
  await getByLabelText('What should be known?').fill('ö'.repeat(129))
  await getByRole('button', { name: 'Save' }).click()
  await expect.poll(() => getByRole('alert').element().textContent).toMatch('at most 256 bytes')
  expect((await edgewise.facts.list()).facts).toEqual([])
})

test('editing changes the fact; Escape leaves it, and focus goes back to the button', async () => {
  const { edgewise } = openPage()
  await edgewise.facts.add(diet)
  show(edgewise)
  const edit = getByRole('button', { name: `Edit: ${diet.text}` })
  await edit.click()
  await userEvent.keyboard('nothing{Escape}')
  await expect.poll(focused).toBe(`Edit: ${diet.text}`)
  await edit.click()
  await getByLabelText('What should be known?').fill('Vegan since school')
  await userEvent.keyboard('{Enter}')
  await expect.poll(focused).toBe('Edit: Vegan since school')
  expect((await edgewise.facts.list()).facts).toMatchObject([{ text: 'Vegan since school' }])
})

test('a pinned fact goes first and keeps the focus', async () => {
  const { edgewise } = openPage()
  await edgewise.facts.add(diet)
  await edgewise.facts.add(work)
  show(edgewise)
  await getByRole('button', { name: `Pin: ${work.text}` }).click()
  const unpin = getByRole('button', { name: `Unpin: ${work.text}` })
  await expect.element(unpin).toHaveAttribute('aria-pressed', 'true')
  expect(focused()).toBe(`Unpin: ${work.text}`)
  await expect.poll(() => getByRole('listitem').first().element().textContent).toMatch(work.text)
})

test('deleting asks first; then focus goes to the next fact', async () => {
  const { edgewise } = openPage()
  await edgewise.facts.add(diet)
  await edgewise.facts.add(work)
  show(edgewise)
  await getByRole('button', { name: `Delete: ${diet.text}` }).click()
  expect((await edgewise.facts.list()).facts).toHaveLength(2)
  await getByRole('button', { name: 'Delete', exact: true }).click()
  await expect
    .poll(() => getByRole('status').element().textContent)
    .toMatch(`Deleted: ${diet.text}`)
  expect((await edgewise.facts.list()).facts).toMatchObject([work])
  expect(focused()).toBe(`Delete: ${work.text}`)
})

test('a form that is open stays when facts change elsewhere', async () => {
  const { edgewise } = openPage()
  await edgewise.facts.add(diet)
  show(edgewise)
  await getByRole('button', { name: `Edit: ${diet.text}` }).click()
  await getByLabelText('What should be known?').fill('half a sen')
  await edgewise.facts.add(work)
  await expect.element(getByText(work.text)).toBeVisible()
  await expect.element(getByLabelText('What should be known?')).toHaveValue('half a sen')
})

test('receipts stand in words, with what was attached and what it saved', async () => {
  const { edgewise } = openPage()
  await edgewise.facts.add(diet)
  show(edgewise)
  await ready(edgewise)
  await chat(edgewise, 'a vegetarian dinner?')
  const answers = getByRole('region', { name: 'Last answers' })
  await expect.element(answers.getByText(/Knowing you helps here/)).toBeVisible()
  await expect.element(answers.getByText(diet.text)).toBeVisible()
  await expect
    .element(getByText(/Compared with sending the bare words of everything/))
    .toBeVisible()
  const tokens = getByRole('region', { name: 'Tokens' })
  await expect.element(tokens.getByText('Added to your questions')).toBeVisible()
  await expect.poll(() => tokens.element().textContent).toMatch(/Saved40/)
})

test('a new answer leaves opened details and the focus of the others as they are', async () => {
  const { edgewise } = openPage()
  await edgewise.facts.add(diet)
  const panel = show(edgewise, { again: '' })
  await ready(edgewise)
  await chat(edgewise, 'a vegetarian dinner?')
  await expect.element(getByText(/Knowing you helps here/)).toBeVisible()
  const at = (index: number) => panel.shadowRoot?.querySelectorAll('[part=answer]')[index]
  const details = at(0)?.querySelector('details')
  details?.querySelector('summary')?.click()
  const again = getByRole('button', { name: 'Answer again without what is known about me' })
  ;(again.element() as HTMLElement).focus()
  for (let count = 1; count <= 4; count++) {
    await chat(edgewise, 'any noodles?')
    await expect.poll(() => at(count)?.textContent).toMatch(diet.text)
    // Its button has gone to the newest answer: what every answer has takes the focus.
    expect(focused()).toBe('Details')
    expect(panel.shadowRoot?.activeElement?.closest('[part=answer]')).toBe(at(count))
    expect(at(count)?.querySelector('details')?.open).toBe(true)
  }
  // By now it is an earlier answer.
  await expect.element(getByText(diet.text).last()).toBeVisible()
  const moved = vi.fn<() => void>()
  panel.shadowRoot?.addEventListener('focusout', moved)
  const facts = getByRole('button', { name: `Edit: ${diet.text}` })
  ;(facts.element() as HTMLElement).focus()
  moved.mockClear()
  await chat(edgewise, 'any noodles?')
  await expect.poll(() => at(5)?.textContent).toMatch(diet.text)
  expect(focused()).toBe(`Edit: ${diet.text}`)
  expect(moved).not.toHaveBeenCalled()
})

test('answering again is offered where the app can, and tells it which answer', async () => {
  const { edgewise } = openPage()
  await edgewise.facts.add(diet)
  const panel = show(edgewise)
  await ready(edgewise)
  await chat(edgewise, 'a vegetarian dinner?')
  const again = getByRole('button', { name: 'Answer again without what is known about me' })
  await expect.element(getByText(/Knowing you helps here/)).toBeVisible()
  await expect.element(again).not.toBeInTheDocument()
  const asked = vi.fn<(entry: unknown) => void>()
  panel.addEventListener('edgewise:again', (event) => asked((event as CustomEvent).detail))
  panel.setAttribute('again', '')
  const [entry] = edgewise.receipts()
  await again.click()
  expect(asked).toHaveBeenCalledWith(entry)
  // What went along with it counts as taken back, once.
  await expect.poll(() => edgewise.receipts()[0]?.takenBack).toBe(true)
  await edgewise.takeBack(entry?.receipt.id ?? '')
  const { facts } = await edgewise.facts.list()
  expect(facts[0]?.earned?.corrected).toBe(1)
})

test('an answer of an experiment can be rated once, by a number; others cannot', async () => {
  const edge = createEdge()
  edge.experiment = 'e1'
  edge.fails.set('/v1/outcomes', () => Response.json({ id: 'x', counted: true }))
  const { edgewise } = await openSeeded({ edge, storage: 'edge' })
  show(edgewise)
  await chat(edgewise, 'Which noodles?')
  const question = getByRole('group', { name: 'Was this answer helpful?' })
  await question.getByRole('button', { name: 'No' }).click()
  await expect.element(question.getByText(/^Thank you/)).toBeVisible()
  expect(question.element().matches(':focus')).toBe(true)
  const thumbs = () =>
    edge
      .calls('/v1/outcomes')
      .map(({ body }): Outcome => JSON.parse(typeof body === 'string' ? body : ''))
      .filter(({ name }) => name === 'edgewise.thumb')
  const id = edgewise.receipts()[0]?.receipt.id
  await expect.poll(thumbs).toMatchObject([{ value: 0, receipt: id }])
  edge.experiment = undefined
  await chat(edgewise, 'And for tomorrow?')
  await expect.element(question).not.toBeInTheDocument()
})

test('the switch pauses personalization and says so', async () => {
  const { edgewise } = openPage()
  show(edgewise)
  const use = getByRole('switch', { name: 'Use it in answers' })
  await expect.element(use).toHaveAttribute('aria-checked', 'true')
  await use.click()
  await expect.element(use).toHaveAttribute('aria-checked', 'false')
  expect(edgewise.state.value.paused).toBe(true)
  await use.click()
  await expect.element(use).toHaveAttribute('aria-checked', 'true')
  expect(edgewise.state.value.paused).toBe(false)
})

test('consent moves facts from the page to the device and to the edge', async () => {
  const { edgewise, edge, user } = openPage()
  await ready(edgewise)
  await edgewise.facts.add(diet)
  show(edgewise)
  await expect.element(getByText('You have not chosen yet.', { exact: false })).toBeVisible()
  await expect.element(getByText('this page', { exact: true })).toBeVisible()
  expect(await storedOf(user)).toBe('')
  await getByRole('radio', { name: 'On this device' }).click()
  await expect.element(getByText('this device', { exact: true })).toBeVisible()
  await vi.waitFor(async () => expect(await storedOf(user)).toContain(diet.text))
  await getByRole('radio', { name: 'Learn at the edge' }).click()
  await expect.element(getByText('at the edge', { exact: true })).toBeVisible()
  expect(edge.modelOf(user).facts).toMatchObject([diet])
  await getByRole('radio', { name: 'In this page only' }).click()
  await expect.element(getByText(/What is at the edge stays there/)).toBeVisible()
})

test('forgetting everything asks first, and reaches device and edge', async () => {
  const { edgewise, edge, user } = openPage({ storage: 'edge' })
  await ready(edgewise)
  await edgewise.facts.add(diet)
  show(edgewise)
  const forget = getByRole('button', { name: 'Forget everything' })
  await forget.click()
  await userEvent.keyboard('{Escape}')
  await expect.poll(focused).toBe('Forget everything')
  expect(edge.modelOf(user).facts).toHaveLength(1)
  await forget.click()
  await getByRole('button', { name: 'Yes, forget everything' }).click()
  await expect
    .poll(() => getByRole('status').element().textContent)
    .toMatch('Everything is forgotten.')
  await expect.element(getByText('Nothing is known yet.', { exact: false })).toBeVisible()
  expect(edge.modelOf(user).facts).toEqual([])
  expect(await storedOf(user)).not.toContain(diet.text)
})

test('what cannot be done is said, and the panel goes on', async () => {
  const { edgewise, edge } = openPage({ storage: 'edge' })
  await ready(edgewise)
  show(edgewise)
  edge.fails.set('/v1/self-model/facts', () => new Response('{}', { status: 503 }))
  await getByRole('button', { name: 'Add a fact' }).click()
  await getByLabelText('What should be known?').fill(diet.text)
  await userEvent.keyboard('{Enter}')
  await expect.poll(() => getByRole('alert').element().textContent).toMatch('could not be reached')
  edge.fails.clear()
  await userEvent.keyboard('{Enter}')
  await expect.element(getByRole('button', { name: `Edit: ${diet.text}` })).toBeVisible()
})
