import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { renderBlock } from '../../shared/block.ts'
import { priorities } from '../../shared/resolve.ts'
import { shortForm, withoutRepeats } from '../../shared/same-statement.ts'
import { Category, type BriefFact } from '../../shared/schema/fact.ts'
import {
  factCandidate,
  factValue,
  select,
  type Candidate,
  type Piece,
} from '../../shared/select.ts'
import { boundTokens } from '../../shared/tokens.ts'

const DAY = 24 * 3600 * 1000
const now = 20_000 * DAY
const fact = (rest: Partial<BriefFact> = {}): BriefFact => ({
  id: 'f1',
  category: 'role',
  text: 'I work as a structural engineer',
  ...rest,
})
const value = (rest: Partial<BriefFact>, score = 0.8) =>
  factValue(fact(rest), { score, priorities, now })
const plain = { highStakes: false }

describe('what a fact is worth for a request', () => {
  test('more with a higher score, a surer statement, a fresher one, a weightier kind', () => {
    expect(value({}, 0.9)).toBeGreaterThan(value({}, 0.5))
    expect(value({ confidence: 0.9 })).toBeGreaterThan(value({ confidence: 0.5 }))
    expect(value({ seen: now })).toBeGreaterThan(value({ seen: now - 300 * DAY }))
    expect(value({ category: 'role' })).toBeGreaterThan(value({ category: 'diet' }))
    expect(value({ category: 'diet' })).toBeGreaterThan(value({ category: 'history' }))
    expect(value({ category: 'history' })).toBeGreaterThan(value({ category: 'family' }))
  })
  test('what protects its owner is worth more than anything else, and does not fade', () => {
    const vital = { category: 'health' as const, vital: true, seen: now - 3000 * DAY }
    expect(value(vital, 0.2)).toBeGreaterThan(value({ category: 'role' }, 1))
    expect(value(vital)).toBe(value({ ...vital, seen: now }))
  })
  test('the same all day long, so that a turn keeps its block', () => {
    const at = (time: number) =>
      factValue(fact({ seen: now - 5 * DAY }), { score: 0.7, priorities, now: time })
    expect(at(now)).toBe(at(now + DAY - 1))
  })
  test('an org may put history above roles, but nothing above what protects its owner', () => {
    const turned = { ...priorities, history: 99, role: 1 }
    const worth = (rest: Partial<BriefFact>) =>
      factValue(fact(rest), { score: 1, priorities: turned, now })
    expect(worth({ category: 'history' })).toBeGreaterThan(worth({ category: 'role' }))
    expect(worth({ vital: true })).toBeGreaterThan(worth({ category: 'history' }))
  })
})

