import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { readExtractConfig, type ExtractConfig } from '../shared/extract/config.ts'
import { createFullTagger } from '../shared/extract/full-tagger.ts'
import { createLiteTagger } from '../shared/extract/lite-tagger.ts'
import type { Tagger } from '../shared/extract/port.ts'
import { readPieces } from '../shared/extract/pieces.ts'
import type { Tier } from '../shared/schema/decision.ts'
import { loadConfig, loadFullParts, modelsFolder, readBuffer, readJson } from './load-gate.ts'

export type LoadedTagger = { tagger: Tagger; config: ExtractConfig }

/** Either tier's disclosure tagger, from the committed files. Throws in plain words when one is missing. */
export async function loadTagger(tier: Tier, folder = modelsFolder): Promise<LoadedTagger> {
  const read = readExtractConfig(readJson(join(folder, 'gate.json')), tier)
  if (!read.ok)
    throw new Error(`models/gate.json: ${read.problem.field} should be ${read.problem.expected}`)
  const config = read.value
  if (tier === 'full') {
    const { run, vocabulary } = await loadFullParts(loadConfig(tier, folder), folder)
    return { config, tagger: createFullTagger({ run, vocabulary, window: config.window }) }
  }
  const file = join(folder, 'disclosure.bin')
  if (!existsSync(file))
    throw new Error('models/disclosure.bin is missing: see models/README.md for how to make it')
  const tokenize = readPieces(readBuffer(join(folder, 'lite.bin')))
  return { config, tagger: createLiteTagger(readBuffer(file), { tokenize, window: config.window }) }
}
