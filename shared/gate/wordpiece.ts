import { normalise } from './normalise.ts'

/** Token ids of a text and where they came from, UTF-16 offsets in the text. */
type Tokens = { ids: number[]; starts: number[]; ends: number[] }

export type Tokenizer = (text: string) => Tokens

/** A word of more code points than this is unknown as a whole (BERT's own limit). */
const longestWord = 100

/** Greedy longest match from the left, within each word; `unknown` is the id of what cannot be spelled. */
export function createTokenizer(
  vocabulary: ReadonlyMap<string, number>,
  unknown: number,
): Tokenizer {
  let longestPiece = 1
  for (const piece of vocabulary.keys()) longestPiece = Math.max(longestPiece, piece.length)

  /** Appends the pieces of `word` as pairs (id, end in the word); false if it cannot be spelled. */
  const spell = (word: string, into: number[]): boolean => {
    let at = 0
    while (at < word.length) {
      const prefix = at > 0 ? '##' : ''
      let end = Math.min(word.length, at + longestPiece)
      let id: number | undefined
      while (end > at) {
        id = vocabulary.get(prefix + word.slice(at, end))
        if (id !== undefined) break
        end--
      }
      if (id === undefined) return false
      into.push(id, end)
      at = end
    }
    return true
  }

  return (text) => {
    const { text: normalised, words, starts, ends } = normalise(text)
    const tokens: Tokens = { ids: [], starts: [], ends: [] }
    const add = (id: number, from: number, to: number) => {
      tokens.ids.push(id)
      tokens.starts.push(starts[from] ?? 0)
      tokens.ends.push(ends[to - 1] ?? 0)
    }
    const pieces: number[] = []
    for (let w = 0; w < words.length; w += 2) {
      const [from = 0, to = 0] = [words[w], words[w + 1]]
      const word = normalised.slice(from, to)
      pieces.length = 0
      const isShort = word.length <= longestWord || Array.from(word).length <= longestWord
      if (!isShort || !spell(word, pieces)) {
        add(unknown, from, to)
        continue
      }
      let start = from
      for (let p = 0; p < pieces.length; p += 2) {
        const end = from + (pieces[p + 1] ?? 0)
        add(pieces[p] ?? unknown, start, end)
        start = end
      }
    }
    return tokens
  }
}

/** How many tokens are kept from the start and from the end. */
export type Clip = readonly [head: number, tail: number]

export function clip(ids: readonly number[], [head, tail]: Clip): number[] {
  if (ids.length <= head + tail) return [...ids]
  return [...ids.slice(0, head), ...ids.slice(ids.length - tail)]
}
