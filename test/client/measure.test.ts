import { afterEach, expect, test } from 'vitest'
import type { Outcome } from '../../shared/schema/experiment.ts'
import type { Edgewise } from '../../client/index.ts'
import { createEdge, ENDPOINT, type Edge } from './support/edge.ts'
import { chat, closePages, openSeeded } from './support/page.ts'

/* What the client reads from the answers of an experiment, on the device, and reports as numbers. */

afterEach(closePages)

type Given = { experiment?: string | undefined; storage?: 'edge' | 'device'; says?: string }

/** A page in an experiment, whose user knows a fact at the edge and agreed to it. */
async function openMeasured({ storage = 'edge', says = 'Hi', ...given }: Given = {}) {
  const edge = createEdge()
  edge.experiment = 'experiment' in given ? given.experiment : 'e1'
  edge.says = says
  edge.fails.set('/v1/outcomes', () => Response.json({ id: 'x', counted: true }))
  const page = await openSeeded({ edge, storage })
  const sent = () =>
    edge
      .calls('/v1/outcomes')
      .map(({ body }): Outcome => JSON.parse(typeof body === 'string' ? body : ''))
  const measured = () => sent().map(({ name, value }) => `${name} ${value}`)
  return { ...page, sent, measured }
}

const user = (content: string) => ({ role: 'user', content })
const assistant = (content: string) => ({ role: 'assistant', content })
/** Reports leave when the page is quiet. */
const quiet = () => new Promise((wake) => setTimeout(wake, 400))

test('an answer that uses an attached fact says so by a number, and no word of it leaves', async () => {
  const says = 'Great question! A vegetarian ramen that everybody loves: tofu and mushrooms.'
  const { edgewise, sent, measured } = await openMeasured({ says })
  await chat(edgewise, 'Which noodles for tonight?')
  await expect
    .poll(measured)
    .toEqual(['edgewise.refusal 0', 'edgewise.agreement 1', 'edgewise.used 1', 'edgewise.words 1'])
  const id = edgewise.receipts()[0]?.receipt.id
  expect(sent().every(({ receipt, consent }) => receipt === id && consent === 'edge')).toBe(true)
  expect(JSON.stringify(sent())).not.toMatch(/noodles|vegetarian|ramen|tonight/i)
})

test('what the question says already is not use, and an answer may be read whole', async () => {
  const { edgewise, measured } = await openMeasured({ says: 'I cannot help with noodles.' })
  const message = 'Which noodles for tonight?'
  await chat(edgewise, { messages: [user(message)], stream: false })
  await expect
    .poll(measured)
    .toEqual(['edgewise.refusal 1', 'edgewise.agreement 0', 'edgewise.used 0', 'edgewise.words 0'])
})

test.each([
  ['corrects it', 'No, I meant something cold.', 1],
  ['asks the same in other words', 'Which soup tonight, for dinner?', 1],
  ['goes on', 'How long does it take to cook?', 0],
])('a next message that %s is told of the answer before', async (_, next, value) => {
  const { edgewise, sent, measured } = await openMeasured({ says: 'Soup.' })
  const first = user('Which soup for dinner tonight?')
  await chat(edgewise, { messages: [first] })
  await expect.poll(measured).toHaveLength(2)
  const id = edgewise.receipts()[0]?.receipt.id
  await chat(edgewise, { messages: [first, assistant('Soup.'), user(next)] })
  await expect.poll(measured).toContain(`edgewise.again ${value}`)
  expect(sent().find(({ name }) => name === 'edgewise.again')?.receipt).toBe(id)
})

test('a message of another chat says nothing of the answer before', async () => {
  const { edgewise, measured } = await openMeasured()
  await chat(edgewise, { messages: [user('Which soup?')] })
  await chat(edgewise, {
    messages: [user('Who wrote Emma?'), assistant('Austen.'), user('And Persuasion?')],
  })
  await expect.poll(measured).toHaveLength(4)
  expect(measured().join()).not.toContain('again')
})

test.each([
  ['without an experiment', { experiment: undefined }],
  ['before the user agreed to the edge', { storage: 'device' as const }],
])('%s nothing is measured', async (_, given) => {
  const { edgewise, measured } = await openMeasured(given)
  await chat(edgewise, 'Which noodles?')
  await quiet()
  expect(measured()).toEqual([])
})

