import { sessionDigest } from '../shared/digest.ts'
import { limits } from '../shared/limits.ts'
import { estimateTokens } from '../shared/tokens.ts'
import { within } from './clock.ts'
import type { Sources } from './sources.ts'

// In this file's chunk: both are needed by the same requests.
export { pageSignals } from './page-signals.ts'

/** A context source of the app may take this long, ms. */
const PATIENCE = 40

export type NotesInput = {
  query: string
  /** Texts that the request itself holds. */
  said: readonly string[]
  /** The user's earlier messages that it does not hold. */
  turns: readonly string[]
  /** What the app noted in this visit. */
  notes: readonly string[]
  sources: Sources
}

/** Session context that the request does not hold itself, as lines. Loaded when a message first needs it. */
export async function sessionNotes(input: NotesInput): Promise<string[]> {
  const { query, turns, notes, sources } = input
  const said = [...input.said, query].join('\n')
  const answers = await Promise.all([...sources].map((source) => ask(source, query)))
  return sessionDigest({
    turns,
    notes: notes.filter((note) => !said.includes(note)),
    provided: answers
      .filter((answer) => answer !== undefined)
      .filter(({ text }) => !said.includes(text)),
  })
}

type Provided = { name: string; text: string; priority: number }
type Entry = Sources extends Map<infer K, infer V> ? [K, V] : never

/** A source that is late, fails or answers nothing is left out. */
async function ask(
  [name, { source, options }]: Entry,
  query: string,
): Promise<Provided | undefined> {
  const { maxTokens = limits.noteTokens, priority = 0, timeout = PATIENCE } = options
  try {
    // Within the promise: a source that throws at once fails no other.
    const answered = Promise.resolve(query).then(source)
    const text = await within(answered, Math.min(timeout, PATIENCE))
    return typeof text === 'string' && text.trim() !== ''
      ? { name, text: cut(text, maxTokens), priority }
      : undefined
  } catch {
    return undefined
  }
}

/** Estimates are never below a quarter token a character: from there it is only made shorter. */
function cut(text: string, maxTokens: number): string {
  let short = text.slice(0, maxTokens * 4)
  while (short !== '' && estimateTokens(short) > maxTokens) {
    short = short.slice(0, Math.floor((short.length * maxTokens) / estimateTokens(short) - 1))
  }
  return short
}
