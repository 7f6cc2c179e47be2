import { compose } from '../../shared/compose.ts'
import { emptyPersona } from '../../shared/persona.ts'
import { resolveSettings } from '../../shared/resolve.ts'
import type { Case, CaseOf } from './cases.ts'

/** A block as the product renders it, of at most so many tokens; 0 for none. */
export function blockOf(
  query: string,
  { facts, budget }: { facts: Case['facts']; budget: number },
): { text: string; tokens: number } {
  if (budget === 0) return { text: '', tokens: 0 }
  const known = facts.map(({ category = 'preference', text }, i) => ({
    id: `f${i}`,
    category,
    text,
  }))
  const { block, tokens } = compose({
    decision: {
      tier: 'lite',
      mode: 'balanced',
      slices: { style: false, session: false, profile: true },
      facts: known.map(({ id }) => id),
      stakes: 'none',
      language: 'en',
      inherited: 0,
      ms: 0,
      reason: 'judged',
    },
    persona: { ...emptyPersona(), facts: known },
    deviceFacts: [],
    notes: [],
    settings: { ...resolveSettings({ v: 1, id: 'judge', keys: [] }), budget, maxFacts: 64 },
    query,
    history: [],
    room: 1e6,
  })
  return { text: block, tokens }
}

/** The user's words first, the block after them, as the product places it. */
export const withBlock = (words: string, block: string): string =>
  block === '' ? words : `${words}\n\n${block}`

export const choicePrompt = ({ question, choices }: CaseOf<'flip'>): string =>
  [
    question,
    ...choices.map((choice, i) => `${String.fromCharCode(65 + i)}) ${choice}`),
    'Answer with one letter.',
  ].join('\n')

/** What a judge is asked. It sees the facts: without them it could not tell what fits this user. */
export const judgePrompt = (asked: CaseOf<'quality'>, answer: string): string =>
  `You grade an answer for one user.

Question: ${asked.query}
What is known of the user:
${asked.facts.map(({ text }) => `- ${text}`).join('\n')}
A good answer: ${asked.rubric ?? ''}

Answer to be graded:
"""
${answer}
"""

Grade it from 0 (useless) to 10 (as good as it can be for this user). Longer is not better. Answer with the number alone.`
