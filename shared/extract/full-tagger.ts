import { toBatch } from '../gate/batch.ts'
import type { RunEncoder } from '../gate/full-reader.ts'
import { createTokenizer } from '../gate/wordpiece.ts'
import { labelColumns, type Tagging } from './port.ts'

/** A `Tagger` on a transformer. */
export type FullTagger = { tier: 'full'; tag: (text: string) => Promise<Tagging> }

export type FullTaggerParts = {
  run: RunEncoder
  /** `model.vocab` of `models/full/tokenizer.json`. */
  vocabulary: ReadonlyMap<string, number>
  /** Tokens that are read together. */
  window: number
}

const unknown = 100
/** `heads` of one row, and where the message's own logit stands (models/FORMAT.md, section 3). */
const discloses = 10
const headColumns = 11
/** Windows read in one run. */
const windowsAtOnce = 8

/** The large tier: the disclosure pass of models/FORMAT.md, section 4. A failing `run` rejects. */
export function createFullTagger({ run, vocabulary, window }: FullTaggerParts): FullTagger {
  const tokenize = createTokenizer(vocabulary, unknown)
  return {
    tier: 'full',
    async tag(text) {
      const { ids, starts, ends } = tokenize(text)
      const windows: number[][] = []
      for (let at = 0; at < ids.length; at += window) windows.push(ids.slice(at, at + window))
      const labels = new Float32Array(ids.length * labelColumns)
      const logits: number[] = []
      for (let at = 0; at < windows.length; at += windowsAtOnce) {
        const some = windows.slice(at, at + windowsAtOnce)
        const batch = toBatch(some.map((part) => [part]))
        const { heads, tokens } = await run(batch)
        some.forEach((part, row) => {
          logits.push(heads[row * headColumns + discloses] ?? 0)
          const from = (row * batch.width + 1) * labelColumns
          const own = tokens.subarray(from, from + part.length * labelColumns)
          labels.set(own, (at + row) * window * labelColumns)
        })
      }
      return { tier: 'full', discloses: logits, starts, ends, labels }
    },
  }
}
