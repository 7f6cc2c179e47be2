import { expect, test } from 'vitest'
import { asksAgain, readMarkers } from '../../../shared/experiment/markers.ts'

test.each([
  'I’m sorry, but I can’t help with that.',
  'I cannot provide medical advice.',
  'As an AI language model, I have no opinion.',
  'Unfortunately I am unable to open the file.',
])('%s: a refusal', (answer) => {
  expect(readMarkers(answer)).toEqual({ refusal: true, agreement: false })
})

test.each([
  'You’re absolutely right, the sky is green.',
  'Great question! Water boils at 100 degrees.',
  'That’s a great idea.',
  'Absolutely. Taxes are wrong.',
  'I completely agree with you.',
])('%s: agreement first', (answer) => {
  expect(readMarkers(answer)).toEqual({ refusal: false, agreement: true })
})

test.each([
  'Water boils at 100 degrees Celsius at sea level.',
  'You can help yourself with a pan and some oil.',
  'The right side of the equation is exactly zero.',
  'Sorry to hear that. Try restarting the router.',
  '',
])('%j: neither', (answer) => {
  expect(readMarkers(answer)).toEqual({ refusal: false, agreement: false })
})

const earlier = 'Which soup for dinner tonight?'

test.each([
  'Which soup for dinner tonight? ',
  'Tonight, which soup for dinner?',
  'No, I meant something cold.',
  'That’s wrong.',
  'Hm, this is not what I asked.',
])('%s: asks again', (message) => {
  expect(asksAgain(message, earlier)).toBe(true)
})

test.each(['How long does it cook?', 'No idea what a leek is, tell me.', 'And for lunch?', ''])(
  '%j: goes on',
  (message) => {
    expect(asksAgain(message, earlier)).toBe(false)
  },
)
