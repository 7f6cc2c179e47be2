import { expect, test } from 'vitest'
import type { Fact } from '../../shared/schema/fact.ts'
import { facetsOf } from '../../shared/self-model/facets.ts'

const expertise = (text: string, lastSeen: number): Fact => ({
  id: `f${lastSeen}`,
  category: 'expertise',
  text,
  confidence: 0.9,
  source: 'typed',
  firstSeen: lastSeen,
  lastSeen,
  pinned: false,
  vital: false,
  status: 'active',
})

test('an area stands in the words of its owner, and counts once however it is written', () => {
  const said = ['Expert in iOS', 'Knows sql well', 'NEW TO THE SQL', '10 Years with gardening']
  const facts = said.map(expertise)
  expect(facetsOf(facts, 1000).expertise).toEqual([
    { area: 'iOS', level: 'advanced', fact: 'f0' },
    { area: 'SQL', level: 'beginner', fact: 'f2' },
    { area: 'gardening', level: 'advanced', fact: 'f3' },
  ])
})
