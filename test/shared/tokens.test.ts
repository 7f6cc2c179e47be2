import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import fc from 'fast-check'
import { countTokens } from 'gpt-tokenizer/encoding/o200k_base'
import { expect, test } from 'vitest'
import { factLine, frameTokens, renderBlock } from '../../shared/block.ts'
import { emptyModel } from '../../shared/self-model.ts'
import { renderPersona } from '../../shared/persona.ts'
import type { Fact } from '../../shared/schema/fact.ts'
import { boundTokens, estimateTokens } from '../../shared/tokens.ts'
import { packTokens } from '../../tools/pack-tokens.ts'
import { createTokenCounter } from '../../worker/tokens/counter.ts'

/* Tokens as OpenAI counts them, at the edge; and a bound for whoever counts otherwise. */

const table = readFileSync('models/o200k.bin')
const count = createTokenCounter(Uint8Array.from(table).buffer)

/** Every text of the project's own training data: messages, facts, notes, in six languages. */
const texts = [...new Set(filesOf('data/train', '.jsonl').flatMap(textsOf))]

function filesOf(folder: string, ending: string): string[] {
  const names = readdirSync(folder, { recursive: true, encoding: 'utf8' })
  return names.filter((name) => name.endsWith(ending)).map((name) => join(folder, name))
}

function textsOf(file: string): string[] {
  const lines = readFileSync(file, 'utf8').split('\n')
  return lines.filter((line) => line !== '').flatMap((line) => stringsIn(JSON.parse(line)))
}

function stringsIn(value: unknown): string[] {
  if (typeof value === 'string') return /\s|.{20}/.test(value) ? [value] : []
  return typeof value === 'object' && value !== null ? Object.values(value).flatMap(stringsIn) : []
}

const code = filesOf('shared', '.ts').map((file) => readFileSync(file, 'utf8'))

test('the packed table is the library’s', () => {
  expect(Buffer.compare(Buffer.from(packTokens()), table)).toBe(0)
})

test('the edge counts as the library does: project texts, code, any string', () => {
  const some = texts.filter((_, i) => i % 5 === 0)
  const wrong = [...some, ...code].filter((text) => count(text) !== countTokens(text))
  expect(wrong).toEqual([])
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme', maxLength: 60 }), (text) => {
      expect(count(text)).toBe(countTokens(text))
    }),
    { numRuns: 1000 },
  )
  expect(count('a'.repeat(2000))).toBe(countTokens('a'.repeat(2000)))
}, 60_000)

test('the lines of the frame have the tokens that the library counts', () => {
  for (const [line, tokens] of frameTokens) expect(tokens).toBe(countTokens(`${line}\n`))
})

const chinese = '我对花生过敏，住在波尔图，每周五在家工作。龘靐齉爩麤灪'
const emoji = '👩‍👩‍👧‍👦 🫠🫶🏽 🏳️‍🌈 👍🏿 🇵🇹 ✨🔥'
const others = [
  'Я живу в Осло и не ем рыбу',
  'أنا أعيش في بورتو',
  'मैं पोर्टो में रहता हूँ',
  '저는 포르투에 살아요',
]

test('the bound is never below: project texts, code, emoji, CJK, other scripts', () => {
  const all = [...texts, ...code, chinese, emoji, ...others]
  const low = all.filter((text) => boundTokens(text) < countTokens(text))
  expect(low).toEqual([])
  const sum = (by: (text: string) => number, of: string[]) =>
    of.reduce((total, text) => total + by(text), 0)
  const share = (by: (text: string) => number, of: string[]) =>
    (sum(by, of) / sum(countTokens, of)).toFixed(2)
  const long = all.filter((text) => text.length > 400)
  const below = all.filter((text) => estimateTokens(text) < countTokens(text)).length
  console.log(
    `${all.length} texts against o200k_base: bound ${share(boundTokens, all)} (over 400 characters ${share(boundTokens, long)}), estimate ${share(estimateTokens, all)}, below it in ${below}`,
  )
}, 60_000)

test('no character is estimated below a quarter of a token', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (text) => {
      expect(estimateTokens(text)).toBeGreaterThanOrEqual(text.length / 4)
    }),
  )
})

const fact = fc.record({
  text: fc.oneof(fc.constantFrom(...texts.slice(0, 3000)), fc.string({ minLength: 1 })),
  vital: fc.boolean(),
})

const known = (given: { text: string; vital: boolean }[]): Fact[] =>
  given.map(({ text, vital }, i) => ({
    id: `f${i}`,
    category: 'preference',
    text: text.slice(0, 80),
    confidence: 0.9,
    source: 'typed',
    firstSeen: 1,
    lastSeen: 1,
    pinned: false,
    vital,
    status: 'active',
  }))

test('a block of counted lines has exactly the tokens that are added up', () => {
  fc.assert(
    fc.property(fc.array(fact, { minLength: 1, maxLength: 8 }), fc.boolean(), (given, high) => {
      const { facts, tokens = [] } = renderPersona(
        { ...emptyModel(), facts: known(given) },
        1000,
        count,
      )
      const counted = new Map([
        ...frameTokens,
        ...facts.map((one, i): [string, number] => [factLine(one), tokens[i] ?? 0]),
      ])
      const block = renderBlock({ style: '', facts, pageFacts: [], notes: [], highStakes: high })
      // The last line has no end.
      const real = countTokens(`${block}\n`)
      expect(boundTokens(block, counted)).toBe(real)
      expect(countTokens(block)).toBeLessThanOrEqual(real)
      const more = renderBlock({
        style: 'Short answers',
        facts,
        pageFacts: [],
        notes: ['Looked at red shoes'],
        highStakes: high,
      })
      expect(boundTokens(more, counted)).toBeGreaterThanOrEqual(countTokens(more))
    }),
  )
})

test('the summary has at most 200 tokens as OpenAI counts them, and fills them', () => {
  const given = texts.filter((text) => text.length < 90).slice(0, 400)
  for (let from = 0; from < 400; from += 50) {
    const model = {
      ...emptyModel(),
      facts: known(given.slice(from, from + 50).map((text) => ({ text, vital: false }))),
    }
    const { summary } = renderPersona(model, 1000, count)
    const tokens = countTokens(summary.join('\n'))
    expect(tokens).toBeLessThanOrEqual(200)
    expect(tokens).toBeGreaterThan(180)
  }
})
