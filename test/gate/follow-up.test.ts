import { describe, expect, it } from 'vitest'
import { ada, balanced, liteGate } from './models.ts'

const dinner = [
  { role: 'user', content: 'What should I cook for dinner tonight?' },
  { role: 'assistant', content: 'How about a red lentil curry with rice and a cucumber salad?' },
]
const decide = (query: string, history: { role: string; content: string }[] = []) =>
  liteGate().decide({ query, history, notes: [], facts: ada }, balanced)

describe('a follow-up', () => {
  it('carries what the request it follows needed', () => {
    const first = decide('What should I cook for dinner tonight?')
    expect(first.facts).toEqual(expect.arrayContaining(['diet', 'allergy']))
    const next = decide('make it spicier', dinner)
    expect(next.slices.session).toBe(true)
    expect(next.inherited).toBe(1)
    expect(next.facts).toEqual(expect.arrayContaining(['diet', 'allergy']))
  })

  it('walks back over other follow-ups', () => {
    const later = [
      ...dinner,
      { role: 'user', content: 'make it spicier' },
      { role: 'assistant', content: 'Then add two green chillies and a spoon of harissa.' },
    ]
    const next = decide('and without the onions', later)
    expect(next.inherited).toBe(2)
    expect(next.facts).toContain('allergy')
  })

  it('ends with the next topic', () => {
    const next = decide('What is the capital of France?', dinner)
    expect(next.inherited).toBe(0)
    expect(next.facts).toEqual([])
  })
})

describe('what the facts are chosen for', () => {
  it('attaches diet and allergy, and nothing of the job, to a question about dinner', () => {
    const { facts, slices } = decide('dinner ideas for tonight?')
    expect(slices.profile).toBe(true)
    expect(facts).toEqual(expect.arrayContaining(['diet', 'allergy']))
    expect(facts).not.toContain('role')
    expect(facts).not.toContain('editor')
  })
})
