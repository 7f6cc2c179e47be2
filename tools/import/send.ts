import { setTimeout as sleep } from 'node:timers/promises'
import { fail, ok, type Problem, type Result } from '../../shared/problem.ts'
import { Observed, type ObservedFact } from '../../shared/schema/learning.ts'
import { callWorker, type Access } from '../access.ts'

/** Attempts at one report before the run gives up; it goes on from there when it is started again. */
const ATTEMPTS = 8
/** Longest wait before a further attempt, seconds. */
const LONGEST = 60

type Options = {
  access: Access
  /** Reports a minute. */
  rate: number
  /** Hears why it waits. */
  onWait: (words: string) => void
}
export type Report = { facts: ObservedFact[]; epoch: number }
export type Send = (report: Report) => Promise<Result<Observed>>

/**
 * Reports facts to `POST /v1/observe`, one report after the other, at most `rate` a minute. Waits as long
 * as the Worker asks where it has too many requests, and longer each time where it fails.
 */
export function createSend({ access, rate, onWait }: Options): Send {
  let next = 0
  return async function send({ facts, epoch }) {
    const body = { consent: 'edge', epoch, facts }
    for (let attempt = 1; ; attempt++) {
      await sleep(Math.max(0, next - Date.now()))
      next = Date.now() + 60_000 / rate
      const answer = await callWorker(access, { method: 'POST', path: '/v1/observe', body })
      if (answer.ok) {
        const read = Observed.safeParse(answer.value.body)
        return read.success ? ok(read.data) : fail('internal', { detail: 'no such answer' })
      }
      if (attempt === ATTEMPTS || !mayPass(answer.problem)) return answer
      const { code, retryAfter = 2 ** (attempt - 1) } = answer.problem
      const seconds = Math.min(LONGEST, Math.max(1, retryAfter))
      onWait(`${code}: waiting ${seconds} s`)
      await sleep(seconds * 1000)
    }
  }
}

const mayPass = ({ code }: Problem): boolean =>
  code === 'rate_limited' ||
  code === 'storage_unavailable' ||
  code === 'edge_unreachable' ||
  code === 'internal'
