import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { limits } from '../../shared/limits.ts'
import { renderPersona } from '../../shared/persona.ts'
import { Category, type NewFact } from '../../shared/schema/fact.ts'
import {
  addFact,
  changeFact,
  emptyModel,
  forgetAll,
  removeFact,
  type SelfModel,
} from '../../shared/self-model.ts'
import { styleLine } from '../../shared/style.ts'
import { estimateTokens, utf8Bytes } from '../../shared/tokens.ts'
import { valueOf } from '../../shared/value.ts'

const now = Date.UTC(2026, 0, 10)
const DAY = 86_400_000

function add(model: SelfModel, fact: NewFact, id: string): SelfModel {
  const added = addFact(model, fact, { id, now })
  if (!added.ok) throw new Error(added.problem.code)
  return added.value.model
}

describe('a self-model', () => {
  test('confirms a fact that says the same instead of holding it twice', () => {
    const once = add(emptyModel(), { category: 'diet', text: 'Vegetarian.' }, 'a')
    const twice = add(once, { category: 'diet', text: '  vegetarian ' }, 'b')
    expect(twice.facts).toHaveLength(1)
    expect(twice.facts[0]?.id).toBe('a')
    expect(twice.version).toBe(2)
  })

  test.each([
    ['Ich bin schwanger', true],
    ['Soy alérgica a los cacahuetes', true],
    ['Sou alérgico a amendoim, e tenho asma', true],
    ['Je suis intolérante au lactose', true],
    ['我对花生过敏', true],
    ['Takes lisinopril 10 mg', true],
    ['Takes a walk every morning', false],
    ['La gravedad de mi miopía', false],
  ])('marks what protects its owner in any language that facts are found in: %s', (text, vital) => {
    expect(add(emptyModel(), { category: 'health', text }, 'a').facts[0]?.vital).toBe(vital)
  })

  test('marks what protects its owner, and leaves it when told so', () => {
    const model = add(emptyModel(), { category: 'health', text: 'Allergic to peanuts' }, 'a')
    expect(model.facts[0]?.vital).toBe(true)
    const changed = changeFact(model, { id: 'a', change: { vital: false } }, now)
    expect(changed.ok && changed.value.fact.vital).toBe(false)
  })

  test('holds pasted and prefilled words back for review', () => {
    for (const source of ['pasted', 'prefilled', 'import'] as const) {
      const model = add(emptyModel(), { category: 'tool', text: 'Uses Vim', source }, 'a')
      expect(model.facts[0]?.status).toBe('pending')
      expect(renderPersona(model, now).facts).toEqual([])
    }
  })

  test('refuses what is empty once control characters are gone', () => {
    const added = addFact(
      emptyModel(),
      { category: 'tool', text: '\u200b\u0000' },
      { id: 'a', now },
    )
    expect(added).toMatchObject({ ok: false, problem: { code: 'fact_rejected', field: 'text' } })
  })

  test('says what is not there', () => {
    expect(removeFact(emptyModel(), 'a')).toMatchObject({ problem: { code: 'fact_not_found' } })
    expect(changeFact(emptyModel(), { id: 'a', change: {} }, now)).toMatchObject({
      problem: { code: 'fact_not_found' },
    })
  })

  test('refuses the 33rd pin and keeps the 32 others', () => {
    let model = emptyModel()
    for (let i = 0; i < limits.pins; i++) {
      model = add(model, { category: 'tool', text: `tool ${i}`, pinned: true }, `f${i}`)
    }
    const more = addFact(model, { category: 'tool', text: 'x', pinned: true }, { id: 'x', now })
    expect(more).toMatchObject({ ok: false, problem: { code: 'too_many_pins' } })
  })

  test('stays within 64 facts and 16 KiB whatever is thrown at it, and loses nothing pinned', () => {
    const fact = fc.record({
      category: fc.constantFrom(...Category.options),
      text: fc.string({ unit: 'grapheme-ascii', minLength: 100, maxLength: 240 }),
      pinned: fc.boolean(),
    })
    fc.assert(
      fc.property(fc.array(fact, { minLength: 90, maxLength: 100 }), (facts) => {
        let model = emptyModel()
        const pinned = new Set<string>()
        facts.forEach((f, i) => {
          const added = addFact(model, f, { id: `f${i}`, now: now + i })
          if (!added.ok) return
          model = added.value.model
          if (added.value.fact.pinned) pinned.add(added.value.fact.id)
        })
        expect(model.facts.length).toBeLessThanOrEqual(limits.facts)
        expect(utf8Bytes(JSON.stringify(model.facts))).toBeLessThanOrEqual(limits.selfModelBytes)
        const held = new Set(model.facts.map(({ id }) => id))
        expect([...pinned].filter((id) => !held.has(id))).toEqual([])
      }),
      { numRuns: 10, endOnFailure: true },
    )
  })

  test('forgotten, it holds nothing and its epoch has grown', () => {
    const model = add(emptyModel(), { category: 'diet', text: 'Vegan' }, 'a')
    expect(forgetAll(model)).toEqual({ version: 2, epoch: 1, facts: [] })
  })
})

describe('a persona', () => {
  test('keeps its summary and style line within their tokens', () => {
    fc.assert(
      fc.property(
        fc.array(
          fc.record({
            category: fc.constantFrom(...Category.options),
            text: fc.string({ minLength: 1, maxLength: 60, unit: 'grapheme' }),
          }),
          { maxLength: 40 },
        ),
        (facts) => {
          let model = emptyModel()
          facts.forEach((fact, i) => {
            const added = addFact(model, fact, { id: `f${i}`, now })
            if (added.ok) model = added.value.model
          })
          const { style, summary } = renderPersona(model, now)
          expect(estimateTokens(style)).toBeLessThanOrEqual(limits.styleTokens)
          expect(estimateTokens(summary.join('\n'))).toBeLessThanOrEqual(limits.summaryTokens)
        },
      ),
      { numRuns: 50 },
    )
  })

  test('leaves out what has expired, and puts first what protects', () => {
    let model = add(
      emptyModel(),
      { category: 'schedule', text: 'Trip to Rome', expires: now - 1 },
      'a',
    )
    model = add(model, { category: 'tool', text: 'Uses Vim' }, 'b')
    model = add(model, { category: 'health', text: 'Has celiac disease' }, 'c')
    expect(renderPersona(model, now).facts.map(({ id }) => id)).toEqual(['c', 'b'])
  })

  test('has the same bytes for the same day', () => {
    const model = add(emptyModel(), { category: 'tool', text: 'Uses Vim' }, 'b')
    expect(renderPersona(model, now)).toEqual(renderPersona(model, now + 1000))
  })
})

test('a style line has one fixed phrase a facet, the newest wish first', () => {
  expect(
    styleLine(['Keep it short please', 'Likes long detailed answers', 'No jargon', 'Metric units']),
  ).toBe('brief; plain words, no jargon; Metric units')
})

test('the value of a fact never grows with time, and what protects does not fade', () => {
  const model = add(emptyModel(), { category: 'project', text: 'Builds a boat' }, 'a')
  const [fact] = model.facts
  if (!fact) throw new Error('no fact')
  fc.assert(
    fc.property(fc.nat(4000), fc.nat(4000), (a, b) => {
      const [early, late] = [Math.min(a, b), Math.max(a, b)].map((d) =>
        valueOf(fact, now + d * DAY),
      )
      expect(late).toBeLessThanOrEqual(early ?? 0)
      expect(valueOf({ ...fact, vital: true }, now + a * DAY)).toBe(fact.confidence)
    }),
  )
})
