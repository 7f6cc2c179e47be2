import { limits } from '../limits.ts'
import type { GateConfig } from './config.ts'
import { cutMiddle } from './cut.ts'
import type { Turn } from './port.ts'
import { clip, type Clip, type Tokenizer } from './wordpiece.ts'

/** How many of the last messages a session is judged by. */
const messagesRead = 3

export const tokenIds = (tokenizer: Tokenizer, text: string, part: Clip): number[] =>
  clip(tokenizer(cutMiddle(text, limits.gateCharacters).text).ids, part)

/** Token lists that a follow-up is judged by: the notes, then the last messages, oldest first. */
export function contextTokens(
  tokenizer: Tokenizer,
  { history, notes }: { history: readonly Turn[]; notes: readonly string[] },
  { message, notes: notesClip }: GateConfig['clip'],
): number[][] {
  const parts = notes.length > 0 ? [tokenIds(tokenizer, notes.join(' ; '), notesClip)] : []
  for (const { content } of history.slice(-messagesRead))
    parts.push(tokenIds(tokenizer, content, message))
  return parts.filter((part) => part.length > 0)
}
