import type { Turn } from './gate/port.ts'
import { limits } from './limits.ts'
import { oneLine } from './normalise.ts'
import { estimateTokens } from './tokens.ts'

const words = (text: string) =>
  oneLine(text)
    .toLowerCase()
    .split(/[^\p{L}\p{N}]+/u)
    .filter((word) => word.length > 3)

/**
 * Whether the conversation holds a statement already: one recent message (within 3,000 tokens and 10
 * turns; after that models stop following it) has every content word of it.
 */
export function alreadySaid(text: string, turns: readonly Turn[]): boolean {
  const wanted = words(text)
  if (wanted.length < 2) return false
  let tokens = 0
  let seen = 0
  for (const { role, content } of turns.toReversed()) {
    tokens += estimateTokens(content)
    if (role === 'user') seen++
    if (tokens > limits.refreshAfterTokens || seen > limits.refreshAfterTurns) return false
    const held = new Set(words(content))
    if (wanted.every((word) => held.has(word))) return true
  }
  return false
}
