import { contentWords } from '../self-model/reading.ts'

/** Share of a fact's own words that an answer holds, from which on it counts as used. */
const HELD = 0.5

/** Shares, 0..1. `facts`: of the attached facts; `words`: of their own content words. */
export type Used = { facts: number; words: number }

/** How much of one fact an answer holds: its own words, and those of them that the answer holds. */
type Held = { own: number; held: number; isUsed: boolean }

/**
 * Tells of each fact what an answer holds of it. A fact's own words are its content words that the question
 * does not hold already; `undefined` for a fact without any. It is used where the answer holds at least half
 * of them. Words alone: a fact that shaped an answer without being named counts as not used.
 */
export function heldIn({ question, answer }: { question: string; answer: string }) {
  const asked = contentWords(question)
  const said = contentWords(answer)
  return (fact: string): Held | undefined => {
    const own = [...contentWords(fact)].filter((word) => !asked.has(word))
    if (own.length === 0) return undefined
    const held = own.filter((word) => said.has(word)).length
    return { own: own.length, held, isUsed: held >= HELD * own.length }
  }
}

/** How much of the attached facts an answer uses; `undefined` where none has words of its own. */
export function usedOf(
  facts: readonly string[],
  turn: { question: string; answer: string },
): Used | undefined {
  const read = heldIn(turn)
  const all = facts.flatMap((fact) => read(fact) ?? [])
  if (all.length === 0) return undefined
  const sum = (pick: (one: Held) => number) => all.reduce((total, one) => total + pick(one), 0)
  return {
    facts: sum(({ isUsed }) => Number(isUsed)) / all.length,
    words: sum(({ held }) => held) / sum(({ own }) => own),
  }
}
