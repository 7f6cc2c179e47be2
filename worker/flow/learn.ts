import { DAY } from '../../shared/calendar.ts'
import { limits } from '../../shared/limits.ts'
import type { Excerpt } from '../../shared/schema/excerpt.ts'
import type { Lesson } from '../../shared/schema/learning.ts'
import { withDeadline } from '../deadline.ts'
import type { Clock } from '../ports.ts'
import type {
  Audited,
  AuditLog,
  DeadLetters,
  Delivery,
  Dropped,
  LearningQueue,
  Letter,
  SelfModels,
  Subject,
} from '../learning-ports.ts'
import type { Infer } from './infer.ts'
import type { LastingDrop } from './lasting-drop.ts'
import type { Metrics } from './metrics.ts'
import { later } from './retry.ts'

export type LearnDeps = {
  learning: LearningQueue
  selfModels: SelfModels
  infer: Infer
  audit: AuditLog
  deadLetters: Pick<DeadLetters, 'dropUntil'>
  kept: Pick<LastingDrop, 'dropAgain'>
  metrics: Pick<Metrics, 'learned' | 'grown' | 'flush'>
  clock: Clock
  log: (cause: string) => void
}

/** Milliseconds that a batch waits for what was counted to be written. */
const FLUSH = 5000

const nameOf = (cause: unknown) => (cause instanceof Error ? cause.name : 'unknown')

type Of<T> = { delivery: Delivery; subject: Subject } & T
type Opened = Of<{ lesson: Lesson }>
type OpenedExcerpt = Of<{ excerpt: Excerpt }>

/** Deliveries before a language model is given up, or an erasure is sent anew; the platform makes six. */
const TRIES = 5
/** How many language models of one batch are asked at a time. */
const AT_ONCE = 4

/**
 * Brings one batch of the queue `learning` to the self-models: one call a user. What fails comes again by
 * itself; what can never be read is put aside. Words for a language model come last: nothing waits for it,
 * and what it cannot read in five tries is dropped. Never rejects.
 */
export function createLearn(deps: LearnDeps): (batch: readonly Delivery[]) => Promise<void> {
  const { learning, selfModels, infer, audit, metrics, clock, log } = deps

  async function open(delivery: Delivery): Promise<({ delivery: Delivery } & Letter)[]> {
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
      const { outcomes, ...size } = await selfModels.learn(
        subject,
        all.map(({ lesson }) => lesson),
      )
      for (const [i, { delivery, lesson }] of all.entries()) {
        delivery.ack()
        const outcome = outcomes[i]
        const lag = clock() - lesson.made
        if (outcome) metrics.learned({ org: subject.orgKey, outcome, lag })
      }
      if (!outcomes.includes('learned')) return []
      metrics.grown({ org: subject.orgKey, ...size })
      return [noteOf(subject, 'learn')]
    } catch (cause) {
      log(nameOf(cause))
      for (const { delivery } of all) later(delivery)
      return []
    }
  }

  async function read({ delivery, ...letter }: OpenedExcerpt): Promise<Audited[]> {
    const waiting: Promise<unknown>[] = []
    const outcome = await infer(letter, (work) => waiting.push(work)).catch((cause: unknown) => {
      log(nameOf(cause))
      return 'again' as const
    })
    await Promise.allSettled(waiting)
    if (outcome === 'again' && delivery.attempts < TRIES) later(delivery)
    else delivery.ack()
    if (outcome === 'again' || outcome === 'given up') log('extractor')
    return outcome === 'read' ? [noteOf(letter.subject, 'infer')] : []
  }

  async function readAll(excerpts: readonly OpenedExcerpt[]): Promise<Audited[]> {
    const audited: Audited[] = []
    for (let from = 0; from < excerpts.length; from += AT_ONCE) {
      const some = excerpts.slice(from, from + AT_ONCE)
      audited.push(...(await Promise.all(some.map(read))).flat())
    }
    return audited
  }

  const noteOf = ({ userKey }: Subject, action: string): Audited => ({
    userKey,
    at: clock(),
    actor: 'edge',
    action,
    target: '',
  })

  /** Entries that the database did not take before; nobody waits for them. */
  async function write(delivery: Delivery, audited: readonly Audited[]): Promise<void> {
    try {
      await audit.appendAgain(audited)
      delivery.ack()
    } catch {
      later(delivery)
    }
  }

  /** An erasure is not put aside after five minutes: it goes round until the database is back, for 14 days. */
  async function drop(delivery: Delivery, dropped: Dropped): Promise<void> {
    try {
      await deps.kept.dropAgain(dropped)
      delivery.ack()
    } catch (cause) {
      log(nameOf(cause))
      const isOld = clock() - dropped.at > limits.learningTime
      if (delivery.attempts < TRIES || isOld) return later(delivery)
      await learning.sendDropped(dropped).then(
        () => delivery.ack(),
        () => later(delivery),
      )
    }
  }

  return async function learn(batch) {
    const letters = (await Promise.all(batch.map(open))).flat()
    const lessons = letters.filter((letter) => 'lesson' in letter)
    const users = Map.groupBy(lessons, ({ subject }) => subject.userKey)
    const audited = (await Promise.all([...users.values()].map(teach))).flat()
    audited.push(...(await readAll(letters.filter((letter) => 'excerpt' in letter))))
    const before = letters.filter((letter) => 'audited' in letter)
    await Promise.all(before.map((letter) => write(letter.delivery, letter.audited)))
    const erased = letters.filter((letter) => 'dropped' in letter)
    await Promise.all(erased.map((letter) => drop(letter.delivery, letter.dropped)))
    try {
      await audit.append(audited)
      await audit.dropUntil(clock() - limits.auditDays * DAY)
      // They could not be learned any more.
      await deps.deadLetters.dropUntil(clock() - limits.learningTime)
    } catch (cause) {
      log(nameOf(cause))
    }
    // What a database does not take in time is counted with the next batch.
    await withDeadline(metrics.flush(), FLUSH)
  }
}
