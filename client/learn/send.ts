import type { ProblemCode } from '../../shared/problem.ts'
import type { Observed } from '../../shared/schema/learning.ts'
import type { Api, CallOf } from '../api.ts'
import { isObject } from '../../shared/is-object.ts'
import type { Lesson, UserRecord } from '../store/record.ts'
import type { UserStore } from '../user-store.ts'
import { learnedOf, withoutCopies } from './device-model.ts'
import { followEdge } from './learn.ts'

const isObserved = (value: unknown): value is Observed =>
  isObject(value) && typeof value['accepted'] === 'number'

const observe: CallOf<'observe'> = { method: 'POST', path: '/v1/observe', is: isObserved }

/** Milliseconds before what could not be sent is tried again, doubled each time. */
const RETRY = 15_000
const RETRY_MOST = 10 * 60_000

/** These may pass by themselves; any other refusal is final. */
const passing: readonly ProblemCode[] = [
  ...(['edge_unreachable', 'storage_unavailable', 'rate_limited', 'internal'] as const),
  ...(['token_missing', 'token_expired', 'token_invalid'] as const),
]

type Options = { api: Api; users: UserStore; now: () => number }

/** Brings what was learned to the edge, one lesson after the other: facts, never the message. */
export function createSender({ api, users, now }: Options) {
  let sending = false
  let failures = 0
  let timer: ReturnType<typeof setTimeout> | undefined

  const next = (): Lesson | undefined =>
    users.consent() === 'edge'
      ? users.value.learned?.outbox.find(({ accepted }) => accepted === undefined)
      : undefined

  /** `false`: the edge cannot be reached just now. */
  async function sendOne({ id, epoch, at, facts }: Lesson): Promise<boolean> {
    const { life } = users
    // Only now does the user's word count: it may have changed since.
    const body = { id, consent: 'edge' as const, epoch, at, facts: [...facts] }
    const reply = await api(observe, { body })
    if (life !== users.life) return true
    if (!reply.ok && passing.includes(reply.problem.code)) return false
    const accepted = reply.ok && reply.value.accepted > 0
    await users.change((old) => (accepted ? marked(old, id, now()) : dropped(old, id)))
    return true
  }

  async function send(): Promise<void> {
    clearTimeout(timer)
    if (sending) return
    sending = true
    try {
      for (let lesson = next(); lesson; lesson = next()) {
        const { epoch = 0 } = users.value.session?.persona ?? {}
        if (lesson.epoch < epoch) {
          await users.change((old) => followEdge(old, { epoch, facts: [], at: now() }))
        } else if (await sendOne(lesson)) failures = 0
        else return again()
      }
    } finally {
      sending = false
    }
  }

  function again(): void {
    timer = setTimeout(() => void send(), Math.min(RETRY * 2 ** failures++, RETRY_MOST))
  }

  return { send, stop: () => clearTimeout(timer) }
}

/** Its copies stay until the edge's own facts are seen. */
function marked(old: UserRecord, id: string, accepted: number): UserRecord {
  const learned = learnedOf(old)
  const outbox = learned.outbox.map((lesson) =>
    lesson.id === id ? { ...lesson, accepted } : lesson,
  )
  return { ...old, learned: { ...learned, outbox } }
}

/** The edge will not have it: then it is not kept here either. */
function dropped(old: UserRecord, id: string): UserRecord {
  const learned = learnedOf(old)
  const gone = new Set(learned.outbox.find((lesson) => lesson.id === id)?.copies)
  const outbox = learned.outbox.filter((lesson) => lesson.id !== id)
  for (const { copies } of outbox) for (const copy of copies) gone.delete(copy)
  return withoutCopies({ ...old, learned: { ...learned, outbox } }, gone)
}
