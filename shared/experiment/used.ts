import { contentWords } from '../self-model/reading.ts'

/** Share of a fact's own words that an answer holds, from which on it counts as used. */
const HELD = 0.5

/** Shares, 0..1. `facts`: of the attached facts; `words`: of their own content words. */
export type Used = { facts: number; words: number }

/**
 * How much of the attached facts an answer uses. A fact's own words are its content words that the question
 * does not hold already; facts without any are left out, `undefined` where none is left. A fact is used
 * where the answer holds at least half of them. Words alone: a fact that shaped an answer without being
 * named counts as not used.
 */
export function usedOf(
  facts: readonly string[],
  { question, answer }: { question: string; answer: string },
): Used | undefined {
  const asked = contentWords(question)
  const said = contentWords(answer)
  const own = facts
    .map((fact) => [...contentWords(fact)].filter((word) => !asked.has(word)))
    .filter((words) => words.length > 0)
  if (own.length === 0) return undefined
  const held = own.map((words) => words.filter((word) => said.has(word)).length)
  const all = own.reduce((sum, words) => sum + words.length, 0)
  return {
    facts: held.filter((count, i) => count >= HELD * (own[i]?.length ?? 0)).length / own.length,
    words: held.reduce((sum, count) => sum + count, 0) / all,
  }
}
