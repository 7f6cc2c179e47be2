import { expect, test } from 'vitest'
import { facetsOf } from '../../shared/self-model/facets.ts'
import { typed } from './typed-fact.ts'

const expertise = (text: string, at: number) => typed('expertise', text, at)

test('an area stands in the words of its owner, and counts once however it is written', () => {
  const said = ['Expert in iOS', 'Knows sql well', 'NEW TO THE SQL', '10 Years with gardening']
  const facts = said.map(expertise)
  expect(facetsOf(facts, 1000).expertise).toEqual([
    { area: 'iOS', level: 'advanced', fact: 'ExpertiniOS' },
    { area: 'SQL', level: 'beginner', fact: 'NEWTOTHESQL' },
    { area: 'gardening', level: 'advanced', fact: '10Yearswithgardening' },
  ])
})
