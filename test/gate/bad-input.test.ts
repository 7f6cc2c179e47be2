import { describe, expect, it } from 'vitest'
import type { GateFact } from '../../shared/gate/port.ts'
import { Decision } from '../../shared/schema/decision.ts'
import { ada, balanced, liteGate } from './models.ts'

const gate = liteGate()

const strange: [name: string, text: string][] = [
  ['nothing', ''],
  ['spaces', ' \n\t\u00a0 '],
  ['a megabyte', 'what should I eat? '.repeat(55_000)],
  ['a megabyte without a space', 'x'.repeat(1_000_000)],
  ['control characters', '\u0000\u0001\u0007\u001b[31m\u007f'.repeat(500)],
  ['lone surrogates', '\ud800 \udc00 dinner \udfff'.repeat(300)],
  ['emoji', '👩‍👩‍👧‍👦🍕🔥 '.repeat(400)],
  ['right to left', 'מה כדאי לי לאכול הערב? ماذا آكل الليلة؟'],
  ['Chinese', '今天晚上我应该吃什么？'.repeat(500)],
  ['code', 'for (let i = 0; i < n; i++) { a[i] = b[i] ** 2 }\n'.repeat(500)],
  ['combining marks', 'é\u0301\u0302\u0303'.repeat(3000)],
  ['punctuation', '?!.;,'.repeat(5000)],
  ['a name of an object property', 'constructor __proto__ toString hasOwnProperty'],
]

describe('any text', () => {
  it.each(strange)('%s: is decided, in time', (_name, query) => {
    const decide = () =>
      gate.decide(
        { query, history: [{ role: 'user', content: query }], notes: [query], facts: ada },
        balanced,
      )
    decide()
    const start = performance.now()
    const decision = decide()
    expect(performance.now() - start).toBeLessThan(250)
    expect(Decision.safeParse(decision).error).toBeUndefined()
    for (const fact of decision.facts) expect(ada.map(({ id }) => id)).toContain(fact)
  })

  it.each(strange)('%s: is a fact, or a note, or an earlier turn', (_name, text) => {
    const facts = [{ id: 'a', text }, ...ada]
    const history = [
      { role: 'assistant', content: text },
      { role: 'tool', content: text },
    ]
    const input = { query: 'make it shorter', history, notes: [text, text], facts }
    expect(Decision.safeParse(gate.decide(input, balanced)).success).toBe(true)
  })
})

const many: GateFact[] = Array.from({ length: 2000 }, (_, i) => ({
  id: `f${i}`,
  text: `Likes the number ${i} and hates ${i * 7}`,
}))
const examine = (facts: GateFact[]) =>
  gate.examine(
    { query: 'dinner ideas for tonight?', history: [], notes: [], facts },
    { ...balanced, everyFact: true },
  )

describe('many facts', () => {
  it('two thousand, without categories: at most five are attached, in time', () => {
    examine(many)
    const start = performance.now()
    const { decision, verdicts } = examine(many)
    expect(performance.now() - start).toBeLessThan(1000)
    expect(verdicts).toHaveLength(2000)
    expect(decision.facts.length).toBeLessThanOrEqual(5)
  })

  it('with one id twice and an id such as __proto__: no exception', () => {
    const facts = [
      { id: '__proto__', text: 'Vegan.' },
      { id: 'x', text: 'Vegan.' },
      { id: 'x', text: 'Lives in Rome.' },
    ]
    expect(examine(facts).verdicts).toHaveLength(3)
  })
})

describe('a language that the models do not know', () => {
  it.each([
    ['Russian', 'Что мне приготовить сегодня на ужин?'],
    ['Japanese', '今夜の夕食に何を作ればいいですか？'],
    ['Korean', '오늘 저녁에 무엇을 먹을까요?'],
    ['Hebrew', 'מה כדאי לי לבשל הערב?'],
  ])('%s: is answered with nothing, and the reason says so', (_name, query) => {
    const decision = gate.decide({ query, history: [], notes: [], facts: ada }, balanced)
    expect(decision.language).toBe('unknown')
    expect(decision.slices).toEqual({ style: false, session: false, profile: false })
    expect(decision.facts).toEqual([])
    expect(decision.reason).toContain('do not know this language')
  })
})
