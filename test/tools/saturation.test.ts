import { describe, expect, test } from 'vitest'
import { kneeOf, measureCarried, type Case } from '../../bench/saturation/carried.ts'
import { crowdUsers, lengthen, snapshotOf } from '../../bench/saturation/users.ts'
import { estimateTokens, utf8Bytes } from '../../shared/tokens.ts'
import { openFiles } from '../../tools/evaluate/files.ts'
import { User } from '../../tools/evaluate/formats.ts'

const labelled = openFiles(undefined).read('dev/fact_use/users.jsonl', User) ?? []
const users = crowdUsers(labelled, { size: 64, seed: 1 }).slice(0, 3)
const budgets = [25, 100, 200, 400]

const casesOf = (scoreOf: (isUseful: boolean) => number): Case[] =>
  users.flatMap(({ facts, queries }) =>
    queries.map(({ useful, traps }) => ({
      persona: snapshotOf(facts, estimateTokens),
      scores: new Map(facts.map(({ id }) => [id, scoreOf(useful.has(id))])),
      useful,
      traps,
    })),
  )

describe('a user of whom much is known', () => {
  test('has 64 facts, their own twelve among them, and nobody else’s that protect', () => {
    for (const [i, { facts }] of users.entries()) {
      const own = labelled[i]?.facts.map(({ text }) => text) ?? []
      expect(new Set(facts.map(({ id }) => id)).size).toBe(64)
      expect(facts.map(({ text }) => text)).toEqual(expect.arrayContaining(own))
      const protecting = facts.filter(({ vital }) => vital).map(({ text }) => text)
      expect(own).toEqual(expect.arrayContaining(protecting))
    }
  })
  test('is the same every time', () => {
    expect(crowdUsers(labelled, { size: 64, seed: 1 }).slice(0, 3)).toEqual(users)
    expect(crowdUsers(labelled, { size: 64, seed: 2 }).slice(0, 3)).not.toEqual(users)
  })
  test('has facts of up to 256 bytes where they are drawn out', () => {
    const facts = users.flatMap((user) => user.facts)
    const bytes = lengthen(facts, 1).map(({ text }) => utf8Bytes(text))
    expect(Math.max(...bytes)).toBeLessThanOrEqual(256)
    expect(Math.max(...bytes)).toBeGreaterThan(230)
    expect(lengthen(facts, 1).every(({ text }, i) => text.startsWith(facts[i]?.text ?? '?'))).toBe(
      true,
    )
  })
})

describe('what a block carries', () => {
  const perfect = measureCarried(
    casesOf((isUseful) => (isUseful ? 1 : 0.01)),
    budgets,
  )
  test('is nothing where the frame does not fit, and all that helps where there is room for it', () => {
    expect(perfect[0]).toMatchObject({ budget: 25, useful: 0, tokens: 0 })
    expect(perfect.at(-1)?.useful).toBe(1)
  })
  test('is never more than the budget', () => {
    for (const { budget, tokens } of perfect) expect(tokens).toBeLessThanOrEqual(budget)
  })
  test('is more than five facts where the budget allows: the cap is lifted', () => {
    const [asked] = casesOf(() => 0.5)
    if (!asked) throw new Error('There is a case.')
    const all = new Set(asked.persona.facts.map(({ id }) => id))
    const [point] = measureCarried([{ ...asked, useful: all }], [400])
    expect((point?.useful ?? 0) * 64).toBeGreaterThan(10)
  })
  test('is more in a good order than in none', () => {
    const none = measureCarried(
      casesOf(() => 0.5),
      budgets,
    )
    expect(perfect[2]?.useful).toBeGreaterThan((none[2]?.useful ?? 1) * 2)
  })
})

describe('the knee', () => {
  const line = (...shares: number[]) =>
    shares.map((useful, i) => ({ budget: 25 * (i + 1), useful, traps: 0, tokens: 0 }))
  test('is where no later step carries a hundredth more', () => {
    expect(kneeOf(line(0, 0, 0.4, 0.9, 0.905, 0.91))?.budget).toBe(100)
  })
  test('is not the flat start before the first fact fits', () => {
    expect(kneeOf(line(0, 0, 0, 0.5, 0.5, 0.5))?.budget).toBe(100)
  })
  test('is nowhere on a line that still rises at its end', () => {
    expect(kneeOf(line(0.1, 0.2, 0.3))).toBeUndefined()
  })
})
