import { heldIn } from '../shared/experiment/used.ts'
import { isObject } from '../shared/is-object.ts'
import { limits } from '../shared/limits.ts'
import type { Earned } from '../shared/schema/fact.ts'
import { addEarned, sumEarned, type EarnedCounts } from '../shared/self-model.ts'
import type { Api, CallOf } from './api.ts'
import { isDeviceId } from './learn/device-model.ts'
import { answerText, callsTools, isCut } from './measure/answer-text.ts'
import type { Heard } from './receipts.ts'
import type { UserRecord } from './store/record.ts'
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
    const { life } = users
    let facts: EarnedCounts = {}
    await users.change(({ earned = {}, ...old }) => {
      const all = Object.entries(earned)
      facts = Object.fromEntries(all.slice(0, limits.facts))
      const rest = all.slice(limits.facts)
      return rest.length > 0 ? { ...old, earned: Object.fromEntries(rest) } : old
    })
    const isMine = life === users.life && users.consent() === 'edge'
    if (isMine && Object.keys(facts).length > 0) {
      await api(report, { body: { consent: 'edge', facts } })
    }
  }

  return {
    /** An answer has ended. One that says nothing, was stopped, or calls tools tells nothing of its facts. */
    async answered({ asked, entry, isCurrent, ...copied }: Heard): Promise<void> {
      const answer = answerText(copied.body)
      const isStopped = copied.isStopped && isCut(copied)
      if (answer === '' || isStopped || callsTools(copied) || !isCurrent()) return
      const read = heldIn({ question: asked.query, answer })
      const found = entry.facts.flatMap(({ id, text }): [string, Earned][] => {
        const held = text === undefined ? undefined : read(text)
        return held ? [[id, { attached: 1, used: Number(held.isUsed), corrected: 0 }]] : []
      })
      if (found.length === 0) return
      const keeps = users.consent() === 'edge'
      await users.change((old) => withEarned(old, Object.fromEntries(found), keeps))
      if (keeps && isCurrent() && waiting(users.value) >= TOGETHER) await send()
    },
  }
}

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

/** The record with more counts. `keeps`: those of facts that the edge holds wait for their way there. */
export function withEarned(old: UserRecord, counts: EarnedCounts, keeps: boolean): UserRecord {
  const facts = addEarned(old.facts, counts)
  if (!keeps || Object.keys(counts).length === 0) return { ...old, facts }
  const own = new Set(facts.map(({ id }) => id))
  const earned = { ...old.earned }
  for (const [id, more] of Object.entries(counts)) {
    if (!own.has(id) && !isDeviceId(id)) earned[id] = sumEarned(earned[id], more)
  }
  return { ...old, facts, earned }
}

const waiting = ({ earned = {} }: UserRecord): number =>
  Object.values(earned).reduce((sum, { attached, corrected }) => sum + attached + corrected, 0)
