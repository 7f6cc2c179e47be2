import { whenIdle } from './idle.ts'
import type { createLearner } from './learn/index.ts'
import type { Origins } from './learn/origins.ts'
import { once } from './once.ts'
import type { UserStore } from './user-store.ts'

type Learner = ReturnType<typeof createLearner>

export type Learning = ReturnType<typeof createLearning>

/**
 * Hands the user's messages to the part that learns, which is fetched when it is first needed: only with
 * consent, only after a message has been sent, and only when the page is quiet.
 */
export function createLearning(users: UserStore, load: () => Promise<Learner>) {
  let origins: Origins | undefined
  let isWatching = false
  let stopped = false
  let learner: Learner | undefined
  const open = once(async () => (learner = await load()))

  function later(work: (learning: Learner) => void): void {
    if (users.consent() === 'memory') return
    whenIdle(() => {
      // Where its code cannot be fetched, this is not learned.
      if (!stopped) open().then(work, () => undefined)
    })
  }

  return {
    /** Follows who writes what into a field. What stands there before is not counted as typed. */
    async watch(field: HTMLTextAreaElement | HTMLInputElement, signal: AbortSignal): Promise<void> {
      isWatching = true
      const { createOrigins } = await import('./learn/origins.ts')
      origins ??= createOrigins()
      origins.watch(field, signal)
    },
    /** Takes note of who wrote a message. What it answers is called once the message has been sent. */
    saying: (text: string) => {
      // Watched, but by code that is not here yet: then none of it is known to be typed.
      const written = origins ? origins.of(text) : isWatching ? { text: '', marks: '' } : undefined
      const { life } = users
      return () => {
        if (users.value.paused) return
        // Whoever was forgotten meanwhile is not learned of.
        later((learning) => {
          if (life === users.life) learning.said({ text, written })
        })
      }
    },
    /** Sends what an earlier page could not bring to the edge. */
    catchUp: () => later((learning) => void learning.send()),
    stop(): void {
      stopped = true
      learner?.stop()
    },
  }
}
