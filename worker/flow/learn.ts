import { DAY } from '../../shared/calendar.ts'
import { limits } from '../../shared/limits.ts'
import type { Lesson } from '../../shared/schema/learning.ts'
import type {
  Audited,
  AuditLog,
  Clock,
  DeadLetters,
  Delivery,
  LearningQueue,
  NewId,
  SelfModels,
  Subject,
} from '../ports.ts'

export type LearnDeps = {
  learning: LearningQueue
  selfModels: SelfModels
  audit: AuditLog
  clock: Clock
  log: (cause: string) => void
}

/** Seconds before a failed delivery comes again, doubled each time: five of them last over five minutes. */
const RETRY = 10
const RETRY_MOST = 600

const later = (delivery: Delivery): void =>
  delivery.retry({ delaySeconds: Math.min(RETRY_MOST, RETRY * 2 ** (delivery.attempts - 1)) })

const nameOf = (cause: unknown) => (cause instanceof Error ? cause.name : 'unknown')

type Opened = { delivery: Delivery; subject: Subject; lesson: Lesson }

/**
 * Brings one batch of the queue `learning` to the self-models: one call a user. What fails comes again by
 * itself; what can never be read is put aside. Never rejects.
 */
export function createLearn(deps: LearnDeps): (batch: readonly Delivery[]) => Promise<void> {
  const { learning, selfModels, audit, clock, log } = deps

  async function open(delivery: Delivery): Promise<Opened[]> {
    try {
      return [{ delivery, ...(await learning.open(delivery.body)) }]
    } catch (cause) {
      log(nameOf(cause))
      try {
        await learning.bury(delivery.body, 'unreadable')
        delivery.ack()
      } catch {
        later(delivery)
      }
      return []
    }
  }

  async function teach(all: readonly Opened[]): Promise<Audited[]> {
    const subject = all.at(-1)?.subject
    if (!subject) return []
    try {
      const outcomes = await selfModels.learn(
        subject,
        all.map(({ lesson }) => lesson),
      )
      for (const { delivery } of all) delivery.ack()
      if (!outcomes.includes('learned')) return []
      const entry = { actor: 'edge', action: 'learn', target: '' } as const
      return [{ userKey: subject.userKey, at: clock(), ...entry }]
    } catch (cause) {
      log(nameOf(cause))
      for (const { delivery } of all) later(delivery)
      return []
    }
  }

  return async function learn(batch) {
    const opened = (await Promise.all(batch.map(open))).flat()
    const users = Map.groupBy(opened, ({ subject }) => subject.userKey)
    const audited = (await Promise.all([...users.values()].map(teach))).flat()
    try {
      await audit.append(audited)
      await audit.dropUntil(clock() - limits.auditDays * DAY)
    } catch (cause) {
      log(nameOf(cause))
    }
  }
}

type BuryDeps = {
  learning: LearningQueue
  deadLetters: DeadLetters
  clock: Clock
  newId: NewId
  log: (cause: string) => void
}

/** Keeps what the queue `learning-dead` brings, until somebody looks. Never rejects. */
export function createBury(deps: BuryDeps): (batch: readonly Delivery[]) => Promise<void> {
  const { deadLetters, clock, newId, log } = deps
  return async function bury(batch) {
    const at = clock()
    try {
      await deadLetters.keep(
        batch.map(({ body }) => {
          const { why, content } = readBuried(body)
          return {
            id: newId(),
            at,
            why,
            userKey: userKeyOf(content),
            body: JSON.stringify(content),
          }
        }),
      )
      for (const delivery of batch) delivery.ack()
      // They could not be learned any more.
      await deadLetters.dropUntil(at - limits.learningTime)
    } catch (cause) {
      log(nameOf(cause))
      for (const delivery of batch) later(delivery)
    }
  }
}

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null

/** The platform moves what failed too often as it was; what was put aside by hand says why. */
function readBuried(body: unknown): { why: string; content: unknown } {
  if (isObject(body) && typeof body['why'] === 'string' && 'body' in body) {
    return { why: body['why'], content: body['body'] ?? null }
  }
  return { why: 'failed_too_often', content: body ?? null }
}

function userKeyOf(content: unknown): string {
  const key = isObject(content) ? content['userKey'] : ''
  return typeof key === 'string' ? key : ''
}

/**
 * Sends dead letters again, at most 100 of the oldest, or the one named. Returns how many; what was
 * learned before is not learned twice. Rejects where storage fails: the rest stays.
 */
export async function replayDeadLetters(
  { learning, deadLetters }: Pick<BuryDeps, 'learning' | 'deadLetters'>,
  id?: string,
): Promise<number> {
  const one = id === undefined ? undefined : await deadLetters.load(id)
  const letters = id === undefined ? await deadLetters.list(100) : one ? [one] : []
  for (const letter of letters) {
    await learning.resend(letter.body)
    await deadLetters.drop(letter.id)
  }
  return letters.length
}
