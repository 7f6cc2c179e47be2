import { heldIn } from '../shared/experiment/used.ts'
import { isObject } from '../shared/is-object.ts'
import type { Earned } from '../shared/schema/fact.ts'
import { addEarned, sumEarned, type EarnedCounts } from '../shared/self-model.ts'
import type { Api, CallOf } from './api.ts'
import { answerText } from './measure/answer-text.ts'
import type { Copied } from './receipts.ts'
import type { UserRecord } from './store/record.ts'
import type { Asked } from './turn-key.ts'
import type { ReceiptEntry } from './types.ts'
import type { UserStore } from './user-store.ts'

/** Counts that are gathered here before the edge is told: it writes once for all of them. */
const TOGETHER = 16

const isCounted = (value: unknown): value is { counted: number } =>
  isObject(value) && typeof value['counted'] === 'number'
const report: CallOf<'earned'> = { method: 'POST', path: '/v1/self-model/earned', is: isCounted }

/**
 * Counts what each attached fact brings, by the words of the answer, which stay here. Counts of facts that
 * only this device knows stand with them; those of the edge go there, where the user agreed to that.
 */
export function createEarnings({ users, api }: { users: UserStore; api: Api }) {
  /** What does not arrive is let go: it is a statistic. */
  async function send(): Promise<void> {
    let taken: EarnedCounts | undefined
    await users.change(({ earned, ...old }) => {
      taken = earned
      return old
    })
    if (taken) await api(report, { body: { facts: taken } })
  }

  return {
    /** An answer has ended. One that says nothing, or was stopped, tells nothing of its facts. */
    async answered({ asked, entry, body, isStopped }: Copied & Told): Promise<void> {
      const answer = answerText(body)
      if (answer === '' || isStopped) return
      const read = heldIn({ question: asked.query, answer })
      const found = entry.facts.flatMap(({ id, text }): [string, Earned][] => {
        const held = text === undefined ? undefined : read(text)
        return held ? [[id, { attached: 1, used: Number(held.isUsed), corrected: 0 }]] : []
      })
      if (found.length === 0) return
      const keeps = users.consent() === 'edge'
      await users.change((old) => withEarned(old, Object.fromEntries(found), keeps))
      if (keeps && waiting(users.value) >= TOGETHER) await send()
    },
  }
}

type Told = { asked: Asked; entry: ReceiptEntry }

/** The user takes an answer back: what went along with it has done harm. Counted once an answer. */
export async function takeBack(users: UserStore, receipt: string): Promise<void> {
  const keeps = users.consent() === 'edge'
  await users.change((old) => {
    const entry = old.receipts.find((one) => one.receipt.id === receipt)
    if (!entry || entry.takenBack) return old
    const back = { attached: 0, used: 0, corrected: 1 }
    const counts = Object.fromEntries(entry.facts.map(({ id }) => [id, back]))
    const receipts = old.receipts.map((one) => (one === entry ? { ...one, takenBack: true } : one))
    return withEarned({ ...old, receipts }, counts, keeps)
  })
}

/** `keeps`: counts of facts that the edge holds wait for their way there. */
function withEarned(old: UserRecord, counts: EarnedCounts, keeps: boolean): UserRecord {
  const facts = addEarned(old.facts, counts)
  if (!keeps) return { ...old, facts }
  const own = new Set(facts.map(({ id }) => id))
  const earned = { ...old.earned }
  for (const [id, more] of Object.entries(counts)) {
    if (!own.has(id)) earned[id] = sumEarned(earned[id], more)
  }
  return { ...old, facts, earned }
}

const waiting = ({ earned = {} }: UserRecord): number =>
  Object.values(earned).reduce((sum, { attached, corrected }) => sum + attached + corrected, 0)
