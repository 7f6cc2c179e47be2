import { expect, test } from 'vitest'
import { loadGate } from '../../tools/load-gate.ts'
import { balanced } from './models.ts'

const allergens =
  'peanuts shellfish eggs milk soy wheat sesame fish strawberries kiwi mustard celery lupin gluten shrimp cashews almonds dairy mango hazelnuts'.split(
    ' ',
  )
const facts = allergens.map((name) => ({
  id: name,
  category: 'health' as const,
  text: `I am allergic to ${name}`,
  vital: true,
}))

/** What a missed allergy costs stands in no proportion to a line too many: so nearly all of them go along. */
test.each([
  ['lite', 18],
  ['full', 20],
] as const)('%s: allergies go along with a dinner, and with no factoid', async (tier, least) => {
  const { examine } = await loadGate(tier)
  const ask = async (query: string) => {
    const input = { query, history: [], notes: [], facts }
    return (await examine(input, { ...balanced, maxFacts: 64 })).decision.facts.length
  }
  for (const query of ['dinner ideas for tonight?', 'what should I cook tonight']) {
    expect(await ask(query)).toBeGreaterThanOrEqual(least)
  }
  for (const query of ['What is the capital of France?', 'explain photosynthesis']) {
    expect(await ask(query)).toBe(0)
  }
})
