import type { Turn } from './gate/port.ts'
import { limits } from './limits.ts'
import { oneLine } from './normalise.ts'
import { estimateTokens } from './tokens.ts'

/** Short words that make another statement of the same long ones. */
const telling = new Set(['no', 'not', 'one', 'two', 'six', 'ten', 'son', 'mom', 'mum', 'dad'])

const words = (text: string) =>
  oneLine(text)
    .toLowerCase()
    .split(/[^\p{L}\p{N}]+/u)
    .filter((word) => word.length > 3 || telling.has(word) || /^\d+$/.test(word))

/**
 * Tells whether a conversation holds a statement already: one recent message (within 3,000 tokens and 10
 * turns; after that models stop following it) has every content word of it. Messages are read once,
 * however many statements are asked about, and cut into words only where they may hold one.
 */
export function alreadySaid(turns: readonly Turn[]): (text: string) => boolean {
  let messages: Message[] | undefined
  return (text) => {
    const wanted = words(text)
    if (wanted.length < 2) return false
    messages ??= recent(turns).map(readLazily)
    return messages.some(({ text: message, held }) => {
      const mayHold = wanted.every((word) => message.includes(word))
      return mayHold && wanted.every((word) => held().has(word))
    })
  }
}

type Message = { text: string; held: () => Set<string> }

function readLazily(content: string): Message {
  let held: Set<string> | undefined
  return {
    // Without NFKC, which costs more than all the rest: a rare form is at worst not recognised.
    text: content.toLowerCase(),
    held: () => (held ??= new Set(words(content))),
  }
}

/** The newest messages within reach, newest first. */
function recent(turns: readonly Turn[]): string[] {
  const kept: string[] = []
  let tokens = 0
  let seen = 0
  for (const { role, content } of turns.toReversed()) {
    tokens += estimateTokens(content)
    if (role === 'user') seen++
    if (tokens > limits.refreshAfterTokens || seen > limits.refreshAfterTurns) break
    kept.push(content)
  }
  return kept
}
