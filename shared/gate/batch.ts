/** Rows of token ids as the transformer takes them: padded to one width, row major. */
export type EncoderBatch = {
  rows: number
  width: number
  ids: BigInt64Array
  mask: BigInt64Array
  types: BigInt64Array
}

/** One row's pieces: each list of ids, closed by a separator; the first is the text itself, the rest context. */
export type EncoderRow = readonly (readonly number[])[]

/** BERT's own ids. */
const first = 101
const separator = 102

export function toBatch(rows: readonly EncoderRow[]): EncoderBatch {
  const lists = rows.map((row) => {
    const ids = [first]
    const types = [0]
    row.forEach((part, index) => {
      ids.push(...part, separator)
      for (let k = 0; k <= part.length; k++) types.push(index === 0 ? 0 : 1)
    })
    return { ids, types }
  })
  const width = Math.max(...lists.map(({ ids }) => ids.length))
  const batch: EncoderBatch = {
    rows: rows.length,
    width,
    ids: new BigInt64Array(rows.length * width),
    mask: new BigInt64Array(rows.length * width),
    types: new BigInt64Array(rows.length * width),
  }
  lists.forEach(({ ids, types }, row) => {
    ids.forEach((id, k) => {
      batch.ids[row * width + k] = BigInt(id)
      batch.mask[row * width + k] = 1n
      batch.types[row * width + k] = BigInt(types[k] ?? 0)
    })
  })
  return batch
}
