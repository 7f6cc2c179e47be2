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

/** Drops what is kept of a user up to their erasure, over a database that may be away. */
export function createLastingDrop(
  kept: readonly Kept[],
  learning: Pick<LearningQueue, 'sendDropped'>,
): LastingDrop {
  async function dropAgain({ userKey, at }: Dropped): Promise<void> {
    const dropping = Promise.all(kept.map((table) => table.dropOf(userKey, at)))
    const done = await withDeadline(dropping, PATIENCE)
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
