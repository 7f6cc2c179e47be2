/** The distinct known tokens of a text (0, the unknown one, left out) and their summed weight. */
export type TokenSet = { ids: ReadonlySet<number>; weight: number }

export function toTokenSet(ids: readonly number[], weigh: (id: number) => number): TokenSet {
  const distinct = new Set(ids)
  distinct.delete(0)
  let weight = 0
  for (const id of distinct) weight += weigh(id)
  return { ids: distinct, weight }
}

/** [share of b's weight that a holds too, share of a's that b holds too]. */
export function overlap(a: TokenSet, b: TokenSet, weigh: (id: number) => number): [number, number] {
  let both = 0
  for (const id of a.ids) if (b.ids.has(id)) both += weigh(id)
  return [both / Math.max(1e-6, b.weight), both / Math.max(1e-6, a.weight)]
}
