import { describe, expect, it } from 'vitest'
import { tokenIds } from '../../shared/gate/context-tokens.ts'
import { createLanguageDetector } from '../../shared/gate/language.ts'
import { createLiteReader } from '../../shared/gate/lite-reader.ts'
import { Category } from '../../shared/schema/fact.ts'
import { gateConfig, readModel } from './models.ts'
import { largestGap, reference, requestColumns, shown } from './reference.ts'

const config = gateConfig('lite')
const reader = createLiteReader(readModel('lite.bin'), config)
const { texts, pairs } = reference()
const namedTexts = texts.map((item) => [shown(item.text), item] as const)
const namedPairs = pairs.map((pair) => [shown(`${pair.query} + ${pair.fact}`), pair] as const)

/** Logits; the training computes in float32. */
const tolerance = 1e-3

describe('the small tier computes what the training computed', () => {
  it.each(namedTexts)('tokens of %s', (_name, { text, ids }) => {
    expect(tokenIds(reader.tokenize, text, config.clip.request)).toEqual(ids.lite)
  })

  it.each(namedTexts)('heads of %s', (_name, { text: query, history = [], notes = [], lite }) => {
    const { heads } = reader.readRequest({ query, history, notes })
    const columns = lite.heads[8] === null ? requestColumns : [...requestColumns, 8]
    expect(largestGap(columns, heads, lite.heads)).toBeLessThan(tolerance)
  })

  it.each(namedPairs)('pair %s', (_name, { query, fact: text, category, lite }) => {
    const { vector } = reader.readRequest({ query, history: [], notes: [] })
    const [fact] = reader.readFacts([{ id: 'a', text }])
    if (!fact) throw new Error('no reading')
    const logits = reader.comparePair(vector, fact, Category.safeParse(category).data)
    expect(largestGap([0, 1], logits, lite)).toBeLessThan(tolerance)
  })

  it('tells the same languages', () => {
    const detect = createLanguageDetector(config.language)
    const told = texts.map(({ text }) => [text, detect(text)])
    expect(told).toEqual(texts.map(({ text, language }) => [text, language]))
  })

  it('has some references to compare with', () => {
    expect(texts.length).toBeGreaterThan(20)
    expect(pairs.length).toBeGreaterThan(20)
  })
})
