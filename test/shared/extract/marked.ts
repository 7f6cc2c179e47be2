import { readFileSync } from 'node:fs'
import { readExtractConfig, type ExtractConfig } from '../../../shared/extract/config.ts'
import { extractFacts, ownWords } from '../../../shared/extract/extract.ts'
import { labelColumns, type ExtractedFact, type Tagging } from '../../../shared/extract/port.ts'
import type { Category } from '../../../shared/schema/fact.ts'

/** The product's own `gate.json`, with thresholds that let everything through that is marked. */
export function openConfig(): ExtractConfig {
  const path = new URL('../../../models/gate.json', import.meta.url)
  const gate: object = JSON.parse(readFileSync(path, 'utf8'))
  const disclosure = { default: { message: 0.5, inside: 0.5, begin: 0.5, span: 0.5, bridge: 0 } }
  const discloses = { default: { columns: [10], weights: [1], bias: 0 } }
  const read = readExtractConfig(
    { ...gate, tiers: { lite: { calibration: { discloses }, disclosure } } },
    'lite',
  )
  if (!read.ok) throw new Error(read.problem.field)
  return read.value
}

export type Mark = { piece: string; category?: Category; corrects?: boolean }

/** What a model would say that marks exactly these pieces, word by word. */
export function markedTagging(
  text: string,
  marks: readonly Mark[],
  config: ExtractConfig,
): Tagging {
  const words = Array.from(text.matchAll(/[\p{L}\p{N}]+|[^\s\p{L}\p{N}]/gu))
  const labels = new Float32Array(words.length * labelColumns)
  for (const [i, word] of words.entries()) {
    const at = word.index
    const mark = marks.find(({ piece }) => {
      const start = text.indexOf(piece)
      return start >= 0 && at >= start && at < start + piece.length
    })
    const column = (offset: number) => i * labelColumns + offset
    labels[column(mark ? (text.indexOf(mark.piece) === at ? 1 : 2) : 0)] = 8
    if (mark) labels[column(3 + config.categories.indexOf(mark.category ?? 'preference'))] = 4
    if (mark?.corrects) labels[column(labelColumns - 1)] = 8
  }
  return {
    tier: 'lite',
    discloses: [marks.length > 0 ? 8 : -8],
    starts: words.map(({ index }) => index),
    ends: words.map((word) => word.index + word[0].length),
    labels,
  }
}

/** What the rules make of a message whose pieces a model marked. */
export function extractMarked(message: string, marks: readonly Mark[]): ExtractedFact[] {
  const config = openConfig()
  return extractFacts(message, markedTagging(ownWords(message), marks, config), config)
}

/** The same, when a model took the whole message for statements, sentence by sentence. */
export function extractAll(message: string, category: Category = 'preference'): ExtractedFact[] {
  const pieces = message.match(/[^.?!\n]+/g) ?? []
  return extractMarked(
    message,
    pieces.map((piece) => ({ piece: piece.trim(), category })).filter(({ piece }) => piece !== ''),
  )
}
