import type { Turn } from './gate/port.ts'
import { limits } from './limits.ts'
import { oneLine } from './normalise.ts'
import { once } from './once.ts'
import { estimateTokens } from './tokens.ts'

/** Short words that make another statement of the same long ones. */
const telling = new Set(['no', 'not', 'one', 'two', 'six', 'ten', 'son', 'mom', 'mum', 'dad'])

const words = (text: string) =>
  oneLine(text)
    .toLowerCase()
    .split(/[^\p{L}\p{N}]+/u)
    .filter((word) => word.length > 3 || telling.has(word) || /^\d+$/.test(word))

const wordsOf = once(({ text }: { text: string }) => words(text))

/** How far back a model still follows what was said; whichever ends first. */
export type Reach = { tokens: number; turns: number }

const standardReach: Reach = {
  tokens: limits.refreshAfterTokens,
  turns: limits.refreshAfterTurns,
}

/**
 * Tells whether a conversation holds a statement already: one recent message (within 3,000 tokens and 10
 * turns; after that models stop following it) has every content word of it. Messages are read once,
 * however many statements are asked about, cut into words only where they may hold one, and counted only
 * where one of them does.
 */
export function alreadySaid(
  turns: readonly Turn[],
  within = standardReach,
): (statement: { text: string }) => boolean {
  let messages: Message[] | undefined
  const near = lazily(() => turns.slice(firstOf(turns, within)))
  const all = lazily(() =>
    near()
      .map(({ content }) => content)
      .join('\n')
      .toLowerCase(),
  )
  const reach = lazily(() => reachOf(near(), within))
  return (statement) => {
    const wanted = wordsOf(statement)
    // Mostly one word is in none of them, and one search over all tells.
    if (wanted.length < 2 || !wanted.every((word) => all().includes(word))) return false
    messages ??= near().map(readLazily)
    return messages.some(({ text: message, held }, at) => {
      const mayHold = wanted.every((word) => message.includes(word))
      return mayHold && at >= reach() && wanted.every((word) => held().has(word))
    })
  }
}

type Message = { text: string; held: () => Set<string> }

const readLazily = ({ content }: Turn): Message => ({
  // Without NFKC, which costs more than all the rest: a rare form is at worst not recognised.
  text: content.toLowerCase(),
  held: lazily(() => new Set(words(content))),
})

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
