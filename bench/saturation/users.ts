import { factLine } from '../../shared/block.ts'
import { limits } from '../../shared/limits.ts'
import { emptyPersona } from '../../shared/persona.ts'
import type { BriefFact } from '../../shared/schema/fact.ts'
import type { Persona } from '../../shared/schema/persona.ts'
import { utf8Bytes } from '../../shared/tokens.ts'
import { isVital } from '../../shared/vital.ts'
import type { User } from '../../tools/evaluate/formats.ts'
import { createRandom, prose, type Random } from '../../tools/simulate/random.ts'

/** A user of whom much is known, and requests with the facts that help them, are needed, or mislead. */
export type Crowded = { facts: BriefFact[]; queries: Query[] }
type Query = { text: string; useful: ReadonlySet<string>; traps: ReadonlySet<string> }

/**
 * Each user of the labelled set with facts of other users up to `size`. Nobody has labelled those for the
 * requests: they count as not useful, though some would be. None of them protects its owner, since
 * nobody has eight allergies. The same seed gives the same users.
 */
export function crowdUsers(
  users: readonly User[],
  { size, seed }: { size: number; seed: number },
): Crowded[] {
  return users.map((user, at) => {
    const random = createRandom(seed).fork(at)
    const own = user.facts.map((fact) => toBrief(fact, fact.id))
    const others = users
      .filter((other) => other !== user)
      .flatMap(({ facts }) => facts.map((fact) => toBrief(fact, '')))
      .filter(({ vital }) => !vital)
    const facts = [...own]
    while (facts.length < size && others.length > 0) {
      const [drawn] = others.splice(random.between(0, others.length - 1), 1)
      if (drawn) facts.push({ ...drawn, id: `other-${facts.length}` })
    }
    return { facts: shuffle(facts, random), queries: user.queries.flatMap(readQuery) }
  })
}

/** Without those that no fact helps. */
function readQuery({ q, use, trap = [] }: User['queries'][number]): Query[] {
  const useful = Object.keys(use).filter((id) => (use[id] ?? 0) > 0)
  return useful.length === 0 ? [] : [{ text: q, useful: new Set(useful), traps: new Set(trap) }]
}

function toBrief({ category, text }: User['facts'][number], id: string): BriefFact {
  const known = category ?? 'preference'
  return { id, category: known, text, ...(isVital(known, text) ? { vital: true } : {}) }
}

function shuffle<T>(items: readonly T[], random: Random): T[] {
  return items
    .map((item) => ({ item, place: random.next() }))
    .toSorted((a, b) => a.place - b.place)
    .map(({ item }) => item)
}

/** The same facts in more words, at most 256 bytes, each length as likely as another. */
export function lengthen(facts: readonly BriefFact[], seed: number): BriefFact[] {
  const random = createRandom(seed)
  return facts.map((fact) => {
    const bytes = utf8Bytes(fact.text)
    const more = random.between(bytes, limits.factBytes) - bytes
    if (more < 2) return fact
    const words = prose(random, Math.ceil(more / 4) + 1).slice(0, more - 1)
    return { ...fact, text: `${fact.text} ${words.trimEnd()}` }
  })
}

/** A snapshot as the edge stores it. `count`: tokens as the provider counts them. */
export const snapshotOf = (
  facts: readonly BriefFact[],
  count: (text: string) => number,
): Persona => ({
  ...emptyPersona(facts.length),
  facts: [...facts],
  tokens: facts.map((fact) => count(`${factLine(fact)}\n`)),
})
