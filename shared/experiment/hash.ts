/** Longest run of a 32-bit step, bytes. */
const WORD = 4

/**
 * MurmurHash3 x86 32 (Austin Appleby, public domain) of a text of ASCII characters. It spreads evenly and
 * keeps nothing secret: what must not be guessed has to be in the text already.
 */
export function murmur3(text: string, seed = 0): number {
  const whole = text.length - (text.length % WORD)
  let hash = seed
  for (let i = 0; i < whole; i += WORD) {
    hash ^= scramble(wordAt(text, i, WORD))
    hash = Math.imul((hash << 13) | (hash >>> 19), 5) + 0xe6546b64
  }
  if (whole < text.length) hash ^= scramble(wordAt(text, whole, text.length - whole))
  hash ^= text.length
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b)
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35)
  return (hash ^ (hash >>> 16)) >>> 0
}

function wordAt(text: string, from: number, bytes: number): number {
  let word = 0
  for (let i = 0; i < bytes; i++) word |= (text.charCodeAt(from + i) & 0xff) << (8 * i)
  return word
}

function scramble(word: number): number {
  const mixed = Math.imul(word, 0xcc9e2d51)
  return Math.imul((mixed << 15) | (mixed >>> 17), 0x1b873593)
}
