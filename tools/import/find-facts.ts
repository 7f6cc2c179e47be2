import { contentId } from '../../shared/fact-id.ts'
import { extractFrom } from '../../shared/extract/extract.ts'
import { learnable } from '../../shared/learnable.ts'
import { limits } from '../../shared/limits.ts'
import type { Category } from '../../shared/schema/fact.ts'
import type { ObservedFact } from '../../shared/schema/learning.ts'
import { dueOf } from '../../shared/self-model/due.ts'
import { utf8Bytes } from '../../shared/tokens.ts'
import { loadTagger } from '../load-tagger.ts'
import type { Item } from './entry.ts'

/** What an item tells of its user. `leftOut`: why statements in it are not facts. */
export type Found = { facts: ObservedFact[]; leftOut: string[] }
export type Find = (item: Item) => Promise<Found>

/**
 * Finds facts on this machine, with the device's rules and weights: texts never leave it. `now`: what
 * had its date before is left out. Throws in plain words where the weights are missing.
 */
export async function createFind(now: number): Promise<Find> {
  const { tagger, config } = await loadTagger('lite')
  return async function find(item) {
    const found: Found = { facts: [], leftOut: [] }
    const message = idOf(item)
    const statements = item.memory
      ? [{ category: item.memory, text: item.text }]
      : await extractFrom(item.text, tagger, config)
    for (const { category, text, ...rest } of statements) {
      const read = readStatement({ category, text, at: item.at ?? now, now })
      if ('leftOut' in read) found.leftOut.push(read.leftOut)
      // One report holds a message's facts together: it is learned as a whole, once.
      else if (found.facts.length < limits.observedFacts) {
        const supersedes = 'supersedes' in rest ? rest.supersedes : undefined
        found.facts.push({
          category,
          text: read.text,
          source: 'import',
          message,
          ...(item.at === undefined ? {} : { at: item.at }),
          ...(supersedes === undefined ? {} : { supersedes }),
        })
      }
    }
    return found
  }
}

/** The same words at the same time are the same message, in whatever export they come. */
const idOf = ({ text, at = 0 }: Item): string => contentId(JSON.stringify([text, at]))

type Statement = { category: Category; text: string; at: number; now: number }

function readStatement({ category, text, at, now }: Statement) {
  if (utf8Bytes(text) > limits.factBytes) return { leftOut: 'too_long' }
  const read = learnable({ category, text })
  if ('refused' in read) return { leftOut: read.refused }
  return (dueOf(category, text, at) ?? now + 1) <= now ? { leftOut: 'over_by_now' } : read
}