test('while the user pauses nothing is measured', async () => {
  const { edgewise, measured } = await openMeasured()
  edgewise.pause()
  await chat(edgewise, 'Which noodles?')
  await quiet()
  expect(measured()).toEqual([])
})

const ask = (edgewise: Edgewise, content: string) =>
  edgewise.fetch(`${ENDPOINT}/v1/chat/completions`, {
    method: 'POST',
    body: JSON.stringify({ messages: [user(content)], stream: true }),
  })

/** Answers like this one, whose connection stays open. */
function holdOpen(edge: Edge, { headers }: Response, events: string): void {
  const body = () =>
    new ReadableStream<Uint8Array>({
      start: (controller) => controller.enqueue(new TextEncoder().encode(events)),
    })
  edge.fails.set('/v1/chat/completions', () => new Response(body(), { headers }))
}
const half = 'data: {"choices":[{"delta":{"content":"Take a pot"}}]}\n\n'

test.each([
  ['in the middle', half, ['edgewise.stopped 1']],
  ['behind its last event', `${half}data: [DONE]\n\n`, []],
])('an answer that the page stops reading %s', async (_, events, expected) => {
  const { edge, edgewise, measured } = await openMeasured()
  const whole = await ask(edgewise, 'hello')
  await whole.text()
  await expect.poll(measured).toHaveLength(2)
  holdOpen(edge, whole, events)
  const response = await ask(edgewise, 'What shall I cook?')
  const reader = response.body?.getReader()
  await reader?.read()
  await reader?.cancel()
  await expect.poll(() => measured().filter((each) => /refusal/.test(each))).toHaveLength(2)
  expect(measured().filter((each) => /stopped|used/.test(each))).toEqual(expected)
})

/** Selects a text as if it stood in the page. */
function select(text: string): void {
  const shown = document.createElement('p')
  shown.textContent = text
  document.body.replaceChildren(shown)
  document.getSelection()?.selectAllChildren(shown)
}

test('what the user copies from the last answer is noticed once; other text is not', async () => {
  const { edgewise, measured } = await openMeasured({
    says: '**Boil** the noodles\nfor 4 minutes.',
  })
  await chat(edgewise, 'hello')
  await expect.poll(measured).toHaveLength(2)
  const copy = (text: string) => {
    select(text)
    document.dispatchEvent(new Event('copy'))
  }
  copy('Something else that stands in the page.')
  copy('Boil the noodles for')
  copy('Boil the noodles for')
  await expect.poll(measured).toContain('edgewise.copied 1')
  await quiet()
  expect(measured().filter((each) => each.includes('copied'))).toHaveLength(1)
})

test('while the user pauses, what they copy is not noticed, and the answer is let go', async () => {
  const { edgewise, measured } = await openMeasured({ says: 'Boil the noodles for 4 minutes.' })
  await chat(edgewise, 'hello')
  await expect.poll(measured).toHaveLength(2)
  edgewise.pause()
  select('Boil the noodles for')
  document.dispatchEvent(new Event('copy'))
  edgewise.resume()
  document.dispatchEvent(new Event('copy'))
  await quiet()
  expect(measured()).toHaveLength(2)
})

test('pieces of an answer reach the page before its end, as they came', async () => {
  const { edge, edgewise, measured } = await openMeasured()
  await chat(edgewise, 'hello')
  await expect.poll(measured).toHaveLength(2)
  const headers = {
    'content-type': 'text/event-stream',
    'edgewise-receipt': 'id="r", experiment="e1"',
  }
  let go = (): void => undefined
  const held = new Promise<void>((resolve) => (go = resolve))
  const piece = new TextEncoder().encode('data: {"choices":[{"delta":{"content":"I "}}]}\n\n')
  const body = new ReadableStream<Uint8Array>({
    async start(controller) {
      controller.enqueue(piece)
      await held
      controller.close()
    },
  })
  edge.fails.set('/v1/chat/completions', () => new Response(body, { headers }))
  const response = await edgewise.fetch(`${ENDPOINT}/v1/chat/completions`, {
    method: 'POST',
    body: JSON.stringify({ messages: [user('hello again')] }),
  })
  const reader = response.body?.getReader()
  expect((await reader?.read())?.value).toEqual(piece)
  go()
  expect((await reader?.read())?.done).toBe(true)
})
