import type { EdgewiseState } from '../types.ts'

/**
 * Tells from one state to the next whether the user whose facts are shown has left: their session is
 * another's, or it is gone and what is held with it. A session that has only run out is still theirs.
 * `isRead`: facts are shown.
 */
export function createLeaving({ session: first, revision: start }: EdgewiseState) {
  let shown = first.status === 'ready' ? first.value.subject : undefined
  let revision = start

  return function hasLeft({ session, revision: next }: EdgewiseState, isRead: boolean): boolean {
    const isOther = next !== revision
    revision = next
    if (session.status === 'ready') {
      const { subject } = session.value
      const left = shown !== undefined && shown !== subject
      shown = subject
      return left
    }
    // Facts are read when a session was opened or failed to: `idle` again, it has been forgotten.
    const wasOpen = shown !== undefined || (isRead && session.status === 'idle')
    if (!isOther || !wasOpen) return false
    shown = undefined
    return true
  }
}
