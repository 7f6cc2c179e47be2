import { contentWords } from '../self-model/reading.ts'

/** Share of a fact's own words that an answer holds, from which on it counts as used. */
const HELD = 0.5

/**
 * Share of the attached facts that an answer uses: those of which it holds at least half of the content
 * words that the question does not hold already. Facts without such words are left out; `undefined` where
 * none is left. Words alone: a fact that shaped an answer without being named counts as not used.
 */
export function usedShare(
  facts: readonly string[],
  { question, answer }: { question: string; answer: string },
): number | undefined {
  const asked = contentWords(question)
  const said = contentWords(answer)
  const own = facts
    .map((fact) => [...contentWords(fact)].filter((word) => !asked.has(word)))
    .filter((words) => words.length > 0)
  if (own.length === 0) return undefined
  const used = own.filter(
    (words) => words.filter((word) => said.has(word)).length >= HELD * words.length,
  )
  return used.length / own.length
}
