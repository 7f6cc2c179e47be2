import type { Tensor, Weights } from './weights.ts'

export type Vector = Float64Array

/** `into[r] += sum over c of matrix[r][from + c] * x[c]`, for all rows. */
export function addProduct(
  into: Vector,
  { rows, columns, data }: Tensor,
  { x, from = 0 }: { x: Vector; from?: number },
) {
  for (let r = 0; r < rows; r++) into[r] = (into[r] ?? 0) + dot(data, x, r * columns + from)
}

/** Four sums at a time, since one sum would wait for each addition before the next. */
function dot(row: Float32Array, x: Vector, at: number): number {
  const whole = x.length - (x.length % 4)
  let a = 0
  let b = 0
  let c = 0
  let d = 0
  let k = 0
  for (; k < whole; k += 4) {
    a += (row[at + k] ?? 0) * (x[k] ?? 0)
    b += (row[at + k + 1] ?? 0) * (x[k + 1] ?? 0)
    c += (row[at + k + 2] ?? 0) * (x[k + 2] ?? 0)
    d += (row[at + k + 3] ?? 0) * (x[k + 3] ?? 0)
  }
  for (; k < x.length; k++) a += (row[at + k] ?? 0) * (x[k] ?? 0)
  return a + b + c + d
}

export type Linear = (x: Vector) => Vector

/** A fully connected layer: the tensors `name` and `bias` (default: the name with `Bias`). */
export function createLinear(weights: Weights, name: string, bias = `${name}Bias`): Linear {
  const matrix = weights.tensor(name)
  const start = Float64Array.from(weights.tensor(bias).data)
  return (x) => {
    const out = start.slice()
    addProduct(out, matrix, { x })
    return out
  }
}

export function tanh(x: Vector): Vector {
  for (let i = 0; i < x.length; i++) x[i] = Math.tanh(x[i] ?? 0)
  return x
}

export function relu(x: Vector): Vector {
  for (let i = 0; i < x.length; i++) if ((x[i] ?? 0) < 0) x[i] = 0
  return x
}

export const sigmoid = (x: number): number => 1 / (1 + Math.exp(-x))

/** The inverse of `sigmoid`, kept finite at both ends. */
export function logit(p: number): number {
  const bounded = Math.min(1 - 1e-9, Math.max(1e-9, p))
  return Math.log(bounded / (1 - bounded))
}
