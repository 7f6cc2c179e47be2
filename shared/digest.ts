import { holdsBlock } from './block.ts'
import { limits } from './limits.ts'
import { oneLine } from './normalise.ts'
import { estimateTokens } from './tokens.ts'

export type DigestInput = {
  /** The user's earlier messages in this conversation that the request itself does not hold, oldest first. */
  turns: readonly string[]
  /** What the app noted in this visit, oldest first. */
  notes: readonly string[]
  /** What the app's context sources answered for this request; `priority` higher first. */
  provided: readonly { name: string; text: string; priority: number }[]
}

/** The last turns that are told again. */
const TURNS = 3

/**
 * The session digest: lines of at most 100 tokens, 300 in all. The newest count most: turns first, then
 * what the app provides for this request, then notes; told in the order in which they happened.
 */
export function sessionDigest({ turns, notes, provided }: DigestInput): string[] {
  const lines = [
    ...turns
      .slice(-TURNS)
      .toReversed()
      .map((text) => ({ order: 2, text: `The user asked: ${shorten(text)}` })),
    ...provided
      .toSorted((a, b) => b.priority - a.priority)
      .map(({ name, text }) => ({ order: 1, text: `${oneLine(name)}: ${shorten(text)}` })),
    ...notes.toReversed().map((text) => ({ order: 0, text: shorten(text) })),
  ].filter(({ text }) => text !== '' && !holdsBlock(text))
  const kept: typeof lines = []
  let tokens = 0
  for (const line of lines) {
    const cost = estimateTokens(line.text) + 2
    if (tokens + cost > limits.digestTokens) continue
    tokens += cost
    kept.push(line)
  }
  return kept
    .toReversed()
    .toSorted((a, b) => a.order - b.order)
    .map(({ text }) => text)
}

/** At most 100 tokens of a text: whole sentences where they fit, else words, with an ellipsis. */
function shorten(text: string): string {
  const line = oneLine(text)
  if (estimateTokens(line) <= limits.noteTokens) return line
  let short = ''
  for (const word of line.split(' ')) {
    const longer = short === '' ? word : `${short} ${word}`
    if (estimateTokens(longer) >= limits.noteTokens) break
    short = longer
  }
  return short === '' ? `${line.slice(0, limits.noteTokens)}…` : `${short} …`
}
