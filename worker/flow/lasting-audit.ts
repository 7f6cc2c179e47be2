import { withDeadline } from '../deadline.ts'
import type { AuditLog, LearningQueue } from '../learning-ports.ts'

/** Milliseconds after which a database counts as failed. */
const PATIENCE = 5000

async function within<T>(work: Promise<T>): Promise<T> {
  const answer = await withDeadline(work, PATIENCE)
  if (answer === 'late') throw new Error('the database does not answer')
  return answer
}

/**
 * The audit log over a database that may be away: entries that it does not take now go through the queue
 * and are written when it is back. Rejects where both fail.
 */
export function createLastingAudit(
  audit: AuditLog,
  learning: Pick<LearningQueue, 'sendAudited'>,
): AuditLog {
  return {
    async append(entries) {
      if (entries.length === 0) return
      try {
        await within(audit.append(entries))
      } catch {
        await learning.sendAudited(entries)
      }
    },
    appendAgain: (entries) => within(audit.appendAgain(entries)),
    list: audit.list,
    dropUntil: (time) => within(audit.dropUntil(time)),
  }
}