describe('choosing', () => {
  const text = (words: string): Piece => ({ slice: 'session', text: words })
  const costOf = (...notes: string[]) =>
    boundTokens(renderBlock({ style: '', facts: [], pageFacts: [], notes, highStakes: false }))

  test('the most valuable first, told in the order in which they were offered', () => {
    const candidates = [
      { piece: text('low'), value: 0.1 },
      { piece: text('high'), value: 0.9 },
      { piece: text('middle'), value: 0.5 },
    ]
    const { chosen } = select(candidates, { budget: costOf('high', 'middle'), ...plain })
    expect(chosen).toEqual([text('high'), text('middle')])
  })

  test('full text, then the short form, then nothing', () => {
    const long =
      'Looked at the red shoes. Put them back because the heel was too high for daily use.'
    const candidate: Candidate = {
      piece: text(long),
      short: text('Looked at the red shoes.'),
      value: 1,
    }
    const at = (budget: number) => select([candidate], { budget, ...plain })
    expect(at(costOf(long)).block).toContain('daily use')
    expect(at(costOf(long) - 1).chosen).toEqual([text('Looked at the red shoes.')])
    expect(at(costOf('Looked at the red shoes.') - 1)).toMatchObject({
      chosen: [],
      block: '',
      tokens: 0,
    })
  })

  test('what does not fit makes room for what does', () => {
    const big = { piece: text('word '.repeat(200).trim()), value: 0.9 }
    const small = { piece: text('short'), value: 0.1 }
    expect(select([big, small], { budget: 100, ...plain }).chosen).toEqual([text('short')])
  })

  test('what protects its owner is told in full or not at all', () => {
    const vital = fact({ category: 'health', text: 'I am allergic to peanuts', vital: true })
    expect(factCandidate(vital, { source: 'persona', value: 2 }).short).toBeUndefined()
    expect(factCandidate(fact(), { source: 'persona', value: 1 }).short).toMatchObject({
      fact: { text: 'structural engineer' },
    })
  })

  test('the whole block is never over the budget, and holds every piece whole or not at all', () => {
    const words = fc.string({ unit: 'grapheme', minLength: 1, maxLength: 120 })
    const piece: fc.Arbitrary<Piece> = fc.oneof(
      fc.record({
        slice: fc.constantFrom(
          'style' as const,
          'session' as const,
          'sources' as const,
          'signals' as const,
        ),
        text: words,
      }),
      fc.record({
        slice: fc.constant('profile' as const),
        source: fc.constantFrom('persona' as const, 'page' as const),
        fact: fc.record({
          id: fc.uuid(),
          category: fc.constantFrom(...Category.options),
          text: words,
        }),
      }),
      fc.record({ slice: fc.constant('terms' as const), term: words, meaning: words }),
    )
    const candidate: fc.Arbitrary<Candidate> = fc.record(
      { piece, value: fc.double({ min: 0, max: 2, noNaN: true }), short: piece },
      { requiredKeys: ['piece', 'value'] },
    )
    const budget = fc.integer({ min: 0, max: 600 })
    fc.assert(
      fc.property(fc.array(candidate, { maxLength: 12 }), budget, (candidates, most) => {
        const picked = select(candidates, { budget: most, highStakes: true, rules: true })
        expect(picked.tokens).toBe(boundTokens(picked.block))
        expect(picked.tokens).toBeLessThanOrEqual(most)
        for (const each of picked.chosen) {
          expect(candidates.some((c) => c.piece === each || c.short === each)).toBe(true)
        }
      }),
    )
  })

  test('more budget never carries less of what is worth most', () => {
    const facts = fc.array(
      fc.record({
        text: fc.lorem({ maxCount: 6 }),
        value: fc.double({ min: 0, max: 1, noNaN: true }),
      }),
      { minLength: 1, maxLength: 8 },
    )
    fc.assert(
      fc.property(facts, fc.integer({ min: 0, max: 300 }), (given, most) => {
        const candidates = given.map(({ text: words, value: worth }) => ({
          piece: text(words),
          value: worth,
        }))
        const best = candidates.toSorted((a, b) => b.value - a.value)[0]
        const less = select(candidates, { budget: most, ...plain })
        const more = select(candidates, { budget: most + 50, ...plain })
        const had = best !== undefined && less.chosen.includes(best.piece)
        expect(!had || more.chosen.includes(best.piece)).toBe(true)
      }),
    )
  })
})

describe('one fact that says what another says', () => {
  const kept = (...texts: [Category, string][]) =>
    withoutRepeats(
      texts.map(([category, words]) => ({ category, text: words })),
      (each) => each,
    ).map((each) => each.text)

  test.each<[Category, string, string]>([
    ['diet', 'Vegetarian', 'I eat vegetarian food'],
    ['location', 'Lives in Porto', 'I live in Porto.'],
    ['preference', 'Prefers window seats', 'I prefer window seat'],
    ['health', "I'm allergic to peanuts", 'Allergic to peanuts'],
  ])('%s: "%s" and "%s"', (category, a, b) => {
    expect(kept([category, a], [category, b])).toEqual([a])
  })

  test.each<[Category, string, string]>([
    ['diet', 'I eat fish', 'I eat no fish'],
    ['diet', 'Vegan', 'My sister is vegan'],
    ['family', 'I have two children', 'I have three children'],
    ['preference', 'Prefers tea over coffee', 'Prefers coffee over tea'],
    ['location', 'I live in Porto', 'I used to live in Porto'],
    ['role', 'I was a nurse', 'I am a nurse'],
  ])('%s: "%s" and "%s" are two statements', (category, a, b) => {
    expect(kept([category, a], [category, b])).toEqual([a, b])
  })

  test.each<[Category, string, string]>([
    ['role', 'I work as a structural engineer', 'structural engineer'],
    ['location', 'I live in Porto', 'Porto'],
    ['diet', 'I am vegan, except for honey', 'vegan, except for honey'],
    ['goal', 'I live in Porto', 'I live in Porto'],
    ['tool', 'Vim', 'Vim'],
  ])('%s: "%s" in fewer words', (category, words, short) => {
    expect(shortForm({ category, text: words })).toBe(short)
  })
})
