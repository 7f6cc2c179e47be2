import { readWeights, type Tensor, type Weights } from '../gate/weights.ts'
import type { Tokenizer } from '../gate/wordpiece.ts'
import { labelColumns, type Tagging } from './port.ts'

/** A `Tagger` that answers at once. */
export type LiteTagger = { tier: 'lite'; tag: (text: string) => Tagging }

type Layer = { taps: Tensor[]; bias: Float32Array }

/**
 * The small tier, synchronous: two convolutions over the tokens (models/FORMAT.md, section 6).
 * `buffer` is `models/disclosure.bin`, `tokenize` the one of `lite.bin`, `window` the tokens that are
 * read together. Throws when the weights are not its own.
 */
export function createLiteTagger(
  buffer: ArrayBuffer,
  { tokenize, window }: { tokenize: Tokenizer; window: number },
): LiteTagger {
  const weights = readWeights(buffer)
  if (weights.kind !== 'disclosure')
    throw new Error(`these are weights of kind ${weights.kind}, not disclosure`)
  const read = createReader(weights)
  return {
    tier: 'lite',
    tag(text) {
      const { ids, starts, ends } = tokenize(text)
      const labels = new Float32Array(ids.length * labelColumns)
      const discloses: number[] = []
      for (let at = 0; at < ids.length; at += window) {
        const windowLabels = labels.subarray(at * labelColumns)
        discloses.push(read(ids.slice(at, at + window), windowLabels))
      }
      return { tier: 'lite', discloses, starts, ends, labels }
    },
  }
}

/** Fills the labels of one window and returns its logit for the whole. */
function createReader(weights: Weights): (ids: readonly number[], labels: Float32Array) => number {
  const embed = weights.tensor('embed')
  const first = readLayer(weights, { taps: 'first', bias: 'bias1' })
  const second = readLayer(weights, { taps: 'second', bias: 'bias2' })
  const out = weights.tensor('out')
  const outMessage = weights.tensor('outMessage')
  const outBias = weights.tensor('outBias').data
  const discloses = weights.tensor('discloses').data
  const disclosesBias = weights.tensor('disclosesBias').data[0] ?? 0
  const width = embed.columns
  const units = out.columns

  return (ids, labels) => {
    const x = new Float32Array(ids.length * width)
    ids.forEach((id, i) => x.set(embed.data.subarray(id * width, (id + 1) * width), i * width))
    const b = convolve(second, convolve(first, x, ids.length), ids.length)
    const highest = new Float32Array(units)
    for (let i = 0; i < b.length; i++) {
      const unit = i % units
      highest[unit] = Math.max(highest[unit] ?? 0, b[i] ?? 0)
    }
    const shared = outBias.map((bias, column) => bias + dot(outMessage, column, highest))
    for (let i = 0; i < ids.length; i++) {
      const token = b.subarray(i * units, (i + 1) * units)
      for (let c = 0; c < labelColumns; c++)
        labels[i * labelColumns + c] = (shared[c] ?? 0) + dot(out, c, token)
    }
    return highest.reduce((sum, value, unit) => sum + value * (discloses[unit] ?? 0), disclosesBias)
  }
}

function readLayer(weights: Weights, names: { taps: string; bias: string }): Layer {
  const taps = [0, 1, 2, 3, 4].map((k) => weights.tensor(`${names.taps}${k}`))
  return { taps, bias: weights.tensor(names.bias).data }
}

/** relu(bias + sum of the five taps), two tokens to each side; nothing beyond the ends. */
function convolve({ taps, bias }: Layer, x: Float32Array, length: number): Float32Array {
  const inputs = x.length / Math.max(1, length)
  const units = bias.length
  const result = new Float32Array(length * units)
  for (let i = 0; i < length; i++) {
    const into = result.subarray(i * units, (i + 1) * units)
    into.set(bias)
    for (let k = 0; k < taps.length; k++) {
      const from = i + k - 2
      const tap = taps[k]
      if (from < 0 || from >= length || !tap) continue
      const token = x.subarray(from * inputs, (from + 1) * inputs)
      for (let u = 0; u < units; u++) into[u] = (into[u] ?? 0) + dot(tap, u, token)
    }
    for (let u = 0; u < units; u++) into[u] = Math.max(0, into[u] ?? 0)
  }
  return result
}

function dot({ data, columns }: Tensor, row: number, vector: Float32Array): number {
  let sum = 0
  const start = row * columns
  for (let c = 0; c < columns; c++) sum += (data[start + c] ?? 0) * (vector[c] ?? 0)
  return sum
}
