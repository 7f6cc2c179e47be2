import { beforeAll, expect, test } from 'vitest'
import { createHarness, receiptOf, someone, type Harness } from './harness.ts'
import { chatBody, context, introduce, type Person } from './people.ts'

/* Without a decision (first message, no script, a call from a back end) the edge runs the same gate. */

let harness: Harness
let ada: Person
beforeAll(async () => {
  harness = createHarness()
  ada = await introduce(harness, someone())
})

type Message = { role: string; content: string }
const user = (content: string): Message => ({ role: 'user', content })
const assistant = (content: string): Message => ({ role: 'assistant', content })
const ask = (messages: Message[]) =>
  harness.chat({ model: 'test-model', messages }, { as: ada.user })

test.each([
  'What is the capital of France?',
  'Convert 30 degrees Celsius to Fahrenheit',
  'Fix this regex: /[a-z+/',
  'Who wrote Don Quixote?',
])('"%s" goes out without a personal byte', async (question) => {
  const body = chatBody(question)
  const response = await harness.chat(body, { as: ada.user })
  expect(harness.provider.last()).toBe(body)
  expect(receiptOf(response)).toMatchObject({ why: 'not_needed', decidedBy: 'edge', facts: [] })
})

test('"dinner ideas for tonight?" carries diet and allergy, and nothing of the job', async () => {
  const response = await ask([user('dinner ideas for tonight?')])
  const sent = harness.provider.last()
  expect(sent).toContain('allergic to peanuts')
  expect(sent).toContain('vegetarian')
  expect(sent).not.toMatch(/engineer|footbridge|Delft|marathon/)
  expect(receiptOf(response)).toMatchObject({ why: 'attached', decidedBy: 'edge', tier: 'lite' })
})

const dinner = [
  user('dinner ideas for tonight?'),
  assistant('How about mapo tofu with rice and a cucumber salad?'),
]

test('"make it spicier" after a dinner carries the allergy again', async () => {
  await ask([...dinner, user('make it spicier')])
  expect(harness.provider.last()).toContain('allergic to peanuts')
})

test('the next topic does not', async () => {
  const messages = [...dinner, user('make it spicier'), assistant('Add chili oil.')]
  const body = JSON.stringify({
    model: 'test-model',
    messages: [...messages, user('What is the boiling point of ethanol?')],
  })
  await harness.chat(body, { as: ada.user })
  expect(harness.provider.last()).toBe(body)
})

test('a user of whom nothing is known costs nothing and is told so', async () => {
  const body = chatBody('dinner ideas for tonight?')
  const response = await harness.chat(body, { as: someone() })
  expect(harness.provider.last()).toBe(body)
  expect(receiptOf(response)).toMatchObject({ why: 'nothing_known', decidedBy: 'edge' })
})

test('facts that the page brings take part in the decision of the edge', async () => {
  await harness.chat(chatBody('dinner ideas for tonight?'), {
    as: someone(),
    context: context({
      device: { store: 'memory', gate: 'ready' },
      facts: [{ id: 'd1', category: 'health', text: 'I am allergic to shellfish', vital: true }],
    }),
  })
  expect(harness.provider.last()).toContain('allergic to shellfish')
})

test('the block for an app without the script is decided at the edge too', async () => {
  const response = await harness.fetch('/v1/context', {
    as: ada.user,
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ query: 'make it spicier', messages: dinner, maxTokens: 200 }),
  })
  const reply = await response.json<{ block: string; receipt: { decidedBy: string } }>()
  expect(reply.block).toContain('allergic to peanuts')
  expect(reply.receipt.decidedBy).toBe('edge')
})
