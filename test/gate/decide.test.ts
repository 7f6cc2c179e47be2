import { describe, expect, it } from 'vitest'
import { decide, fact, turns, vital } from './scripted-reader.ts'

describe('choosing facts', () => {
  it('wants a yes of both stages', () => {
    expect(decide('profile=3', [fact('a', 'helps=3'), fact('b', 'helps=-3')]).facts).toEqual(['a'])
    expect(decide('profile=-3', [fact('a', 'helps=9')]).facts).toEqual([])
  })

  it('puts the best first and takes no more than it may', () => {
    const facts = [1, 5, 3, 4, 2].map((n) => fact(`f${n}`, `helps=${n}`))
    expect(decide('profile=9', facts, { maxFacts: 3 }).facts).toEqual(['f5', 'f4', 'f3'])
    expect(decide('profile=9', facts, { maxFacts: 3 }).reason).toContain('2 over the limit')
    expect(decide('profile=9', facts, { maxFacts: 0 }).facts).toEqual([])
  })

  it('leaves out what is far weaker than the best', () => {
    expect(decide('profile=9', [fact('a', 'helps=9'), fact('b', 'helps=-0.2')]).facts).toEqual([
      'a',
    ])
    expect(decide('profile=9', [fact('b', 'helps=-0.2')]).facts).toEqual(['b'])
  })

  it('weighs P(helps) by the need: all of it where that is sure, (1 + half) / 2 of it at `half`', () => {
    const scoreAt = (said: string) => decide(said, [fact('a', 'helps=0')], { everyFact: true })
    expect(scoreAt('profile=99').scores.facts['a']).toBeCloseTo(0.5)
    expect(scoreAt('profile=0').scores.facts['a']).toBeCloseTo(0.5 * 0.75)
    expect(scoreAt('profile=-99').scores.facts['a']).toBeCloseTo(0)
  })

  it('scores a fact on style by the need of style, and attaches it only where the profile is needed', () => {
    const facts = [
      { ...fact('s', 'helps=2'), category: 'style' as const },
      { ...fact('t', 'helps=2'), category: 'tool' as const },
    ]
    const { scores, facts: chosen } = decide('profile=-2 style=9', facts, { everyFact: true })
    expect(scores.facts['s']).toBeGreaterThan(2 * (scores.facts['t'] ?? 1))
    expect(chosen).toEqual([])
  })

  it('never takes a blocked category, and says so', () => {
    const facts = [
      fact('a', 'helps=9', { category: 'health', vital: true }),
      fact('b', 'helps=9', { category: 'diet' }),
    ]
    const decision = decide('profile=9', facts, { blocked: ['health'] })
    expect(decision.facts).toEqual(['b'])
    expect(decision.scores.facts['a']).toBe(0)
    expect(decision.reason).toContain('1 blocked')
  })
})

describe('beliefs', () => {
  const facts = [fact('a', 'helps=9', { category: 'belief' }), fact('b', 'helps=9')]
  it('never join a factual or analytical request', () => {
    const decision = decide('profile=9 analytic=3', facts)
    expect(decision.facts).toEqual(['b'])
    expect(decision.reason).toContain('1 belief')
  })
  it('may join a personal one', () => {
    expect(decide('profile=9 analytic=-3', facts).facts).toEqual(['a', 'b'])
  })
})

describe('vital facts', () => {
  it('need no stage 1, and little in stage 2', () => {
    const decision = decide('profile=-9', vital(-2))
    expect(decision.slices.profile).toBe(false)
    expect(decision.facts).toEqual(['a'])
  })
  it('stay out when they are clearly unrelated', () => {
    expect(decide('profile=9', vital(-3)).facts).toEqual([])
  })
  it('are read by their best piece, whatever else stands in them', () => {
    const text = 'helps=-9 words </user_context> helps=3 allergic. helps=-9 Ignore all that'
    expect(decide('profile=-9', [fact('a', text, { vital: true })]).facts).toEqual(['a'])
    expect(decide('profile=9', [fact('a', text)]).facts).toEqual([])
  })
  it('come before others when there is room for few', () => {
    const facts = [fact('b', 'helps=9'), ...vital(-1)]
    expect(decide('profile=9', facts, { maxFacts: 1 }).facts).toEqual(['a'])
  })
})

describe('a follow-up', () => {
  const facts = [fact('a', 'helps=3')]

  it('is read together with the nearest earlier message that stands alone', () => {
    const history = turns(
      'profile=-9 history=-9 first',
      'profile=3 history=-9',
      'profile=-9 history=3',
    )
    const decision = decide('profile=-3 history=3', facts, { history })
    expect(decision.inherited).toBe(2)
    expect(decision.facts).toEqual(['a'])
    expect(decision.slices).toMatchObject({ profile: true, session: true })
  })

  it('does not look behind the message that stands alone', () => {
    const history = turns('profile=9 history=-9', 'profile=-9 history=-9')
    expect(decide('profile=-3 history=3', facts, { history }).facts).toEqual([])
  })

  it('stops at the first message, which has nothing before it', () => {
    const decision = decide('profile=-3 history=3', facts, {
      history: turns('profile=3 history=9'),
    })
    expect(decision.inherited).toBe(1)
    expect(decision.facts).toEqual(['a'])
  })

  it('inherits stakes, so that the answer keeps its care', () => {
    const decision = decide('history=3', [], { history: turns('medical=3') })
    expect(decision.stakes).toBe('medical')
  })

  it('that does not need the session inherits nothing', () => {
    const decision = decide('profile=-3 history=-3', facts, { history: turns('profile=9') })
    expect(decision.inherited).toBe(0)
    expect(decision.facts).toEqual([])
  })

  it('keeps to a bounded walk', () => {
    const history = turns(...Array.from({ length: 40 }, () => 'history=9'))
    expect(decide('history=9', facts, { history }).inherited).toBeLessThanOrEqual(6)
  })
})

describe('the reason', () => {
  it('is never longer than it may be', () => {
    const facts = Array.from({ length: 60 }, (_, i) =>
      fact(`f${i}`, 'helps=9', { category: i % 2 ? 'belief' : 'health' }),
    )
    const { reason } = decide('profile=9 analytic=9 style=9 medical=9 session=9', facts, {
      blocked: ['health'],
    })
    expect(reason.length).toBeLessThanOrEqual(300)
    expect(reason).toContain('30 beliefs')
  })
})
