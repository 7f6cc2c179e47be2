import { addProduct, relu, type Vector } from './layers.ts'
import type { Tensor } from './weights.ts'

/** One side of a comparison: its vector and what it alone adds to the hidden layer. */
export type Side = { vector: Vector; hidden: Vector }

/**
 * A small network over [a*b, |a-b|, a, b, extra] (models/FORMAT.md, sections 4, 5.3 and 5.4). What one side
 * adds alone is computed once (`prepareFirst`, `prepareSecond`), so a fact costs little per request.
 */
export type Comparison = {
  prepareFirst: (a: Vector) => Side
  prepareSecond: (b: Vector) => Side
  compare: (a: Side, b: Side, more: { extra: readonly number[]; category?: number }) => Vector
}

export type ComparisonTensors = {
  hidden: Tensor
  hiddenBias: Tensor
  out: Tensor
  outBias: Tensor
  category?: Tensor
}

export function createComparison({
  hidden,
  hiddenBias,
  out,
  outBias,
  category,
}: ComparisonTensors): Comparison {
  const { rows, columns, data } = hidden
  const width = Math.floor(columns / 4)
  const prepare = (vector: Vector, from: number, start: ArrayLike<number>): Side => {
    const sum = Float64Array.from(start)
    addProduct(sum, hidden, { x: vector, from })
    return { vector, hidden: sum }
  }
  const nothing = new Float64Array(rows)
  return {
    prepareFirst: (a) => prepare(a, 2 * width, hiddenBias.data),
    prepareSecond: (b) => prepare(b, 3 * width, nothing),
    compare(a, b, more) {
      const both = new Float64Array(2 * width)
      for (let k = 0; k < width; k++) {
        const [left, right] = [a.vector[k] ?? 0, b.vector[k] ?? 0]
        both[k] = left * right
        both[width + k] = Math.abs(left - right)
      }
      const h = a.hidden.slice()
      addProduct(h, hidden, { x: both })
      for (let r = 0; r < rows; r++) {
        let sum = (h[r] ?? 0) + (b.hidden[r] ?? 0)
        for (let k = 0; k < more.extra.length; k++)
          sum += (data[r * columns + 4 * width + k] ?? 0) * (more.extra[k] ?? 0)
        if (category && more.category !== undefined)
          sum += category.data[more.category * rows + r] ?? 0
        h[r] = sum
      }
      const logits = Float64Array.from(outBias.data)
      addProduct(logits, out, { x: relu(h) })
      return logits
    },
  }
}
