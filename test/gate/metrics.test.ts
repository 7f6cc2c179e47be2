import { describe, expect, it } from 'vitest'
import { measure } from '../../tools/evaluate/bootstrap.ts'
import {
  keptAtRecall,
  prAuc,
  recallAtFalse,
  rocAuc,
  type Sample,
} from '../../tools/evaluate/metrics.ts'
import { judge } from '../../tools/evaluate/report.ts'

/** `+0.9` is a positive with score 0.9, `-` a negative, `t` a trap. */
const samples = (...texts: string[]): Sample[] =>
  texts.map((text, i) => ({
    kind: text.startsWith('+') ? 'positive' : text.startsWith('t') ? 'trap' : 'negative',
    score: Number(text.slice(1)),
    group: String(i),
  }))
const once = () => 1
const sorted = (...texts: string[]) => samples(...texts).toSorted((a, b) => b.score - a.score)

describe('figures', () => {
  it('average precision', () => {
    expect(prAuc(sorted('+0.9', '-0.8', '+0.7', '-0.1'), once)).toBeCloseTo(0.5 * 1 + 0.5 * (2 / 3))
    expect(prAuc(sorted('+0.5', '-0.5', '-0.5', '-0.5'), once)).toBeCloseTo(0.25)
  })
  it('ROC, with ties as half', () => {
    expect(rocAuc(sorted('+0.9', '-0.8', '+0.7', '-0.1'), once)).toBeCloseTo(0.75)
    expect(rocAuc(sorted('+0.5', '-0.5'), once)).toBeCloseTo(0.5)
  })
  it('what is kept at 80% recall', () => {
    const list = sorted('+0.9', '+0.8', '-0.75', '+0.7', '+0.6', 't0.5', '+0.4', '-0.3')
    expect(keptAtRecall(0.8, 'negative')(list, once)).toBeCloseTo(0.5)
    expect(keptAtRecall(0.8, 'trap')(list, once)).toBe(0)
  })
  it('recall at 5% false', () => {
    const negatives = Array.from({ length: 20 }, (_, i) => `-${i / 100}`)
    expect(recallAtFalse(0.05)(sorted('+0.9', '+0.185', '+0.1', ...negatives), once)).toBeCloseTo(
      2 / 3,
    )
  })
  it('come with an interval that is the same at each run', () => {
    const list = samples('+0.9', '-0.8', '+0.7', '-0.1', '+0.3', '-0.2')
    const options = { seed: 1, resamples: 200, level: 0.9 }
    const figure = measure(list, rocAuc, options)
    expect(figure).toEqual(measure(list, rocAuc, options))
    expect(figure.low).toBeLessThanOrEqual(figure.value)
    expect(figure.high).toBeGreaterThanOrEqual(figure.value)
  })
  it('are missed only when the whole interval is', () => {
    const figure = { value: 0.5, low: 0.4, high: 0.6, positives: 1, negatives: 1 }
    expect(judge(figure, 0.5, 'higher')).toBe('met')
    expect(judge(figure, 0.55, 'higher')).toBe('open')
    expect(judge(figure, 0.7, 'higher')).toBe('missed')
    expect(judge(figure, 0.3, 'lower')).toBe('missed')
  })
})
