import { headers as names } from '../shared/headers.ts'
import { limits } from '../shared/limits.ts'
import type { Receipt, Usage } from '../shared/schema/receipt.ts'
import { estimateTokens } from '../shared/tokens.ts'
import type { Api } from './api.ts'
import { factsOf } from './known.ts'
import { whenIdle } from './idle.ts'
import { once } from './once.ts'
import type { Asked } from './turn-key.ts'
import type { ReceiptEntry } from './types.ts'
import type { Edgewise } from './edgewise.ts'
import type { UserStore } from './user-store.ts'
import { watchUsage, type Copy } from './usage-scan.ts'

export type ReceiptsOptions = {
  users: UserStore
  api: Api
  now: () => number
  tell: (entry: ReceiptEntry) => void
  report: Edgewise['outcome']
}

/** Characters of an answer that are read for an experiment, and of its end that are kept besides. */
const READ = 256 * 1024
const TAIL = 2048

/** Keeps what answers carried: the last 50, with the words of the facts, never the question. */
export function createReceipts({ users, api, now, tell, report }: ReceiptsOptions) {
  const earning = once(async () => {
    const { createEarnings } = await import('./earnings.ts')
    return createEarnings({ users, api })
  })
  const measuring = once(async () => {
    const measure = await import('./measure/index.ts')
    return measure.createMeasuring({ users, report })
  })

  /** `isNew`: else it is only added to, and what was cleared meanwhile stays so. */
  function keep(entry: ReceiptEntry, isNew: boolean): void {
    const { id } = entry.receipt
    void users.change((old) => {
      const known = old.receipts.find(({ receipt }) => receipt.id === id)
      if (!known && !isNew) return old
      const others = old.receipts.filter((one) => one !== known)
      const receipts = [{ ...known, ...entry }, ...others]
        .toSorted((a, b) => b.at - a.at)
        .slice(0, limits.receipts)
      return { ...old, receipts }
    })
    tell(entry)
  }

  /** The words are those that the device knows now: later edits do not change what was sent. */
  function entryOf(receipt: Receipt, at: number): ReceiptEntry {
    const texts = new Map(factsOf(users.value, at).map(({ id, text }) => [id, text]))
    // The edge counts of what only this device knows no more than was sent.
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
    read(response: Response, asked?: Asked): Response {
      const value = response.headers.get(names.receipt)
      if (!value) return response
      // The first answer may be here before the session: whose it is does not depend on that.
      const { life } = users
      const isSame = () => users.life === life
      const entry = decode(value, now())
      const started = entry.then((read) => (read && isSame() ? keep(read, true) : undefined))
      const told = (usage: Usage) => {
        const complete = (read: ReceiptEntry | undefined) =>
          // What the edge has read itself says more.
          read && !read.usage && isSame() ? keep({ ...read, usage }, false) : undefined
        void started.then(() => entry).then(complete)
      }
      const isMeasured = value.includes('experiment="') && mayMeasure(users)
      const isCounted = HAS_FACTS.test(value) && !users.value.paused
      if (!asked || !response.ok || !(isMeasured || isCounted)) return watchUsage(response, told)
      const heard = (copied: Copied) =>
        whenIdle(() => {
          const isCurrent = () => isSame() && !users.value.paused
          const answer = async (): Promise<Heard | undefined> => {
            const known = await entry
            return known && isCurrent() ? { asked, entry: known, isCurrent, ...copied } : undefined
          }
          const measure = async () => {
            const [to, of] = [await measuring(), await answer()]
            if (of) to.answered(of)
          }
          const earn = async () => {
            const [to, of] = [await earning(), await answer()]
            if (of) await to.answered(of)
          }
          // Where its code cannot be fetched, this is not measured.
          if (isMeasured) measure().catch(() => undefined)
          if (isCounted) earn().catch(() => undefined)
        })
      return watchUsage(response, told, copyText(heard))
    },
  }
}

/** An answer that was read. `isCurrent`: its user is still the one of the page, and has not paused. */
export type Heard = Copied & { asked: Asked; entry: ReceiptEntry; isCurrent: () => boolean }

/** A receipt that names facts. */
const HAS_FACTS = /\bfacts=\([^)]/

/** An answer of an experiment is read on the device only where its user agreed to the edge. */
const mayMeasure = (users: UserStore) => users.consent() === 'edge' && !users.value.paused

/** `body`: the beginning of an answer; `tail`: its last characters. */
export type Copied = { body: string; tail: string; isStopped: boolean }

/** Keeps beginning and end of what passes, and tells them once at the end. */
function copyText(heard: (answer: Copied) => void): Copy {
  const decoder = new TextDecoder()
  let [body, tail] = ['', '']
  return {
    pass(chunk) {
      const text = decoder.decode(chunk, { stream: true })
      if (body.length < READ) body += text
      tail = (tail + text).slice(-TAIL)
    },
    end: (isStopped) => heard({ body, tail, isStopped }),
  }
}
