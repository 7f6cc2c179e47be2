import { factId } from '../../shared/fact-id.ts'
import { learnable } from '../../shared/learnable.ts'
import type { Category, Fact } from '../../shared/schema/fact.ts'
import { currentFacts, emptyModel, learnSightings, type Sighting } from '../../shared/self-model.ts'

/** What a tagger finds in one message. */
export type Found = { category: Category; text: string; span: string; supersedes?: string }
export type Find = (text: string) => Promise<readonly Found[]>

/** A message of one person, and when it was written, ms. */
export type Written = { id: string; text: string; at: number }

/** What became of one finding. `refused`: no rule lets it be learned; `gone`: superseded, folded or evicted. */
export type Fate = 'refused' | 'kept' | 'replaced' | 'gone'
export type Learned = Found & { message: string; fate: Fate }

const idOf = (category: Category, text: string) => factId('report', category, text)

/** Everything that one person wrote, learned in order by a self-model of their own, as the edge does. */
export async function learnAll(messages: readonly Written[], find: Find): Promise<Learned[]> {
  let model = emptyModel()
  const found: (Found & { message: string; sighting?: Sighting })[] = []
  for (const { id, text, at } of messages) {
    const facts = (await find(text)).map((fact) => {
      const read = learnable(fact)
      if (!('text' in read)) return { ...fact, message: id }
      const { category, supersedes } = fact
      const rest = supersedes === undefined ? {} : { supersedes }
      const sighting: Sighting = { category, text: read.text, source: 'typed', at, ...rest }
      return { ...fact, message: id, sighting }
    })
    found.push(...facts)
    const sightings = facts.flatMap((fact) => ('sighting' in fact ? [fact.sighting] : []))
    model = learnSightings(model, sightings, { now: at, idOf })
  }
  const now = (messages.at(-1)?.at ?? 0) + 1
  const current = currentFacts(model.facts, now)
  return found.map(({ sighting, ...fact }) => ({ ...fact, fate: fateOf(sighting, current) }))
}

function fateOf(sighting: Sighting | undefined, facts: readonly Fact[]): Fate {
  if (!sighting) return 'refused'
  const id = idOf(sighting.category, sighting.text)
  const fact = facts.find((one) => one.id === id)
  if (!fact) return 'gone'
  return fact.status === 'superseded' ? 'replaced' : 'kept'
}
