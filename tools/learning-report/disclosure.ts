import { match, rangeOf } from '../evaluate/disclosure.ts'
import type { Message } from '../evaluate/formats.ts'
import { learnAll, type Find } from './lessons.ts'

/** `stated`: facts that people state; `found` and `kept` of them; `learned`: all that was learned, `wrong` of it. */
export type Count = { stated: number; found: number; kept: number; learned: number; wrong: number }
export const none = (): Count => ({ stated: 0, found: 0, kept: 0, learned: 0, wrong: 0 })

export type Disclosure = {
  /** By category of the statement, and for what is wrong by that of the finding. */
  byCategory: Map<string, Count>
  all: Count
  /** Messages that state nothing, and those of them from which nothing was learned. */
  quiet: { messages: number; left: number }
}

/** Each message is of another person: a self-model of its own. */
export async function measureDisclosure(
  messages: readonly Message[],
  find: Find,
): Promise<Disclosure> {
  const byCategory = new Map<string, Count>()
  const all = none()
  const quiet = { messages: 0, left: 0 }
  const add = (category: string, change: Partial<Count>) => {
    const own = byCategory.get(category) ?? none()
    for (const count of [own, all]) {
      for (const key of ['stated', 'found', 'kept', 'learned', 'wrong'] as const) {
        count[key] += change[key] ?? 0
      }
    }
    byCategory.set(category, own)
  }
  for (const { id, text, facts } of messages) {
    const learned = await learnAll([{ id, text, at: 1 }], find)
    const matched = match(
      learned.map(({ span }) => rangeOf(text, span)),
      facts.map(({ span }) => rangeOf(text, span)),
    )
    for (const { category } of facts) add(category, { stated: 1 })
    learned.forEach(({ category, fate }, i) => {
      const stated = facts[matched.get(i) ?? -1]
      const isLearned = fate !== 'refused'
      if (stated) add(stated.category, { found: 1, kept: Number(fate === 'kept') })
      if (isLearned) add(category, { learned: 1, wrong: Number(!stated) })
    })
    if (facts.length > 0) continue
    quiet.messages++
    if (learned.every(({ fate }) => fate === 'refused')) quiet.left++
  }
  return { byCategory, all, quiet }
}
