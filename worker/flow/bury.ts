import { isObject } from '../../shared/is-object.ts'
import type { Clock, NewId } from '../ports.ts'
import type { DeadLetters, Delivery, LearningQueue } from '../learning-ports.ts'
import { later } from './retry.ts'

type BuryDeps = {
  deadLetters: Pick<DeadLetters, 'keep'>
  learning: Pick<LearningQueue, 'open'>
  clock: Clock
  newId: NewId
  log: (cause: string) => void
}

/**
 * Keeps what the queue `learning-dead` brings, until somebody looks; but no lesson that was made before its
 * user's erasure. Never rejects.
 */
export function createBury(deps: BuryDeps): (batch: readonly Delivery[]) => Promise<void> {
  const { deadLetters, learning, clock, newId, log } = deps

  /** When what is buried was made, ms: 0 where nobody can tell, which is before any erasure. */
  async function madeOf(content: unknown): Promise<number> {
    try {
      const letter = await learning.open(content)
      return 'lesson' in letter ? letter.lesson.made : clock()
    } catch {
      return 0
    }
  }

  return async function bury(batch) {
    const at = clock()
    try {
      const buried = batch
        .map(({ body }) => readBuried(body))
        // Words of a user live no longer than their hour in the queue.
        .filter(({ content }) => !(isObject(content) && content['kind'] === 'excerpt'))
      await deadLetters.keep(
        await Promise.all(
          buried.map(async ({ why, content }) => ({
            id: newId(),
            at,
            made: await madeOf(content),
            why,
            userKey: userKeyOf(content),
            body: JSON.stringify(content),
          })),
        ),
      )
      for (const delivery of batch) delivery.ack()
    } catch (cause) {
      log(cause instanceof Error ? cause.name : 'unknown')
      for (const delivery of batch) later(delivery)
    }
  }
}

/** The platform moves what failed too often as it was; what was put aside by hand says why. */
function readBuried(body: unknown): { why: string; content: unknown } {
  if (isObject(body) && typeof body['why'] === 'string' && 'body' in body) {
    return { why: body['why'], content: body['body'] ?? null }
  }
  return { why: 'failed_too_often', content: body ?? null }
}

function userKeyOf(content: unknown): string {
  const key = isObject(content) ? content['userKey'] : ''
  return typeof key === 'string' ? key : ''
}
