import { afterEach, expect, test, vi } from 'vitest'
import { page } from 'vitest/browser'
import '../../client/panel/define.ts'
import type { Edgewise } from '../../client/index.ts'
import { listed, openLearning, waitForFacts } from './support/learning.ts'
import { chat, closePages, openPage, ready } from './support/page.ts'

afterEach(() => {
  document.body.replaceChildren()
  closePages()
})

const { getByRole, getByText, getByLabelText } = page

function show(edgewise: Edgewise): void {
  const panel = document.createElement('edgewise-panel')
  panel.edgewise = edgewise
  document.body.append(panel)
}

const said = () => getByRole('status').element().textContent
const waiting = getByRole('region', { name: 'Waiting for your yes' })
const known = getByRole('region', { name: 'Facts', exact: true })
const changed = getByRole('region', { name: 'What has changed' })

const focused = () => {
  let active = document.activeElement
  while (active?.shadowRoot?.activeElement) active = active.shadowRoot.activeElement
  return active?.getAttribute('aria-label') ?? active?.textContent ?? ''
}

test('what was told in the chat is in the panel at once, with where it came from', async () => {
  const { edgewise } = await openLearning()
  show(edgewise)
  await chat(edgewise, 'I use Python')
  await expect.element(known.getByText('The user uses Python.')).toBeVisible()
  await expect.element(known.getByText('your words')).toBeVisible()
})

test('pasted facts wait in a place of their own, for a yes or a no', async () => {
  const { edgewise } = await openLearning()
  await chat(edgewise, `I use Emacs. I live in Ghent. ${'And so on. '.repeat(100)}`)
  await waitForFacts(edgewise, [{}, {}])
  show(edgewise)
  await expect.element(waiting.getByText('from pasted text').first()).toBeVisible()
  await expect.element(known.getByText('The user uses Emacs.')).not.toBeInTheDocument()
  await getByRole('button', { name: 'Yes, that is true: The user uses Emacs.' }).click()
  await expect.element(known.getByText('The user uses Emacs.')).toBeVisible()
  await expect.poll(said).toBe('Confirmed: The user uses Emacs.')
  expect(focused()).toBe('Yes, that is true: The user lives in Ghent.')
  await getByRole('button', { name: 'No, delete it: The user lives in Ghent.' }).click()
  await expect.element(waiting).not.toBeInTheDocument()
  expect(await listed(edgewise)).toMatchObject([{ text: 'The user uses Emacs.', status: 'active' }])
})

test('what sounds protective counts for now, and is kept so after a yes of its own', async () => {
  const { edgewise } = await openLearning()
  await chat(edgewise, 'allergic to peanuts, allergic to shellfish')
  await waitForFacts(edgewise, [{ vital: true }, { vital: true }])
  show(edgewise)
  const yes = (what: string) =>
    getByRole('button', {
      name: `Yes, it is important for my safety: The user is allergic to ${what}.`,
    })
  await expect.element(yes('shellfish')).toBeVisible()
  await yes('peanuts').click()
  await expect.element(yes('peanuts')).not.toBeInTheDocument()
  await getByRole('button', { name: 'No, it is not: The user is allergic to shellfish.' }).click()
  await vi.waitFor(async () =>
    expect((await listed(edgewise)).map(({ text, vital }) => [text, vital])).toEqual([
      ['The user is allergic to peanuts.', true],
      ['The user is allergic to shellfish.', false],
    ]),
  )
})

test('a pasted allergy is not marked as important by a plain yes', async () => {
  const { edgewise } = await openLearning()
  await chat(edgewise, `allergic to peanuts, allergic to shellfish ${'and so on '.repeat(100)}`)
  await waitForFacts(edgewise, [{}, {}])
  show(edgewise)
  await getByRole('button', { name: 'Yes, that is true: The user is allergic to peanuts.' }).click()
  const both = 'Yes, and it is important for my safety: The user is allergic to shellfish.'
  await getByRole('button', { name: both }).click()
  await waitForFacts(edgewise, [
    { vital: false, status: 'active' },
    { vital: true, status: 'active' },
  ])
  await expect.element(waiting).not.toBeInTheDocument()
})

test('what is on its way to the edge is followed until the edge shows it, without a reload', async () => {
  const { edge, user, edgewise } = await openLearning({ storage: 'edge' })
  edge.understanding.held = true
  show(edgewise)
  await chat(edgewise, 'I use Python')
  await expect.element(known.getByText('The user uses Python.')).toBeVisible()
  await expect.element(known.getByText('this device')).toBeVisible()
  await vi.waitFor(() => expect(edge.understanding.observed).toHaveLength(1))
  expect(edgewise.state.value.travelling).toBe(1)
  edge.understanding.deliver()
  await vi.waitFor(() => expect(edgewise.state.value.travelling).toBe(0), { timeout: 8000 })
  await expect.element(known.getByText('at the edge')).toBeVisible()
  expect(known.getByText('The user uses Python.').elements()).toHaveLength(1)
  expect(edge.modelOf(user).facts).toHaveLength(1)
  const reads = edge.calls('/v1/self-model').length
  await new Promise((resolve) => setTimeout(resolve, 2500))
  expect(edge.calls('/v1/self-model').length).toBe(reads)
})

