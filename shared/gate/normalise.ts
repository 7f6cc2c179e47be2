/**
 * BERT's uncased normalisation and word splitting, as described in models/FORMAT.md, section 2.
 * `text` is the normalised text; word `i` is `text.slice(words[2i], words[2i+1])`; the UTF-16 unit `k`
 * of `text` came from the original's `[starts[k], ends[k])`.
 */
export type Normalised = { text: string; words: number[]; starts: number[]; ends: number[] }

const dropped = /[\p{C}\uFFFD]/u
const space = /[\p{Zs}\p{Zl}\p{Zp}]/u
const mark = /\p{Mn}/u
const punctuation = /\p{P}/u

const chinese = [
  [0x4e00, 0x9fff],
  [0x3400, 0x4dbf],
  [0x20000, 0x2a6df],
  [0x2a700, 0x2b73f],
  [0x2b740, 0x2b81f],
  [0x2b920, 0x2ceaf],
  [0xf900, 0xfaff],
  [0x2f800, 0x2fa1f],
] as const

export const isChinese = (code: number): boolean =>
  code >= 0x3400 && chinese.some(([from, to]) => code >= from && code <= to)

const asciiKinds = Array.from({ length: 128 }, (_, code): 'drop' | 'space' | 'alone' | 'join' => {
  if (code === 9 || code === 10 || code === 13 || code === 32) return 'space'
  if (code < 32 || code === 127) return 'drop'
  const isAlone =
    (code >= 33 && code <= 47) ||
    (code >= 58 && code <= 64) ||
    (code >= 91 && code <= 96) ||
    (code >= 123 && code <= 126)
  return isAlone ? 'alone' : 'join'
})

/** Splits any string into normalised words; total, linear in its length. */
export function normalise(original: string): Normalised {
  const parts: string[] = []
  const words: number[] = []
  const starts: number[] = []
  const ends: number[] = []
  let wordStart = -1

  const close = () => {
    if (wordStart >= 0) words.push(wordStart, starts.length)
    wordStart = -1
  }
  const append = (characters: string, from: number, to: number) => {
    if (wordStart < 0) wordStart = starts.length
    parts.push(characters)
    for (let k = 0; k < characters.length; k++) {
      starts.push(from)
      ends.push(to)
    }
  }
  const alone = (characters: string, from: number, to: number) => {
    close()
    append(characters, from, to)
    close()
  }
  const other = (code: number, from: number, to: number) => {
    const character = String.fromCodePoint(code)
    // The usual Chinese characters have no marks and no case: the slow path is not for them.
    if (code >= 0x4e00 && code <= 0x9fff) return alone(character, from, to)
    if (dropped.test(character)) return
    if (space.test(character)) return close()
    const isAlone = isChinese(code)
    if (isAlone) close()
    for (const piece of character.normalize('NFD')) {
      if (mark.test(piece)) continue
      const lower = piece.toLowerCase()
      if (punctuation.test(lower)) alone(lower, from, to)
      else append(lower, from, to)
    }
    if (isAlone) close()
  }

  for (let at = 0; at < original.length; at++) {
    const code = original.codePointAt(at) ?? 0
    const from = at
    if (code >= 128) {
      if (code > 0xffff) at++
      other(code, from, at + 1)
      continue
    }
    const kind = asciiKinds[code]
    const lower = code >= 65 && code <= 90 ? code + 32 : code
    if (kind === 'space') close()
    else if (kind === 'alone') alone(String.fromCharCode(lower), from, at + 1)
    else if (kind === 'join') append(String.fromCharCode(lower), from, at + 1)
  }
  close()
  return { text: parts.join(''), words, starts, ends }
}
