import type { ProblemCode } from '../../shared/problem.ts'
import type { LessonOutcome } from '../../shared/schema/learning.ts'
import { withDeadline } from '../deadline.ts'
import type { Clock, MetricRow, MetricStore, NewId, WaitUntil } from '../ports.ts'
import { countAnswer, waitingOf, type Answered } from './count-answer.ts'
import { createSeriesStore } from './metric-series.ts'

export type { Answered } from './count-answer.ts'

/** What happens, counted in this isolate's memory and handed to the database behind the requests. */
export type Metrics = {
  answered(answer: Answered, waitUntil: WaitUntil): void
  /** A request that was refused or failed on our own account; `org` where it is known. */
  refused(code: ProblemCode, org: string | undefined, waitUntil: WaitUntil): void
  /** `lag`: from when the words were handed over until they were learned, ms. Waits for a `flush`. */
  learned(lesson: { org: string; outcome: LessonOutcome; lag: number }): void
  /** A self-model that has learned: its facts, and their size in bytes. Waits for a `flush`. */
  grown(size: { org: string; facts: number; bytes: number }): void
  erased(org: string, waitUntil: WaitUntil): void
  /** Hands over what there is. Never rejects. */
  flush(): Promise<void>
}

/** Answers that are counted together at most: that is quicker than one by one, and behind the requests. */
const TOGETHER = 256
/** A timer whose request was cut off never comes back: it counts as lost after this, ms. */
const CUT_OFF = 30_000
/** Batches that wait for a database that fails; the oldest goes first. */
const WAITING = 8
/** Milliseconds that the database may take for a batch: it holds up all that come after it. */
const PATIENCE = 10_000

type Batch = { id: string; rows: MetricRow[] }

/**
 * Counts until `age` ms after the first count, or until half of the room is taken, then adds all to
 * `store` in one go. A batch that fails is sent again with the next, a few of them at most.
 */
export function createMetrics(options: {
  /** Left out: this deployment has no database, and nothing is counted. */
  store: MetricStore | undefined
  clock: Clock
  newId: NewId
  log: (cause: string) => void
  age: number
  /** Milliseconds that the database may take for one batch. */
  patience?: number
}): Metrics {
  const { store, clock, newId, log, age, patience = PATIENCE } = options
  if (!store) return silent
  const table = store
  const series = createSeriesStore()
  let waiting: Batch[] = []
  let answers: { answer: Answered; at: number }[] = []
  let timer: number | undefined
  let sending: Promise<void> | undefined
  let isFailing = false

  function schedule(waitUntil: WaitUntil, now = clock()): void {
    if (series.isFull()) return handOver(waitUntil, flush())
    if (timer !== undefined && now - timer < CUT_OFF) return
    timer = now
    handOver(waitUntil, sleep(age).then(flush))
  }

  async function send(): Promise<void> {
    try {
      for (let batch = waiting[0]; batch; batch = waiting[0]) {
        // Sent again with the next: if it did arrive, its id counts once.
        await inTime(table.add(batch), patience)
        waiting = waiting.filter((other) => other !== batch)
      }
      isFailing = false
      await inTime(table.fold(Math.floor(clock() / 1000)), patience)
    } catch (cause) {
      // Once, not with every batch of an hour in which the database is away.
      if (!isFailing) log(cause instanceof Error ? cause.name : 'unknown')
      isFailing = true
    } finally {
      sending = undefined
    }
  }

  function countAnswers(): void {
    const counting = answers
    answers = []
    for (const { answer, at } of counting) {
      const { org, receipt, cohort } = answer
      const { tier, arm } = receipt
      const found = series.of({ org, arm, tier, cohort }, at)
      if (found) countAnswer(found, answer)
    }
  }

  function flush(): Promise<void> {
    timer = undefined
    countAnswers()
    const rows = series.take(clock())
    if (rows.length > 0) waiting = [...waiting, { id: newId(), rows }].slice(-WAITING)
    return waiting.length === 0 ? Promise.resolve() : (sending ??= send())
  }

  return {
    answered(answer, waitUntil) {
      const at = clock()
      answers.push({ answer: waitingOf(answer), at })
      if (answers.length >= TOGETHER) countAnswers()
      schedule(waitUntil, at)
    },
    refused(code, org, waitUntil) {
      series.of({ org: org ?? '' }, clock())?.count(`error:${code}`)
      schedule(waitUntil)
    },
    learned({ org, outcome, lag }) {
      const found = series.of({ org }, clock())
      found?.count(`lesson:${outcome}`)
      if (outcome === 'learned') found?.spread('learning', lag)
    },
    grown({ org, facts, bytes }) {
      const found = series.of({ org }, clock())
      found?.spread('model_facts', facts)
      found?.spread('model_bytes', bytes)
    },
    erased(org, waitUntil) {
      series.of({ org }, clock())?.count('erasures')
      schedule(waitUntil)
    },
    flush,
  }
}

const silent: Metrics = {
  answered() {},
  refused() {},
  learned() {},
  grown() {},
  erased() {},
  flush: () => Promise.resolve(),
}

/** A request that is over keeps nothing alive any more: then the next one does. */
function handOver(waitUntil: WaitUntil, work: Promise<void>): void {
  try {
    waitUntil(work)
  } catch {
    // The work goes on while the isolate has other requests, or is done with the next batch.
  }
}

/** Rejects where the work takes longer than `ms`. */
async function inTime(work: Promise<void>, ms: number): Promise<void> {
  if ((await withDeadline(work, ms)) === 'late') throw new Late()
}
class Late extends Error {
  override name = 'Late'
}

const sleep = (ms: number) => new Promise<void>((wake) => setTimeout(wake, ms))
