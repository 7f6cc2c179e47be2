import { setTimeout as sleep } from 'node:timers/promises'
import { encodeContext } from '../../shared/encode-context.ts'
import { headers } from '../../shared/headers.ts'
import { ok, type Result } from '../../shared/problem.ts'
import { ContextReply } from '../../shared/schema/session.ts'
import { callWorker, type Access } from '../access.ts'

/** What a request would carry, as a device sees it that has heard of no change. */
async function readBlock(access: Access, facts: string[]): Promise<Result<string>> {
  const context = encodeContext({
    v: 1,
    session: 'edgewise-probe',
    device: { store: 'edge', gate: 'ready' },
    decision: {
      tier: 'lite',
      mode: 'balanced',
      slices: { style: false, session: false, profile: true },
      facts,
      stakes: 'none',
      language: 'en',
      inherited: 0,
      ms: 0,
      reason: 'probe',
    },
  })
  const answer = await callWorker(access, {
    method: 'POST',
    path: '/v1/context',
    body: { query: 'Which editor should I open this file with?' },
    headers: { [headers.context]: context },
  })
  if (!answer.ok) return answer
  return ok(ContextReply.parse(answer.value.body).block)
}

/** Milliseconds since the change; left out where it was never seen. `failed`: reads without an answer. */
export type Seen = { firstNew?: number; lastOld?: number; reads: number; failed: number }
type Watched = {
  /** Ids that are asked for. */
  facts: string[]
  /** Words of the state before the change, and of the one after it. */
  before?: string
  after?: string
  /** When the change was answered, ms. */
  since: number
  /** Milliseconds for which it is watched, and between two reads. */
  watch: number
  every: number
}

/**
 * Reads again and again what a request carries. It ends when the new state was seen, where there is no old
 * one; otherwise it watches to the end, since a copy that lags may bring the old one back.
 */
export async function watchBlocks(access: Access, watched: Watched): Promise<Seen> {
  const { facts, before, after, since, watch, every } = watched
  const seen: Seen = { reads: 0, failed: 0 }
  while (Date.now() - since < watch) {
    const started = Date.now()
    const block = await readBlock(access, facts)
    const at = Date.now() - since
    seen.reads++
    if (!block.ok) seen.failed++
    else {
      if (before !== undefined && block.value.includes(before)) seen.lastOld = at
      if (after !== undefined && block.value.includes(after)) seen.firstNew ??= at
    }
    if (before === undefined && seen.firstNew !== undefined) break
    await sleep(Math.max(0, started + every - Date.now()))
  }
  return seen
}
