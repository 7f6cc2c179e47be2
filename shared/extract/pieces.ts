import { readWeights } from '../gate/weights.ts'
import { createTokenizer, type Tokenizer } from '../gate/wordpiece.ts'

/** The small tier's tokenizer, from `models/lite.bin`. */
export function readPieces(lite: ArrayBuffer): Tokenizer {
  const pieces = readWeights(lite).text('vocab').split('\n')
  return createTokenizer(new Map(pieces.map((piece, id) => [piece, id])), 0)
}
