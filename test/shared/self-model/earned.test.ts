import fc from 'fast-check'
import { expect, test } from 'vitest'
import { limits } from '../../../shared/limits.ts'
import { EarnedReport, type Earned, type Fact } from '../../../shared/schema/fact.ts'
import { withinBounds } from '../../../shared/self-model/bounds.ts'
import type { Result } from '../../../shared/problem.ts'
import {
  addFact,
  changeFact,
  emptyModel,
  undoChange,
  type SelfModel,
} from '../../../shared/self-model.ts'
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

test('old counts fade, one by one and all at once, and the share of them stays', () => {
  const [kept] = addEarned([fact('a', { earned: earned(60, 30) })], { a: earned(68, 34) })
  expect(kept?.earned).toEqual(earned(64, 32))
  let facts = [fact('a')]
  for (let i = 0; i < 1000; i++) facts = addEarned(facts, { a: earned(1, i % 10 === 0 ? 1 : 0) })
  const { attached, used } = facts[0]?.earned ?? earned(0, 0)
  expect(attached).toBeLessThanOrEqual(64)
  expect(used / attached).toBeGreaterThan(0.05)
  expect(used / attached).toBeLessThan(0.15)
  const [most] = addEarned([fact('a')], { a: earned(0, 0, 1_000_000) })
  expect(most?.earned?.corrected).toBeLessThanOrEqual(64)
})

test('counts stay with their statement: said again or undone they last, other words begin anew', () => {
  const counts = earned(50, 45)
  const model: SelfModel = { ...emptyModel(), facts: [fact('a', { earned: counts })] }
  const earnedOf = (result: Result<{ model: SelfModel }>) =>
    result.ok ? result.value.model.facts.map((one) => one.earned) : result
  const { category, text } = fact('a')
  expect(earnedOf(addFact(model, { category, text }, { id: 'x', now }))).toEqual([counts])
  const pinned = changeFact(model, { id: 'a', change: { pinned: true } }, now)
  expect(earnedOf(pinned)).toEqual([counts])
  const dog = { id: 'a', change: { text: 'Owns a dog' } }
  expect(earnedOf(changeFact(model, dog, now))).toEqual([undefined])
  expect(earnedOf(changeFact(model, { ...dog, idOf: () => 'b' }, now))).toEqual([undefined])
  const both = { ...model, facts: [...model.facts, fact('b', { earned: earned(5, 5) })] }
  expect(earnedOf(changeFact(both, { ...dog, idOf: () => 'b' }, now))).toEqual([earned(5, 5)])
  const before = fact('a', { earned: earned(1, 1) })
  const change = { id: 1, at: now, cause: 'owner', action: 'changed', fact: 'a', category } as const
  const undone = undoChange(model, { ...change, before, after: fact('a') }, now)
  expect(undone.ok && undone.value.facts[0]?.earned).toEqual(counts)
  // The words stood under the same id: what they brought meanwhile is not the other statement's.
  const reworded = { ...model, facts: [fact('a', { text: 'Owns a dog', earned: earned(20, 0) })] }
  const back = undoChange(reworded, { ...change, before, after: reworded.facts[0] }, now)
  expect(back.ok && back.value.facts[0]?.earned).toEqual(before.earned)
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
  expect(leaves(fact('odd', { earned: earned(0, 0, 20) }))).toBe(true)
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
  [{ consent: 'edge', facts: { a: earned(1, 0) } }, true],
  [{ consent: 'device', facts: { a: earned(1, 0) } }, false],
  [{ facts: { a: earned(1, 0) } }, false],
  [{ consent: 'edge', facts: { a: earned(-1, 0) } }, false],
  [{ consent: 'edge', facts: { a: earned(0.5, 0) } }, false],
  [{ consent: 'edge', facts: { 'no id!': earned(1, 0) } }, false],
  [
    {
      consent: 'edge',
      facts: Object.fromEntries(Array.from({ length: 65 }, (_, i) => [`f${i}`, earned(1, 0)])),
    },
    false,
  ],
])('a report is numbers by id, no more than a self-model has facts (%#)', (report, isRead) => {
  expect(EarnedReport.safeParse(report).success).toBe(isRead)
})
