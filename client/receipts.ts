import { headers as names } from '../shared/headers.ts'
import { limits } from '../shared/limits.ts'
import type { Receipt, Usage } from '../shared/schema/receipt.ts'
import { estimateTokens } from '../shared/tokens.ts'
import { factsOf } from './known.ts'
import type { ReceiptEntry } from './types.ts'
import type { UserStore } from './user-store.ts'
import { watchUsage } from './usage-scan.ts'

export type ReceiptsOptions = {
  users: UserStore
  now: () => number
  tell: (entry: ReceiptEntry) => void
}

/** Keeps what answers carried: the last 50, with the words of the facts, never the question. */
export function createReceipts({ users, now, tell }: ReceiptsOptions) {
  function keep(entry: ReceiptEntry): void {
    const { id } = entry.receipt
    void users.change((old) => {
      const others = old.receipts.filter(({ receipt }) => receipt.id !== id)
      const receipts = [entry, ...others].toSorted((a, b) => b.at - a.at).slice(0, limits.receipts)
      return { ...old, receipts }
    })
    tell(entry)
  }

  /** The words are those that the device knows now: later edits do not change what was sent. */
  function entryOf(receipt: Receipt, at: number): ReceiptEntry {
    const texts = new Map(factsOf(users.value, at).map(({ id, text }) => [id, text]))
    // The edge cannot count what only this device knows.
    const whole = Math.max(receipt.whole, estimateTokens([...texts.values()].join('\n')))
    const facts = receipt.facts.map(({ id, category }) => {
      const text = texts.get(id)
      return { id, category, ...(text === undefined ? {} : { text }) }
    })
    return {
      at,
      receipt: { ...receipt, whole },
      facts,
      ...(receipt.usage ? { usage: receipt.usage } : {}),
    }
  }

  async function decode(value: string, at: number): Promise<ReceiptEntry | undefined> {
    try {
      const { decodeReceipt } = await import('../shared/receipt.ts')
      const receipt = decodeReceipt(value)
      return receipt && entryOf(receipt, at)
    } catch {
      return undefined
    }
  }

  return {
    /** Reads the receipt of an answer, and watches for its usage. Answers without one pass as they are. */
    read(response: Response): Response {
      const value = response.headers.get(names.receipt)
      if (!value) return response
      // The first answer may be here before the session: whose it is does not depend on that.
      const { life } = users
      const isSame = () => users.life === life
      const entry = decode(value, now())
      const started = entry.then((read) => (read && isSame() ? keep(read) : undefined))
      return watchUsage(response, (usage: Usage) => {
        const complete = (read: ReceiptEntry | undefined) =>
          // What the edge has read itself says more.
          read && !read.usage && isSame() ? keep({ ...read, usage }) : undefined
        void started.then(() => entry).then(complete)
      })
    },
  }
}
