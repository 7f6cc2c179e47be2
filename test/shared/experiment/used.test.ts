import { expect, test } from 'vitest'
import { answerText } from '../../../client/measure/answer-text.ts'
import { usedOf } from '../../../shared/experiment/used.ts'

const facts = ['is allergic to peanuts', 'plays the cello in an orchestra', 'lives in Lisbon']

test('facts count as used whose own words the answer holds, in any form', () => {
  const asked = { question: 'What shall I cook?', answer: 'No peanut sauce.' }
  const used = usedOf(facts, asked)
  expect(used?.facts).toBeCloseTo(1 / 3, 9)
  expect(used?.words).toBeCloseTo(1 / 6, 9)
  expect(usedOf(facts, { ...asked, answer: 'Pasta.' })).toEqual({ facts: 0, words: 0 })
})

test('words that the question holds are not the answer’s use of a fact', () => {
  const asked = { question: 'What is on in Lisbon?', answer: 'In Lisbon there is a concert.' }
  expect(usedOf(facts, asked)?.facts).toBe(0)
  expect(usedOf(['lives in Lisbon'], asked)).toBeUndefined()
  expect(usedOf([], asked)).toBeUndefined()
})

const lines = (...events: unknown[]) =>
  events.map((event) => `event: x\r\ndata: ${JSON.stringify(event)}\r\n\r\n`).join('')

test.each([
  [
    'chat, streamed',
    lines(
      { choices: [{ index: 0, delta: { role: 'assistant' } }] },
      { choices: [{ index: 1, delta: { content: 'not me' } }] },
      { choices: [{ index: 0, delta: { content: 'Hi ' } }] },
      { choices: [{ index: 0, delta: { content: 'you' } }] },
      { choices: [], usage: {} },
    ) + ': edgewise {"input":1,"output":1}\n\ndata: [DONE]\n\n',
  ],
  [
    'responses, streamed',
    lines(
      { type: 'response.created' },
      { type: 'response.output_text.delta', delta: 'Hi ' },
      { type: 'response.function_call_arguments.delta', delta: '{}' },
      { type: 'response.output_text.delta', delta: 'you' },
    ),
  ],
  [
    'messages, streamed',
    lines(
      { type: 'content_block_delta', delta: { type: 'text_delta', text: 'Hi ' } },
      { type: 'content_block_delta', delta: { type: 'input_json_delta', partial_json: '{' } },
      { type: 'content_block_delta', delta: { type: 'text_delta', text: 'you' } },
    ),
  ],
  ['chat', JSON.stringify({ choices: [{ message: { content: 'Hi you' } }] })],
  [
    'responses',
    JSON.stringify({ output: [{ type: 'reasoning' }, { content: [{ text: 'Hi you' }] }] }),
  ],
  ['messages', JSON.stringify({ content: [{ type: 'text', text: 'Hi you' }] })],
])('an answer’s words are read: %s', (_, body) => {
  expect(answerText(body)).toBe('Hi you')
})

test.each([
  '',
  '{"error":{"message":"no"}}',
  '{"choices":[{"message":{"content":null}}]}',
  '{"cut',
])('%j has no words', (body) => {
  expect(answerText(body)).toBe('')
})
