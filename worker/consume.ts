import type { Deps } from './deps.ts'

/** Gives a batch to the flow of its queue. Without storage secrets nothing can be opened: it comes again. */
export async function consume(batch: MessageBatch, { consumers }: Deps): Promise<void> {
  if (!consumers) batch.retryAll({ delaySeconds: 60 })
  else if (batch.queue.endsWith('-dead')) await consumers.bury(batch.messages)
  else await consumers.learn(batch.messages)
}
