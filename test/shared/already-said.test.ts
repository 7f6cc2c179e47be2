import { expect, test } from 'vitest'
import { alreadySaid } from '../../shared/already-said.ts'

const after = (...said: string[]) => alreadySaid(said.map((content) => ({ role: 'user', content })))

test.each([
  ['Uses TypeScript and PostgreSQL', 'I use TypeScript, and it uses PostgreSQL.'],
  ['Uses TypeScript and PostgreSQL', 'it uses typescript with postgresql'],
  ['vegetarian since 2015', 'VEGETARIAN SINCE 2015, as I said'],
  ['vegetarian since 2015', 'Since 2015 I am a Vegetarian.'],
])('%s: said by "%s"', (text, said) => {
  expect(after('hello', said, 'and now?')({ text })).toBe(true)
})

test.each([
  ['Uses TypeScript and PostgreSQL', ['Uses TypeScript.', 'PostgreSQL it is.']],
  ['vegetarian since 2015', ['vegetarians since 2015']],
  ['vegetarian', ['I am vegetarian']],
  ['vegetarian since 2015', []],
])('%s: not said by %j', (text, said) => {
  expect(after(...said)({ text })).toBe(false)
})

test('what was said more than ten turns ago counts no more', () => {
  const since = (turns: number) => [
    'vegetarian since 2015',
    ...Array.from({ length: turns }, (_, i) => `question ${i}`),
  ]
  expect(after(...since(9))({ text: 'vegetarian since 2015' })).toBe(true)
  expect(after(...since(10))({ text: 'vegetarian since 2015' })).toBe(false)
})
