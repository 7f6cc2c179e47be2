import { writeFileSync } from 'node:fs'
import ranks from 'gpt-tokenizer/bpeRanks/o200k_base'

const help = `Packs the o200k_base table of gpt-tokenizer into models/o200k.bin, which the Worker counts tokens with.

  node tools/pack-tokens.ts

To be run again when the package is updated; a test compares the file with the package.
`

/**
 * The table in the order of its ranks: the number of tokens (4 bytes, little endian), the length of each in
 * bytes (1 byte each; none is longer than 128), then their bytes, one after the other.
 */
export function packTokens(): Uint8Array {
  const encoder = new TextEncoder()
  const tokens = Array.from(ranks, (token) =>
    typeof token === 'string' ? encoder.encode(token) : Uint8Array.from(token ?? []),
  )
  const size = tokens.reduce((sum, { length }) => sum + length, 0)
  const packed = new Uint8Array(4 + tokens.length + size)
  new DataView(packed.buffer).setUint32(0, tokens.length, true)
  let at = 4 + tokens.length
  tokens.forEach((token, rank) => {
    packed[4 + rank] = token.length
    packed.set(token, at)
    at += token.length
  })
  return packed
}

if (import.meta.main) {
  if (process.argv.includes('--help')) process.stdout.write(help)
  else {
    const packed = packTokens()
    writeFileSync('models/o200k.bin', packed)
    process.stdout.write(`models/o200k.bin: ${packed.length} bytes\n`)
  }
}
