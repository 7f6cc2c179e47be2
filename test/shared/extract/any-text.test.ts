import { existsSync, readFileSync } from 'node:fs'
import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { extractFacts, extractFrom, ownWords } from '../../../shared/extract/extract.ts'
import { createLiteTagger } from '../../../shared/extract/lite-tagger.ts'
import { readPieces } from '../../../shared/extract/pieces.ts'
import type { ExtractedFact } from '../../../shared/extract/port.ts'
import { limits } from '../../../shared/limits.ts'
import { utf8Bytes } from '../../../shared/tokens.ts'
import { extractAll, openConfig } from './marked.ts'

const readModel = (name: string): ArrayBuffer => {
  const bytes = readFileSync(new URL(`../../../models/${name}`, import.meta.url))
  return new Uint8Array(bytes).buffer
}

const config = openConfig()
const tagger = createLiteTagger(readModel('disclosure.bin'), {
  tokenize: readPieces(readModel('lite.bin')),
  window: config.window,
})

/** What is wrong with the facts of a message; nothing should be. */
const faultsOf = (message: string, facts: readonly ExtractedFact[]): string[] =>
  facts.flatMap(({ span, text, supersedes = '' }) => [
    ...(message.includes(span) ? [] : ['a span that is no part of the message']),
    ...(/[\n\r]/.test(text) ? ['more than one line'] : []),
    ...(text.trim() === '' ? ['no text'] : []),
    ...((text + supersedes).isWellFormed() ? [] : ['half a character']),
    ...(utf8Bytes(text) <= limits.factBytes ? [] : ['a text too long']),
    ...(utf8Bytes(supersedes) <= limits.factBytes ? [] : ['a supersedes too long']),
  ])

describe('any text is answered', () => {
  const pieces = fc.constantFrom(
    "I'm a nurse",
    'my dog is deaf. ',
    'I no longer smoke, ',
    '"quoted words" ',
    '```',
    '\n\n',
    'From: a\n',
    'Dear Bo,\n',
    '我住在上海。',
    'أنا طبيب ',
    '👩‍🔬 ',
    '\u{e0041}',
    '\ud800',
    '\u0000',
    'suppose ',
    '?',
  )

  test('a span is always a part of the message, whatever a model marks', () => {
    fc.assert(
      fc.property(
        fc.array(fc.oneof(pieces, fc.string({ unit: 'binary' })), { maxLength: 20 }),
        (parts) => {
          const message = parts.join('')
          expect(faultsOf(message, extractAll(message))).toEqual([])
        },
      ),
    )
  })

  test('the same with the small tier, and labels that are no numbers', () => {
    fc.assert(
      fc.property(fc.array(pieces, { maxLength: 20 }), (parts) => {
        const message = parts.join('')
        const tagging = tagger.tag(ownWords(message))
        expect(faultsOf(message, extractFacts(message, tagging, config))).toEqual([])
        const labels = tagging.labels.length > 0 ? [Number.NaN] : []
        const { starts, ends } = tagging
        const broken = { tier: 'lite' as const, discloses: [9], starts, ends, labels }
        expect(faultsOf(message, extractFacts(message, broken, config))).toEqual([])
      }),
    )
  })

  test.each([
    ['nothing', ''],
    ['spaces', ' \n\t '],
    ['a megabyte of words', 'I am a nurse and I have two dogs. '.repeat(30_000)],
    ['a megabyte without a space', 'a'.repeat(1_000_000)],
    ['a megabyte of quotes', '"a '.repeat(330_000)],
    ['a megabyte of lines', 'a: b\n'.repeat(200_000)],
    ['a megabyte of emoji', '👩‍🔬'.repeat(200_000)],
    ['Chinese', '我对花生过敏，住在上海。'.repeat(50_000)],
    ['right to left', 'أنا نباتي وأعيش في القاهرة. '.repeat(20_000)],
    [
      'binary',
      Array.from({ length: 200_000 }, (_, i) => String.fromCharCode((i * 7919) % 65_536)).join(''),
    ],
  ])('%s, in time', { timeout: 60_000 }, async (_, message) => {
    expect(faultsOf(message, await extractFrom(message, tagger, config))).toEqual([])
  })
})

describe('the small tier', () => {
  test('its files are there', () => {
    expect(existsSync(new URL('../../../models/disclosure.bin', import.meta.url))).toBe(true)
  })

  test('finds what is plainly said, and leaves a plain question alone', async () => {
    const said = "I'm a vegetarian and I live in Hamburg. What should I cook tonight?"
    const facts = await extractFrom(said, tagger, config)
    expect(facts.map(({ text }) => text).join(' ')).toMatch(/vegetarian/i)
    expect(await extractFrom('What is the capital of Peru?', tagger, config)).toEqual([])
  })

  test('weights of another kind are refused', () => {
    const tokenize = readPieces(readModel('lite.bin'))
    expect(() => createLiteTagger(readModel('lite.bin'), { tokenize, window: 126 })).toThrow(
      /kind lite/,
    )
  })
})
