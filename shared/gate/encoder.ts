import type { Tensor, Weights } from './weights.ts'
import type { Vector } from './layers.ts'

/** The small tier's text encoder (models/FORMAT.md, section 5.1): token ids -> one vector. */
export type Encoder = {
  encode: (ids: readonly number[]) => Vector
  /** How much a token counts: exp of its trained weight. */
  weigh: (id: number) => number
}

export function createEncoder(weights: Weights): Encoder {
  const embed = weights.tensor('embed')
  const buckets = weights.number('bigrams')
  const bigram = buckets > 0 ? weights.tensor('bigram') : undefined
  const importance = Float64Array.from(weights.tensor('weight').data, Math.exp)
  const convolutions = [0, 1, 2].map((k) => weights.tensor(`conv${k}`))
  const bias = weights.tensor('convBias').data
  const ends = new Set(weights.numbers('ends'))
  const questions = new Set(weights.numbers('question'))
  const d = embed.columns
  const f = bias.length
  const projectToken = createProjection(embed, convolutions)
  const projectPair = bigram && createProjection(bigram, convolutions)

  /** Each token's three convolution products, one after the other; adds what the pair of tokens adds. */
  const project = (ids: readonly number[], sum: Vector) => {
    const all = new Float64Array(ids.length * 3 * f)
    let total = 0
    for (let i = 0; i < ids.length; i++) {
      const id = ids[i] ?? 0
      const weight = importance[id] ?? 1
      total += weight
      addRow(all, projectToken(id), { to: i * 3 * f })
      addRow(sum, embed.data, { from: id * d, count: d, scale: weight })
      if (i === 0 || !bigram || !projectPair) continue
      const pair = bucket(ids[i - 1] ?? 0, id, buckets)
      addRow(all, projectPair(pair), { to: i * 3 * f })
      addRow(sum, bigram.data, { from: pair * d, count: d, scale: weight })
    }
    for (let k = 0; k < d; k++) sum[k] = (sum[k] ?? 0) / total
    return all
  }

  const encode = (given: readonly number[]): Vector => {
    const ids = given.length > 0 ? given : [0]
    const n = ids.length
    const z = new Float64Array(d + 4 * f + 4)
    const all = project(ids, z.subarray(0, d))
    const last = startOfLastSentence(ids, ends)
    const [mean, peak, lastMean, lastPeak] = [0, 1, 2, 3].map((k) =>
      z.subarray(d + k * f, d + (k + 1) * f),
    )
    if (!mean || !peak || !lastMean || !lastPeak) return z
    peak.fill(-2)
    lastPeak.fill(-2)
    for (let i = 0; i < n; i++) {
      const at = i * 3 * f
      for (let k = 0; k < f; k++) {
        let sum = (bias[k] ?? 0) + (all[at + f + k] ?? 0)
        if (i > 0) sum += all[at - 3 * f + k] ?? 0
        if (i < n - 1) sum += all[at + 3 * f + 2 * f + k] ?? 0
        const c = Math.tanh(sum)
        mean[k] = (mean[k] ?? 0) + c
        if (c > (peak[k] ?? 0)) peak[k] = c
        if (i < last) continue
        lastMean[k] = (lastMean[k] ?? 0) + c
        if (c > (lastPeak[k] ?? 0)) lastPeak[k] = c
      }
    }
    for (let k = 0; k < f; k++) {
      mean[k] = (mean[k] ?? 0) / n
      lastMean[k] = (lastMean[k] ?? 0) / (n - last)
    }
    const asks = ids.some((id, i) => i >= last && questions.has(id))
    z.set([Math.log1p(n) / 5, Math.log1p(n - last) / 5, asks ? 1 : 0, last > 0 ? 1 : 0], d + 4 * f)
    return z
  }

  return { encode, weigh: (id) => importance[id] ?? 0 }
}

/** `to` and `from` are offsets; adds `count` (all) numbers of `row`, times `scale`. */
function addRow(
  into: Vector,
  row: Float32Array,
  {
    to = 0,
    from = 0,
    count = row.length,
    scale = 1,
  }: { to?: number; from?: number; count?: number; scale?: number },
) {
  for (let k = 0; k < count; k++) into[to + k] = (into[to + k] ?? 0) + scale * (row[from + k] ?? 0)
}

/** Rows of `table` through the three convolutions, computed when first asked for and kept. */
function createProjection(
  table: Tensor,
  convolutions: readonly Tensor[],
): (row: number) => Float32Array {
  const made: (Float32Array | undefined)[] = Array.from({ length: table.rows })
  return (row) => {
    const known = made[row]
    if (known) return known
    const width = table.columns
    const x = table.data.subarray(row * width, (row + 1) * width)
    const out = new Float32Array(convolutions.reduce((sum, { rows }) => sum + rows, 0))
    let at = 0
    for (const { rows, data } of convolutions) {
      for (let r = 0; r < rows; r++) {
        let sum = 0
        for (let c = 0; c < width; c++) sum += (data[r * width + c] ?? 0) * (x[c] ?? 0)
        out[at++] = sum
      }
    }
    made[row] = out
    return out
  }
}

/** Which of `buckets` rows two neighbouring tokens share. */
function bucket(a: number, b: number, buckets: number): number {
  const sum = (Math.imul(a, 0x9e3779b1) + Math.imul(b, 0x85ebca77)) >>> 0
  return ((sum ^ (sum >>> 15)) >>> 0) % buckets
}

/** The last sentence's first token; short last sentences (under 4 tokens) take the one before with them. */
function startOfLastSentence(ids: readonly number[], ends: ReadonlySet<number>): number {
  const isEnd = (i: number) => ends.has(ids[i] ?? -1)
  let end = ids.length
  while (end > 0 && isEnd(end - 1)) end--
  if (end === 0) return 0
  let start = end
  do {
    start--
    while (start > 0 && !isEnd(start - 1)) start--
  } while (start > 0 && end - start < 4)
  return start
}
