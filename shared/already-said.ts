import type { Turn } from './gate/port.ts'
import { limits } from './limits.ts'
import { oneLine } from './normalise.ts'
import { onceEach } from './once-each.ts'
import { estimateTokens } from './tokens.ts'

/** Short words that make another statement of the same long ones. */
const telling = new Set(['no', 'not', 'one', 'two', 'six', 'ten', 'son', 'mom', 'mum', 'dad'])

const words = (text: string) =>
  oneLine(text)
    .split(/[^\p{L}\p{N}]+/u)
    .filter((word) => word.length > 3 || telling.has(word.toLowerCase()) || /^\d+$/.test(word))

type Word = { word: string; forms: readonly string[] }

/** A word as it stands and as texts mostly write it; another mix of cases is at worst not recognised. */
const readForms = (written: string): Word => {
  const word = written.toLowerCase()
  const upper = written.toUpperCase()
  return { word, forms: [written, word, upper.slice(0, 1) + word.slice(1), upper] }
}

const wordsOf = onceEach(({ text }: { text: string }): Word[] => words(text).map(readForms))

/** How far back a model still follows what was said; whichever ends first. */
export type Reach = { tokens: number; turns: number }

const standardReach: Reach = {
  tokens: limits.refreshAfterTokens,
  turns: limits.refreshAfterTurns,
}

/**
 * Tells whether a conversation holds a statement already: one recent message (within 3,000 tokens and 10
 * turns; after that models stop following it) has every content word of it. Messages are cut into words,
 * once, only where they may hold one, and counted only there.
 */
export function alreadySaid(
  turns: readonly Turn[],
  within = standardReach,
): (statement: { text: string }) => boolean {
  const near = lazily(() => turns.slice(firstOf(turns, within)))
  const all = lazily(() =>
    near()
      .map(({ content }) => content)
      .join('\n'),
  )
  const reach = lazily(() => reachOf(near(), within))
  const heldBy = onceEach(({ content }: Turn) => new Set(words(content.toLowerCase())))
  return (statement) => {
    const wanted = wordsOf(statement)
    if (wanted.length < 2) return false
    // Mostly no message has even the first word, and searching is quicker than cutting up.
    if (!mayHold(all(), wanted)) return false
    return near().some((turn, at) => {
      if (!mayHold(turn.content, wanted) || at < reach()) return false
      return wanted.every(({ word }) => heldBy(turn).has(word))
    })
  }
}

const mayHold = (text: string, wanted: readonly Word[]): boolean =>
  wanted.every(({ forms }) => forms.some((form) => text.includes(form)))

function lazily<T>(make: () => T): () => T {
  let made: { value: T } | undefined
  return () => (made ??= { value: make() }).value
}

/** Where the newest messages within reach by turns begin. */
function firstOf(turns: readonly Turn[], within: Reach): number {
  let seen = 0
  return turns.findLastIndex(({ role }) => role === 'user' && ++seen > within.turns) + 1
}

/** Where those within reach by tokens begin. */
function reachOf(turns: readonly Turn[], within: Reach): number {
  let tokens = 0
  return (
    turns.findLastIndex(({ content }) => (tokens += estimateTokens(content)) > within.tokens) + 1
  )
}
