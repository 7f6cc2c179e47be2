/** The cosine of two vectors. */
export function similarity(a: ArrayLike<number>, b: ArrayLike<number>): number {
  let [dot, left, right] = [0, 0, 0]
  for (let k = 0; k < a.length; k++) {
    const [x, y] = [a[k] ?? 0, b[k] ?? 0]
    dot += x * y
    left += x * x
    right += y * y
  }
  return dot / Math.max(1e-12, Math.sqrt(left * right))
}
