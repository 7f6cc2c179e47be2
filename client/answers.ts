import { headers as names } from '../shared/headers.ts'
import type { Api } from './api.ts'
import { within } from './clock.ts'
import { once } from './once.ts'
import type { Asked } from './turn-key.ts'
import type { ReceiptEntry } from './types.ts'
import type { Edgewise } from './edgewise.ts'
import type { UserStore } from './user-store.ts'

export type AnswersOptions = {
  users: UserStore
  api: Api
  now: () => number
  heard: (entry: ReceiptEntry) => void
  /** Sends what an experiment measures of an answer. */
  report: Edgewise['outcome']
}

/** An answer does not wait longer than this, ms, for the code that reads its receipt. */
const PATIENCE = 1000

/** Hands answers to the code that reads receipts, which is fetched while the first one is on its way. */
export function createAnswers({ users, api, now, heard, report }: AnswersOptions) {
  const listeners = new Set<(entry: ReceiptEntry) => void>()

  function tell(entry: ReceiptEntry): void {
    for (const listener of [heard, ...listeners]) {
      try {
        listener(entry)
      } catch (cause) {
        reportError(cause)
      }
    }
  }

  const open = once(async () => {
    const { createReceipts } = await import('./receipts.ts')
    return createReceipts({ users, api, now, tell, report })
  })
  const load = () => open().catch(() => undefined)

  return {
    load,
    /** Answers without a receipt pass as they are. */
    async read(response: Response, asked?: Asked): Promise<Response> {
      if (!response.headers.has(names.receipt)) return response
      const receipts = await within(load(), PATIENCE)
      return receipts ? receipts.read(response, asked) : response
    },
    onReceipt(listener: (entry: ReceiptEntry) => void): () => void {
      listeners.add(listener)
      return () => void listeners.delete(listener)
    },
  }
}
