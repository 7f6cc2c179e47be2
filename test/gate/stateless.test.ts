import { describe, expect, it } from 'vitest'
import { ada, balanced, liteGate } from './models.ts'

/** Requests whose good answer is the same for everyone. */
const stateless = [
  'What is the capital of France?',
  'How many ounces are in a pound?',
  'Who wrote The Master and Margarita?',
  'What is 17 times 23?',
  'Define photosynthesis.',
  'When did the Berlin Wall fall?',
  'What is the boiling point of ethanol?',
  'Translate "good morning" into Japanese.',
  'Convert 100 degrees Fahrenheit to Celsius.',
  'What does HTTP 418 mean?',
  'Name the planets of the solar system.',
  'What is the derivative of x^3 + 2x?',
  'Who painted the Night Watch?',
  'How far is the Moon from the Earth?',
  'What is the chemical symbol of tungsten?',
  'In which year was the first email sent?',
  'Explain the difference between TCP and UDP.',
  'Write a regular expression that matches an ISO date.',
  'What is the plural of octopus?',
  'Who won the 1998 football world cup?',
  'How does a four-stroke engine work?',
  'What is the largest prime below 100?',
  'Which is heavier, a proton or an electron?',
  'What is the time complexity of merge sort?',
  'Summarise the plot of Hamlet in two sentences.',
  'How many chambers does the human heart have?',
  'What language is spoken in Suriname?',
  'Reverse a linked list in C.',
  'What is the currency of Hungary?',
  'Who discovered penicillin?',
  'What does "carpe diem" mean?',
  'How many bits are in a byte?',
  'What is the square root of 1764?',
  'Why is the sky blue?',
  'List the noble gases.',
  'What year did the Titanic sink?',
  'SELECT the second highest salary from a table in SQL',
  'What is the tallest mountain in Africa?',
  'Is a tomato a fruit?',
  'What is the freezing point of water in kelvin?',
  'Who was the first woman in space?',
  'Spell "onomatopoeia".',
  'What is an eigenvalue?',
  'How many time zones does Russia have?',
  'What is the past participle of "to swim"?',
  'Give the first ten Fibonacci numbers.',
  'What does DNA stand for?',
  'Which element has atomic number 79?',
  'Where is the Strait of Malacca?',
  'What is the syntax of a for loop in Rust?',
]

const gate = liteGate()

describe('a request that needs nothing about its user', () => {
  it.each(stateless)('%s: nothing is attached', (query) => {
    const decision = gate.decide({ query, history: [], notes: [], facts: ada }, balanced)
    expect(decision).toMatchObject({ slices: { profile: false }, facts: [] })
  })

  it('is a list of fifty', () => {
    expect(new Set(stateless).size).toBe(50)
  })
})
