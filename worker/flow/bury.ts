import { isObject } from '../../shared/is-object.ts'
import type { Clock, NewId } from '../ports.ts'
import type { DeadLetters, Delivery } from '../learning-ports.ts'
import { later } from './retry.ts'

type BuryDeps = {
  deadLetters: DeadLetters
  clock: Clock
  newId: NewId
  log: (cause: string) => void
}

/** Keeps what the queue `learning-dead` brings, until somebody looks. Never rejects. */
export function createBury(deps: BuryDeps): (batch: readonly Delivery[]) => Promise<void> {
  const { deadLetters, clock, newId, log } = deps
  return async function bury(batch) {
    const at = clock()
    try {
      await deadLetters.keep(
        batch.flatMap(({ body }) => {
          const { why, content } = readBuried(body)
          // Words of a user live no longer than their hour in the queue.
          if (isObject(content) && content['kind'] === 'excerpt') return []
          const userKey = userKeyOf(content)
          return [{ id: newId(), at, why, userKey, body: JSON.stringify(content) }]
        }),
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
