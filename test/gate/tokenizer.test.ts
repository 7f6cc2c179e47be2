import * as fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { cutMiddle } from '../../shared/gate/cut.ts'
import { clip, createTokenizer } from '../../shared/gate/wordpiece.ts'

const pieces = ['[UNK]', 'cafe', 'play', '##ing', '##s', 'a', 'i', '!', '?', '我', '吃', "'", 'm']
const tokenize = createTokenizer(new Map(pieces.map((piece, id) => [piece, id])), 0)
const read = (text: string) => tokenize(text).ids.map((id) => pieces[id])
const cut = (text: string) => {
  const { starts, ends } = tokenize(text)
  return starts.map((start, i) => text.slice(start, ends[i]))
}

describe('word pieces', () => {
  it('are the longest that fit, from the left', () => {
    expect(read('playing plays')).toEqual(['play', '##ing', 'play', '##s'])
  })
  it('have no accents and no capitals', () => {
    expect(read('CAFÉ cafe\u0301')).toEqual(['cafe', 'cafe'])
  })
  it('stand apart at punctuation and Chinese characters', () => {
    expect(read("I'm 我吃!?")).toEqual(['i', "'", 'm', '我', '吃', '!', '?'])
  })
  it('are unknown for a word that cannot be spelled, and for one that is too long', () => {
    expect(read('xyz playx')).toEqual(['[UNK]', '[UNK]'])
    expect(read('a'.repeat(101))).toEqual(['[UNK]'])
  })
  it('know where they came from in the original text', () => {
    expect(cut('  CAFÉ\u200b playing, xyz')).toEqual(['CAFÉ', 'play', 'ing', ',', 'xyz'])
    expect(cut('\u{1F642} cafe\u0301s')).toEqual(['\u{1F642}', 'cafe', 's'])
  })
  it('of any string lie in order within it', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 80 }), (text) => {
        const { ids, starts, ends } = tokenize(text)
        expect(starts).toHaveLength(ids.length)
        expect(starts).toEqual(starts.toSorted((a, b) => a - b))
        expect(ends.every((end, i) => end > (starts[i] ?? 0) && end <= text.length)).toBe(true)
      }),
    )
  })
})

describe('what is left of long texts', () => {
  it('is the start and the end of the tokens', () => {
    expect(clip([1, 2, 3, 4, 5, 6], [2, 1])).toEqual([1, 2, 6])
    expect(clip([1, 2, 3], [2, 1])).toEqual([1, 2, 3])
    expect(clip([1, 2, 3], [0, 2])).toEqual([2, 3])
  })
  it('is the start and the end of the characters, and their places are known', () => {
    const text = `${'a'.repeat(50)}${'b'.repeat(50)}`
    const { text: short, original } = cutMiddle(text, 21)
    expect(short).toBe(`${'a'.repeat(10)} ${'b'.repeat(10)}`)
    expect(original(3)).toBe(3)
    expect(original(11)).toBe(90)
    expect(original(short.length)).toBe(text.length)
  })
})
