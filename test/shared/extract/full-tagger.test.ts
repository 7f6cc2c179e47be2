import { expect, test } from 'vitest'
import { createFullTagger } from '../../../shared/extract/full-tagger.ts'
import { labelColumns } from '../../../shared/extract/port.ts'
import type { EncoderBatch } from '../../../shared/gate/batch.ts'

const vocabulary = new Map(
  Array.from({ length: 26 }, (_, i) => [String.fromCharCode(97 + i), i + 1000]),
)

/** Answers with each token's id in the column of `B`, so that one sees whose label is whose. */
const echo = (batches: EncoderBatch[]) => (batch: EncoderBatch) => {
  batches.push(batch)
  const tokens = new Float32Array(batch.rows * batch.width * labelColumns)
  batch.ids.forEach((id, k) => (tokens[k * labelColumns + 1] = Number(id)))
  const heads = new Float32Array(batch.rows * 11)
  for (let row = 0; row < batch.rows; row++) heads[row * 11 + 10] = row + 1
  return Promise.resolve({ heads, vector: new Float32Array(batch.rows * 384), tokens })
}

test('a long message is read in windows, and each token keeps its own label and place', async () => {
  const batches: EncoderBatch[] = []
  const { tag } = createFullTagger({ run: echo(batches), vocabulary, window: 4 })
  const text = 'a b c d e f g h i j'
  const { starts, ends, labels, discloses } = await tag(text)
  expect(batches.map(({ rows, width }) => [rows, width])).toEqual([[3, 6]])
  expect(discloses).toEqual([1, 2, 3])
  const letters = Array.from(starts, (start, i) => text.slice(start, ends[i]))
  expect(letters).toEqual(text.split(' '))
  expect(letters.map((_, i) => labels[i * labelColumns + 1])).toEqual(
    letters.map((letter) => vocabulary.get(letter)),
  )
})

test('an empty message is not read at all', async () => {
  const batches: EncoderBatch[] = []
  const { tag } = createFullTagger({ run: echo(batches), vocabulary, window: 4 })
  expect(await tag(' ')).toMatchObject({ discloses: [], starts: [] })
  expect(batches).toEqual([])
})