test('the panel says who decided what holds, for this visit and for each answer', async () => {
  const { edge, edgewise } = openPage()
  edge.why = { budget: 'user', blocked: 'org+user', 'style.tone': 'compliance' }
  await ready(edgewise)
  show(edgewise)
  const rules = getByRole('region', { name: 'What is set, and by whom' })
  await expect.element(rules.getByText('Space for what is added: set by you')).toBeVisible()
  await expect
    .element(rules.getByText('Kinds of facts left out: set by this service and you'))
    .toBeVisible()
  await expect
    .element(rules.getByText('Style of answers: set by a rule that this service has to keep'))
    .toBeVisible()
  await chat(edgewise, 'hello there')
  const answers = getByRole('region', { name: 'Last answers' })
  await answers.getByText('Details').click()
  await expect.element(answers.getByText('Space for what is added: set by you')).toBeVisible()
})

test('where all is at its default, the panel speaks of no rules', async () => {
  const { edgewise } = openPage()
  await ready(edgewise)
  show(edgewise)
  await expect.element(getByRole('region', { name: 'Learning' })).toBeVisible()
  await expect
    .element(getByRole('region', { name: 'What is set, and by whom' }))
    .not.toBeInTheDocument()
})

test('learning is switched off and on, as a whole and by kind', async () => {
  const { edgewise } = await openLearning()
  show(edgewise)
  const learn = getByRole('switch', { name: 'Learn from what I write' })
  await expect.element(learn).toHaveAttribute('aria-checked', 'true')
  await learn.click()
  await expect
    .element(getByText('Nothing is learned. You can still add facts yourself.'))
    .toBeVisible()
  expect(edgewise.state.value.learning.learn).toBe(false)
  await learn.click()
  await expect.poll(said).toBe('Learning is on.')
  await getByText('Kinds of facts that may be learned and used').click()
  const health = getByRole('switch', { name: 'health' })
  await health.click()
  await expect.element(health).toHaveAttribute('aria-checked', 'false')
  await expect.poll(said).toBe('No longer learned or used: health')
  expect(edgewise.state.value.learning.blocked).toEqual(['health'])
  await health.click()
  await expect.element(health).toHaveAttribute('aria-checked', 'true')
})

test('before the user has agreed to anything, the panel says that nothing is learned', async () => {
  const { edgewise } = openPage()
  await ready(edgewise)
  show(edgewise)
  await expect
    .element(getByText(/Nothing is learned while facts may be kept in this page/))
    .toBeVisible()
})

test('the history names what changed and where it came from, and takes it back', async () => {
  const { edgewise } = await openLearning()
  await chat(edgewise, 'I use Python')
  await waitForFacts(edgewise, [{}])
  show(edgewise)
  await getByRole('button', { name: 'Delete: The user uses Python.' }).click()
  await getByRole('button', { name: 'Delete', exact: true }).click()
  await changed.getByText('The last changes').click()
  await expect.element(changed.getByText('Deleted: The user uses Python.')).toBeVisible()
  await expect.element(changed.getByText('learned', { exact: true })).toBeVisible()
  await getByRole('button', { name: 'Undo: Deleted: The user uses Python.' }).click()
  await expect.element(known.getByText('The user uses Python.')).toBeVisible()
  await expect.element(changed.getByText('Restored: The user uses Python.')).toBeVisible()
  await expect.poll(said).toBe('Undone: Deleted: The user uses Python.')
  expect(focused()).toBe('What has changed')
})

test('who read or changed it is listed when it is opened', async () => {
  const { edge, edgewise } = await openLearning({ storage: 'edge' })
  show(edgewise)
  await expect.element(changed).toBeVisible()
  expect(edge.calls('/v1/self-model/audit')).toEqual([])
  await changed.getByText('Accesses at the edge').click()
  await expect.element(changed.getByText('Edgewise: learned facts')).toBeVisible()
})

test('when everything is forgotten, the proof of it is there to be copied', async () => {
  const { edgewise } = await openLearning({ storage: 'edge' })
  show(edgewise)
  await getByRole('button', { name: 'Forget everything' }).click()
  await getByRole('button', { name: 'Yes, forget everything' }).click()
  const proof = getByLabelText('Proof of deletion')
  await expect.element(proof).toBeVisible()
  expect(JSON.parse((proof.element() as HTMLTextAreaElement).value)).toMatchObject({
    signed: 'a.b.c',
  })
  await expect.element(getByText(/https:\/\/edge.test\/v1\/keys/)).toBeVisible()
  await getByRole('button', { name: 'Copy the proof' }).click()
  await expect.poll(said).toMatch(/Copied|select the text/)
})
