import type { Turn } from '../shared/gate/port.ts'
import { limits } from '../shared/limits.ts'
import type { HeldSession } from './store/record.ts'

/** User messages kept of one conversation, and conversations kept; of one message, characters. */
const TURNS = 3
const CONVERSATIONS = 8
const CHARACTERS = 600

/** The conversation of calls that name none. */
export const PAGE = 'page'

/** What this device remembers of a conversation whose messages the app does not send along. */
export function remembered(session: HeldSession | undefined, conversation: string): Turn[] {
  const turns = session && Object.hasOwn(session.turns, conversation) && session.turns[conversation]
  return (turns || []).map((content) => ({ role: 'user', content }))
}

/** Keeps the last three messages of the last eight conversations; only their beginnings. */
export function remember(session: HeldSession, conversation: string, text: string): HeldSession {
  const { [conversation]: before = [], ...others } = session.turns
  const turns = [...before, text.slice(0, CHARACTERS)].slice(-TURNS)
  const rest = Object.entries(others).slice(1 - CONVERSATIONS)
  return { ...session, turns: Object.fromEntries([...rest, [conversation, turns]]) }
}

/** Forgets the messages that the app turns out to send along itself. */
export function forgetSent(
  session: HeldSession,
  conversation: string,
  history: readonly Turn[],
): HeldSession {
  const sent = new Set(history.map(({ content }) => content.slice(0, CHARACTERS)))
  const before = remembered(session, conversation).map(({ content }) => content)
  const turns = before.filter((text) => !sent.has(text))
  if (turns.length === before.length) return session
  return { ...session, turns: { ...session.turns, [conversation]: turns } }
}

export function addNote(session: HeldSession, text: string): HeldSession {
  const notes = [...session.notes.filter((note) => note !== text), text].slice(-limits.notes)
  return { ...session, notes }
}
