import { contentWords } from '../self-model/reading.ts'
import { phrases, type Phrases } from './phrases.ts'

/** What an answer says of itself, by its words (English, German, Spanish, French, Portuguese, Chinese). */
export type Markers = { refusal: boolean; agreement: boolean }

/** Characters of the start in which both stand, where they stand at all. */
const START = 300

const holds = (text: string, kind: keyof Phrases): boolean => {
  const straight = text.replaceAll('’', "'")
  return phrases.some((language) => language[kind].test(straight))
}

/**
 * Refusal and agreement at the start of an answer: guardrails of an experiment, since a profile can make a
 * model agree instead of being right. Lists of phrases: good for differences between arms, not for levels.
 */
export function readMarkers(answer: string): Markers {
  const start = answer.slice(0, START)
  return { refusal: holds(start, 'refusal'), agreement: holds(start, 'agreement') }
}

/** Share of the words of both messages that must be in each, for the second to repeat the first. */
const SAME = 0.6

/**
 * Whether a message asks again for what an earlier one asked: in the same words, in nearly the same, or by
 * turning its answer down.
 */
export function asksAgain(message: string, earlier: string): boolean {
  if (message.trim() === earlier.trim() || holds(message, 'correction')) return true
  const [now, before] = [contentWords(message), contentWords(earlier)]
  const all = new Set([...now, ...before])
  return all.size > 0 && [...now].filter((word) => before.has(word)).length / all.size >= SAME
}
