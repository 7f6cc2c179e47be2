import { describe, expect, it } from 'vitest'
import { tokenIds } from '../../shared/gate/context-tokens.ts'
import { createFullReader } from '../../shared/gate/full-reader.ts'
import { Category } from '../../shared/schema/fact.ts'
import { loadFullParts } from '../../tools/load-gate.ts'
import { gateConfig } from './models.ts'
import { largestGap, reference, requestColumns, shown } from './reference.ts'

const config = gateConfig('full')
const reader = createFullReader(await loadFullParts(config))
const all = reference()
const texts = all.texts.flatMap(({ full, ...item }) => (full ? [{ ...item, full }] : []))
const pairs = all.pairs.flatMap(({ full, ...pair }) => (full ? [{ ...pair, full }] : []))
const namedTexts = texts.map((item) => [shown(item.text), item] as const)
const namedPairs = pairs.map((pair) => [shown(`${pair.query} + ${pair.fact}`), pair] as const)

/** Logits. Another build of onnxruntime adds int8 products in another order. */
const sameFile = 0.05
/** Quantized against float: what int8 may cost one logit, and all on average, as a share of their mean size. */
const perLogit = 1.2
const onAverage = 0.04

const readAlone = (query: string) => reader.readRequest({ query, history: [], notes: [] })

describe('the large tier computes what the training computed', () => {
  it.each(namedTexts)('tokens of %s', (_name, { text, ids }) => {
    expect(tokenIds(reader.tokenize, text, config.clip.request)).toEqual(ids.full)
  })

  it.each(namedTexts)('heads of %s', async (_name, { text, history = [], notes = [], full }) => {
    const { heads } = await reader.readRequest({ query: text, history, notes })
    const expected = full.int8.with(8, full.session?.int8 ?? null)
    const columns = full.session ? [...requestColumns, 8] : requestColumns
    expect(largestGap(columns, heads, expected)).toBeLessThan(sameFile)
  })

  it.each(namedPairs)('pair %s', async (_name, { query, fact: text, category, full }) => {
    const { vector } = await readAlone(query)
    const [fact] = await reader.readFacts([{ id: 'a', text }])
    if (!fact) throw new Error('no reading')
    const logits = reader.comparePair(vector, fact, Category.safeParse(category).data)
    expect(largestGap([0, 1], logits, full.int8)).toBeLessThan(sameFile)
  })
})

describe('the quantized graph answers as the float one', () => {
  it('on the request heads of many texts', async () => {
    const gaps: number[] = []
    let size = 0
    for (const { text, full } of texts) {
      const { heads } = await readAlone(text)
      for (const column of requestColumns) {
        gaps.push(largestGap([column], heads, full.float))
        size += Math.abs(full.float[column] ?? 0)
      }
    }
    expect(texts.length).toBeGreaterThan(20)
    expect(pairs.length).toBeGreaterThan(20)
    expect(Math.max(...gaps)).toBeLessThan(perLogit)
    expect(gaps.reduce((a, b) => a + b, 0) / size).toBeLessThan(onAverage)
  })
})
