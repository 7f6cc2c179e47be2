import fc from 'fast-check'
import { expect, test } from 'vitest'
import { limits } from '../../../shared/limits.ts'
import { EarnedReport, type Earned, type Fact } from '../../../shared/schema/fact.ts'
import { withinBounds } from '../../../shared/self-model/bounds.ts'
import { addEarned, shareEarned } from '../../../shared/self-model/earned.ts'

const now = Date.UTC(2026, 10, 1)
const fact = (id: string, rest: Partial<Fact> = {}): Fact => ({
  id,
  category: 'preference',
  text: `likes thing number ${id}`,
  confidence: 0.9,
  source: 'typed',
  firstSeen: now,
  lastSeen: now,
  pinned: false,
  vital: false,
  status: 'active',
  ...rest,
})
const earned = (attached: number, used: number, corrected = 0): Earned => ({
  attached,
  used,
  corrected,
})
const full = (odd: Fact) => [
  odd,
  ...Array.from({ length: limits.facts }, (_, i) => fact(`f${i}`, { earned: earned(10, 8) })),
]
const leaves = (odd: Fact) => !withinBounds(full(odd), now).includes(odd)

test('what facts bring is added up; others stay the very same', () => {
  const facts = [fact('a'), fact('b')]
  const first = addEarned(facts, { a: earned(1, 1), unknown: earned(1, 0) })
  expect(addEarned(first, { a: earned(2, 0, 1) })[0]?.earned).toEqual(earned(3, 1, 1))
  expect(first[1]).toBe(facts[1])
  expect(addEarned(facts, { unknown: earned(1, 0) })).toBe(facts)
  expect(addEarned([fact('constructor')], {})[0]?.earned).toBeUndefined()
})

test('old counts fade, and the share of them stays', () => {
  const [kept] = addEarned([fact('a', { earned: earned(60, 30) })], { a: earned(68, 34) })
  expect(kept?.earned).toEqual(earned(64, 32))
})

test('a share lies between a half and one, falls with what is not used, and with what was taken back', () => {
  const count = fc.nat({ max: 200 })
  fc.assert(
    fc.property(count, count, count, (attached, used, corrected) => {
      const share = shareEarned({ earned: earned(attached, used, corrected) })
      expect(share).toBeGreaterThanOrEqual(0.5)
      expect(share).toBeLessThanOrEqual(1)
      const worse = shareEarned({ earned: earned(attached + 1, used, corrected) })
      if (used <= attached) expect(worse).toBeLessThanOrEqual(share)
      expect(shareEarned({ earned: earned(attached, used, corrected + 1) })).toBeLessThanOrEqual(
        share,
      )
    }),
  )
  expect(shareEarned({})).toBe(1)
})

test('of a full self-model what brings the least leaves first', () => {
  expect(leaves(fact('odd', { earned: earned(30, 0) }))).toBe(true)
  expect(leaves(fact('odd', { earned: earned(30, 28, 25) }))).toBe(true)
  expect(leaves(fact('odd', { earned: earned(30, 30) }))).toBe(false)
  expect(leaves(fact('odd'))).toBe(false)
})

test('what protects its owner, what is pinned and what is new to a full model does not leave for it', () => {
  const useless = { earned: earned(60, 0, 20) }
  expect(leaves(fact('odd', { ...useless, vital: true }))).toBe(false)
  expect(leaves(fact('odd', { ...useless, pinned: true }))).toBe(false)
  const odd = fact('odd', useless)
  expect(withinBounds(full(odd), now, 'odd')).toContain(odd)
})

test.each([
  [{ facts: { a: earned(1, 0) } }, true],
  [{ facts: { a: earned(-1, 0) } }, false],
  [{ facts: { a: earned(0.5, 0) } }, false],
  [{ facts: { 'no id!': earned(1, 0) } }, false],
  [
    { facts: Object.fromEntries(Array.from({ length: 65 }, (_, i) => [`f${i}`, earned(1, 0)])) },
    false,
  ],
])('a report is numbers by id, no more than a self-model has facts (%#)', (report, isRead) => {
  expect(EarnedReport.safeParse(report).success).toBe(isRead)
})
