import { afterEach, expect, test } from 'vitest'
import { userEvent } from 'vitest/browser'
import { marksOf, sourceOf } from '../../client/learn/provenance.ts'
import { createOrigins } from '../../client/learn/origins.ts'
import { eventually, listed, openLearning, waitForFacts } from './support/learning.ts'
import { chat, closePages } from './support/page.ts'

afterEach(() => {
  document.body.replaceChildren()
  closePages()
})

/** A field of the page, with what stands in it before anybody has touched it. */
function addField(value = ''): HTMLTextAreaElement {
  const field = document.createElement('textarea')
  field.value = value
  document.body.append(field)
  return field
}

async function attached(value = '') {
  const page = await openLearning()
  const field = addField(value)
  page.edgewise.attach(field)
  // Its code is on its way.
  await new Promise((resolve) => setTimeout(resolve, 100))
  return { ...page, field }
}

/** As a paste does it: the event that a browser would send of its own. */
async function paste(field: HTMLTextAreaElement, text: string) {
  const from = addField(text)
  from.focus()
  from.select()
  await userEvent.copy()
  from.remove()
  field.focus()
  await userEvent.paste()
  await eventually(() => expect(field.value).toContain(text))
}

test('typed words are the user’s own; what was pasted beside them waits for a yes', async () => {
  const { edgewise, field } = await attached()
  field.focus()
  await userEvent.keyboard('I am vegetarian. ')
  await paste(field, 'I use Emacs. ')
  await userEvent.keyboard('I live in Ghent.')
  await chat(edgewise, field.value)
  await waitForFacts(edgewise, [
    { text: 'The user is vegetarian.', source: 'typed', status: 'active' },
    { text: 'The user uses Emacs.', source: 'pasted', status: 'pending' },
    { text: 'The user lives in Ghent.', source: 'typed', status: 'active' },
  ])
  expect((await listed(edgewise)).filter(({ status }) => status === 'pending')).toHaveLength(1)
})

test('what stood in the field before anybody typed, or was put there by a script, is prefilled', async () => {
  const { edgewise, field } = await attached('I use Emacs. ')
  field.focus()
  field.setSelectionRange(field.value.length, field.value.length)
  await userEvent.keyboard('I am vegan. ')
  field.value += 'I live in Ghent.'
  await chat(edgewise, field.value)
  await waitForFacts(edgewise, [
    { text: 'The user uses Emacs.', source: 'prefilled', status: 'pending' },
    { text: 'The user is vegan.', source: 'typed' },
    { text: 'The user lives in Ghent.', source: 'prefilled', status: 'pending' },
  ])
  expect(field.value).toContain('I am vegan.')
})

test('an app may clear its field before it sends, and put its own words around the user’s', async () => {
  const { edgewise, field } = await attached()
  field.focus()
  await userEvent.keyboard('I am vegan')
  field.value = ''
  await chat(edgewise, 'Context: I use Emacs. Question: I am vegan')
  await waitForFacts(edgewise, [
    { text: 'The user uses Emacs.', source: 'prefilled', status: 'pending' },
    { text: 'The user is vegan.', source: 'typed' },
  ])
  expect(field.value).toBe('')
})

test('a text of which nobody saw the typing is typed, unless it is long', async () => {
  const { edgewise } = await openLearning()
  await chat(edgewise, 'I am vegan')
  await chat(edgewise, `I use Emacs. ${'And so on. '.repeat(100)}`)
  await waitForFacts(edgewise, [
    { text: 'The user is vegan.', source: 'typed' },
    { text: 'The user uses Emacs.', source: 'pasted', status: 'pending' },
  ])
  expect(await listed(edgewise)).toMatchObject([{ confidence: 0.9 }, { confidence: 0.5 }])
})

test('a pending fact is used only after a yes; declined, it is gone', async () => {
  const { edge, edgewise, field } = await attached()
  await paste(field, 'I use Emacs. I live in Ghent')
  await chat(edgewise, field.value)
  await waitForFacts(edgewise, [{}, {}])
  await chat(edgewise, 'what about Emacs?')
  expect(edge.contexts().at(-1)?.decision?.facts).toEqual([])
  const { facts } = await edgewise.facts.list()
  const [emacs, ghent] = facts
  expect(await edgewise.facts.approve(emacs?.id ?? '')).toMatchObject({
    value: { status: 'active', source: 'pasted' },
  })
  await edgewise.facts.decline(ghent?.id ?? '')
  await chat(edgewise, 'and now, Emacs?')
  expect(edge.contexts().at(-1)?.facts).toMatchObject([{ text: 'The user uses Emacs.' }])
  const { changes } = await edgewise.facts.history()
  expect(changes.slice(0, 2).map(({ action }) => action)).toEqual(['declined', 'approved'])
})

test('what a link has brought into the message is prefilled, whoever sent it', () => {
  const from = (text: string, address: string) =>
    sourceOf({ text }, marksOf({ text }, [address]), 'I use Emacs')
  expect(from('I use Emacs', 'https://app.test/?q=I+use+Emacs')).toBe('prefilled')
  expect(from('Hi. I use Emacs.', 'https://app.test/#ask=Hi.%20I%20use%20Emacs')).toBe('prefilled')
  expect(from('I use Emacs', 'https://app.test/#I%20use%20Emacs')).toBe('prefilled')
  expect(from('I use Emacs', 'https://app.test/?user=Emacs')).toBe('typed')
  expect(from('I use Emacs', 'https://app.test/?q=%')).toBe('typed')
})

test('words that were typed once are the user’s own, though they were pasted as well', () => {
  const text = 'I use Vim. I use Vim.'
  const written = { text, marks: `${'p'.repeat(11)}${'t'.repeat(10)}` }
  expect(sourceOf({ text, written }, marksOf({ text, written }, []), 'I use Vim')).toBe('typed')
})

test('typing in the middle of pasted words leaves the rest pasted', async () => {
  const origins = createOrigins()
  const stop = new AbortController()
  const field = addField()
  origins.watch(field, stop.signal)
  await paste(field, 'I use Emacs')
  field.setSelectionRange(6, 6)
  await userEvent.keyboard('X')
  expect(origins.of('I use XEmacs')?.marks).toBe('pppppptppppp')
  await userEvent.keyboard('{Control>}z{/Control}')
  expect(origins.of(field.value)?.marks).toBe('p'.repeat(11))
  stop.abort()
  expect(origins.of('I use Emacs')?.marks).toBe('p'.repeat(11))
})
