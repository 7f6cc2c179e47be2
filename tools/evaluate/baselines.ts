import type { GateFact } from '../../shared/gate/port.ts'
import type { FullReader } from '../../shared/gate/full-reader.ts'
import { User } from './formats.ts'
import type { Files } from './files.ts'
import { similarity } from './similarity.ts'
import type { System } from './system.ts'

/** Everything with everything. */
export const always: System = {
  name: 'always',
  read: ({ facts }) => ({
    profile: 1,
    style: 1,
    session: 1,
    stakes: 1,
    needsProfile: true,
    facts: facts.map(() => ({ score: 1, attach: true })),
  }),
}

/** Nothing ever. */
export const never: System = {
  name: 'never',
  read: ({ facts }) => ({
    profile: 0,
    style: 0,
    session: 0,
    stakes: 0,
    needsProfile: false,
    facts: facts.map(() => ({ score: 0, attach: false })),
  }),
}

const personal = /\b(i|me|my|mine|myself|we|us|our|i'm|i've|i'd)\b/gi
const advice =
  /\b(should|recommend|suggest|suggestion|suggestions|advice|best|ideas?|plan|help me|gift|which)\b/gi
const styled =
  /\b(explain|write|essay|describe|how (do|to|can)|advice|tips|why|summar\w+|compare)\b/gi
const pointing =
  /\b(it|that|this|they|them|those|these|above|again|continue|more|instead|shorter|longer)\b/gi
const danger =
  /\b(symptoms?|pain|doctor|medicines?|medication|dose|pregnan\w+|treatment|disease|lawyer|legal|court|sue|custody|tax(es)?|insurance|policy|loan|debt|mortgage|suicid\w+|kill|abuse|emergency)\b/gi

const count = (text: string, words: RegExp) => Math.min(4, text.match(words)?.length ?? 0) / 4
const wordsOf = (text: string) => new Set(text.toLowerCase().match(/\p{L}{4,}/gu))

/** What a careful afternoon of rules gives: first person and asking for advice; facts that share a word. */
export const keywords: System = {
  name: 'keywords',
  read({ query, facts }) {
    const profile = (count(query, personal) + count(query, advice)) / 2
    const own = wordsOf(query)
    const needsProfile = profile >= 0.25
    return {
      profile,
      needsProfile,
      style: count(query, styled),
      session: count(query, pointing),
      stakes: count(query, danger),
      facts: facts.map(({ text }) => {
        const shared = [...wordsOf(text)].filter((word) => own.has(word)).length
        return { score: profile * shared, attach: needsProfile && shared > 0 }
      }),
    }
  },
}

/** Retrieval as memory products do it: the cosine of two vectors over a threshold, and nothing else. */
export async function cosine(reader: FullReader, files: Files): Promise<System> {
  const similarities = async (query: string, facts: readonly GateFact[]) => {
    const { vector } = await reader.readRequest({ query, history: [], notes: [] })
    const sides = await reader.readFacts(facts)
    return sides.map((side) => (side ? similarity(vector.vector, side.vector) : 0))
  }
  const threshold = await thresholdAtFalse(0.05, files, similarities)
  return {
    name: 'cosine',
    async read({ query, facts }) {
      const scores = await similarities(query, facts)
      return { facts: scores.map((score) => ({ score, attach: score >= threshold })) }
    },
  }
}

/** Users of the training data that the threshold is taken from: enough for a quantile. */
const usersRead = 60

async function thresholdAtFalse(
  rate: number,
  files: Files,
  similarities: (query: string, facts: readonly GateFact[]) => Promise<number[]>,
): Promise<number> {
  const idle: number[] = []
  for (const { facts, queries } of files
    .readAll('train/fact_use/users.jsonl', User)
    .slice(0, usersRead)) {
    for (const { q, use } of queries) {
      const scores = await similarities(
        q,
        facts.map(({ id, text }) => ({ id, text })),
      )
      scores.forEach((score, i) => {
        if ((use[facts[i]?.id ?? ''] ?? 0) === 0) idle.push(score)
      })
    }
  }
  idle.sort((a, b) => b - a)
  return idle[Math.floor(rate * idle.length)] ?? 1
}
