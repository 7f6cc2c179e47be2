import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { extractFrom } from '../../shared/extract/extract.ts'
import { hasFull, modelsFolder } from '../load-gate.ts'
import { loadTagger } from '../load-tagger.ts'
import type { FindFacts } from './disclosure.ts'

/** The extraction that goes with a system: each tier has its own tagger, the simple ways have none. */
export async function findFactsWith(system: string): Promise<FindFacts | undefined> {
  const isThere = system === 'lite' ? existsSync(join(modelsFolder, 'disclosure.bin')) : hasFull()
  if ((system !== 'lite' && system !== 'full') || !isThere) return undefined
  const { tagger, config } = await loadTagger(system)
  return (text) => extractFrom(text, tagger, config)
}
