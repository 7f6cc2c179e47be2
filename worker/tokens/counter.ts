import { O200K_TOKEN_SPLIT_REGEX } from 'gpt-tokenizer/encodingParams/constants'

/** Tokens of a text, as OpenAI's newer models count them (o200k_base). Any text; pure. */
export type CountTokens = (text: string) => number

const encoder = new TextEncoder()
/** Spreads the bits of a hash (the golden ratio, 32 bits). */
const STEP = 0x9e37_79b1

/**
 * Counts with the table of `models/o200k.bin` (`tools/pack-tokens.ts`). The library's own reader takes half
 * a second and 17 MB of strings to begin with; this one searches the packed bytes through a table of
 * numbers, which is made in some ten milliseconds. The merging is that of every byte pair encoding.
 */
export function createTokenCounter(table: ArrayBuffer): CountTokens {
  const { rankOf } = readTable(new Uint8Array(table))

  /** Merges the pair of the lowest rank until none is left. */
  function countPiece(piece: Uint8Array): number {
    if (piece.length < 2 || rankOf(piece, 0, piece.length) >= 0) return 1
    const starts = Array.from({ length: piece.length + 1 }, (_, i) => i)
    for (;;) {
      let lowest = Number.POSITIVE_INFINITY
      let at = -1
      for (let i = 0; i + 2 < starts.length; i++) {
        const rank = rankOf(piece, starts[i] ?? 0, starts[i + 2] ?? 0)
        if (rank >= 0 && rank < lowest) {
          lowest = rank
          at = i + 1
        }
      }
      if (at < 0) return starts.length - 1
      starts.splice(at, 1)
    }
  }

  return (text) => {
    const pieces = text.match(O200K_TOKEN_SPLIT_REGEX) ?? []
    return pieces.reduce((sum, piece) => sum + countPiece(encoder.encode(piece)), 0)
  }
}

type Table = {
  /** Rank of the token with these bytes; -1 where there is none. */
  rankOf: (bytes: Uint8Array, start: number, end: number) => number
}

function readTable(packed: Uint8Array): Table {
  const count = new DataView(packed.buffer, packed.byteOffset).getUint32(0, true)
  const starts = new Uint32Array(count + 1)
  let at = 4 + count
  for (let rank = 0; rank < count; rank++) {
    starts[rank] = at
    at += packed[4 + rank] ?? 0
  }
  starts[count] = at
  const size = 2 ** Math.ceil(Math.log2(count * 2))
  const mask = size - 1
  // Rank plus one; 0 is an empty slot.
  const slots = new Uint32Array(size)
  for (let rank = 0; rank < count; rank++) {
    let slot = hash(packed, starts[rank] ?? 0, starts[rank + 1] ?? 0) & mask
    while ((slots[slot] ?? 0) > 0) slot = (slot + 1) & mask
    slots[slot] = rank + 1
  }

  function isSame(rank: number, bytes: Uint8Array, [start, end]: readonly [number, number]) {
    const from = starts[rank] ?? 0
    if ((starts[rank + 1] ?? 0) - from !== end - start) return false
    for (let i = start; i < end; i++) if (bytes[i] !== packed[from + i - start]) return false
    return true
  }

  return {
    rankOf(bytes, start, end) {
      let slot = hash(bytes, start, end) & mask
      for (;;) {
        const rank = (slots[slot] ?? 0) - 1
        if (rank < 0 || isSame(rank, bytes, [start, end])) return rank
        slot = (slot + 1) & mask
      }
    },
  }
}

function hash(bytes: Uint8Array, start: number, end: number): number {
  let h = end - start
  for (let i = start; i < end; i++) h = Math.imul(h ^ (bytes[i] ?? 0), STEP) ^ (h >>> 15)
  return (h ^ (h >>> 13)) >>> 0
}
