import { withDeadline } from '../deadline.ts'
import type { Dropped, LearningQueue } from '../learning-ports.ts'

/** Milliseconds after which a database counts as failed. */
const PATIENCE = 5000

/** What is kept of a user beside the self-model. A table may leave `until` aside and drop all. */
export type Kept = { dropOf(userKey: string, until: number): Promise<void> }

export type LastingDrop = {
  /** Drops now, or through the queue where the database is away. Rejects where both fail. */
  drop(dropped: Dropped): Promise<void>
  /** The same without the queue, as often as it takes. Rejects where the database fails. */
  dropAgain(dropped: Dropped): Promise<void>
}

/**
 * Drops what is kept of a user up to their erasure, over a database that may be away. One table after the
 * other: the first remembers the erasure, so that what is dropped from the others does not come back.
 */
export function createLastingDrop(
  kept: readonly Kept[],
  learning: Pick<LearningQueue, 'sendDropped'>,
): LastingDrop {
  async function dropAll(userKey: string, at: number): Promise<void> {
    for (const table of kept) await table.dropOf(userKey, at)
  }

  async function dropAgain({ userKey, at }: Dropped): Promise<void> {
    const done = await withDeadline(dropAll(userKey, at), PATIENCE)
    if (done === 'late') throw new Error('the database does not answer')
  }
  return {
    async drop(dropped) {
      try {
        await dropAgain(dropped)
      } catch {
        await learning.sendDropped(dropped)
      }
    },
    dropAgain,
  }
}
