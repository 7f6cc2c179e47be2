import { sameText } from './normalise.ts'
import type { Category } from './schema/fact.ts'

const ALPHABET = 'abcdefghijklmnopqrstuvwxyz234567'

/**
 * The id of a statement: the same words in the same category have the same id, in any order and as often
 * as they are heard. `salt` is a secret of the self-model: without it, an id tells nothing of the words.
 */
export const factId = (salt: string, category: Category, text: string): string =>
  `f_${contentId(`${salt}\n${category}\n${sameText(text)}`)}`

/** 100 bits of a text's hash (MurmurHash3, 128 bits, by Austin Appleby) as 20 letters and digits. */
export function contentId(text: string): string {
  const words = hash(text)
  let id = ''
  for (let i = 0; i < 20; i++) {
    const bit = i * 5
    const high = words[bit >> 5] ?? 0
    const low = words[(bit >> 5) + 1] ?? 0
    const at = bit & 31
    const five = at <= 27 ? high >>> (27 - at) : (high << (at - 27)) | (low >>> (59 - at))
    id += ALPHABET[five & 31]
  }
  return id
}

const rotate = (x: number, by: number) => (x << by) | (x >>> (32 - by))
const spread = (h: number) => {
  let x = h
  x = Math.imul(x ^ (x >>> 16), 0x85ebca6b)
  x = Math.imul(x ^ (x >>> 13), 0xc2b2ae35)
  return x ^ (x >>> 16)
}
const factors = [0x239b961b, 0xab0e9789, 0x38b34ae5, 0xa1e38b93] as const
const turns = [15, 16, 17, 18] as const
const mixing = [
  [19, 0x561ccd1b],
  [17, 0x0bcaa747],
  [15, 0x96cd1c35],
  [13, 0x32ac3b17],
] as const

/** MurmurHash3 x86 128 over the text's UTF-16 units, two bytes each. */
function hash(text: string): number[] {
  const h = [0, 0, 0, 0]
  const scramble = (word: number, lane: number) =>
    Math.imul(
      rotate(Math.imul(word, factors[lane] ?? 0), turns[lane] ?? 0),
      factors[(lane + 1) % 4] ?? 0,
    )
  const word = (at: number) => (text.charCodeAt(at) || 0) | ((text.charCodeAt(at + 1) || 0) << 16)
  const whole = text.length - (text.length % 8)
  for (let at = 0; at < whole; at += 8) {
    for (let lane = 0; lane < 4; lane++) {
      const [by, plus] = mixing[lane] ?? [0, 0]
      h[lane] = rotate((h[lane] ?? 0) ^ scramble(word(at + lane * 2), lane), by)
      h[lane] = (Math.imul(((h[lane] ?? 0) + (h[(lane + 1) % 4] ?? 0)) | 0, 5) + plus) | 0
    }
  }
  for (let lane = 0; lane < 4; lane++)
    h[lane] = (h[lane] ?? 0) ^ scramble(word(whole + lane * 2), lane)
  for (let lane = 0; lane < 4; lane++) h[lane] = (h[lane] ?? 0) ^ (text.length * 2)
  gather(h)
  for (let lane = 0; lane < 4; lane++) h[lane] = spread(h[lane] ?? 0)
  gather(h)
  return h
}

function gather(h: number[]): void {
  h[0] = h.reduce((sum, lane) => (sum + lane) | 0, 0)
  for (let lane = 1; lane < 4; lane++) h[lane] = ((h[lane] ?? 0) + (h[0] ?? 0)) | 0
}
