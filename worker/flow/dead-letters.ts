import { limits } from '../../shared/limits.ts'
import { fail, ok, type Result } from '../../shared/problem.ts'
import type { ChosenLetters, DeadLetterList, LettersDone } from '../../shared/schema/learning.ts'
import { utf8Bytes } from '../../shared/tokens.ts'
import type { DeadLetter, DeadLetters, LearningQueue } from '../learning-ports.ts'

type Deps = { learning: LearningQueue; deadLetters: DeadLetters }

/**
 * What could not be learned, for the admins of the org whose it is, by the org's pseudonym; never what it
 * says. At most 100 at once, the oldest first. Errors: `not_found` where an id is none of the org's,
 * `storage_unavailable`: then what was not taken yet is still there, and nothing is learned twice.
 */
export type Letters = {
  list(orgKey: string): Promise<Result<DeadLetterList>>
  /** Puts them into the queue again, and takes them off the list. */
  replay(orgKey: string, chosen: ChosenLetters): Promise<Result<LettersDone>>
  drop(orgKey: string, chosen: ChosenLetters): Promise<Result<LettersDone>>
}

export function createLetters({ learning, deadLetters }: Deps): Letters {
  async function choose(orgKey: string, chosen: ChosenLetters): Promise<DeadLetter[] | undefined> {
    if ('all' in chosen) {
      const { until = Infinity } = chosen
      const oldest = await deadLetters.list(limits.deadLetters, orgKey)
      return oldest.filter(({ at }) => at <= until)
    }
    const named = await Promise.all([...new Set(chosen.ids)].map((id) => deadLetters.load(id)))
    const own = named.flatMap((letter) => (letter?.orgKey === orgKey ? [letter] : []))
    return own.length === named.length ? own : undefined
  }

  async function take(
    orgKey: string,
    chosen: ChosenLetters,
    work: (letter: DeadLetter) => Promise<void>,
  ): Promise<Result<LettersDone>> {
    try {
      const letters = await choose(orgKey, chosen)
      if (!letters) {
        return fail('not_found', { field: 'ids', expected: 'ids of dead letters of this org' })
      }
      for (const letter of letters) {
        await work(letter)
        await deadLetters.drop(letter.id)
      }
      const left = (await deadLetters.list(limits.deadLetters, orgKey)).length
      return ok({ count: letters.length, left })
    } catch {
      return fail('storage_unavailable', { retryAfter: 5 })
    }
  }

  return {
    async list(orgKey) {
      try {
        const letters = await deadLetters.list(limits.deadLetters + 1, orgKey)
        return ok({
          letters: letters.slice(0, limits.deadLetters).map(viewOf),
          more: letters.length > limits.deadLetters,
        })
      } catch {
        return fail('storage_unavailable', { retryAfter: 5 })
      }
    },
    replay: (orgKey, chosen) => take(orgKey, chosen, ({ body }) => learning.resend(body)),
    drop: (orgKey, chosen) => take(orgKey, chosen, async () => {}),
  }
}

const viewOf = ({ id, at, why, userKey, body }: DeadLetter) => ({
  id,
  at,
  why,
  subject: userKey,
  bytes: utf8Bytes(body),
})
