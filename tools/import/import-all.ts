import * as z from 'zod/mini'
import { limits } from '../../shared/limits.ts'
import { fail, ok, type Result } from '../../shared/problem.ts'
import type { ObservedFact } from '../../shared/schema/learning.ts'
import { callWorker, type Access } from '../access.ts'
import type { Item } from './entry.ts'
import type { Find } from './find-facts.ts'
import type { Progress } from './progress.ts'
import type { Send } from './send.ts'
import type { State, StateFile } from './state.ts'

const Owner = z.object({ epoch: z.number(), learn: z.optional(z.boolean()) })

/**
 * Where an import may begin or go on. Errors: `forbidden` where its user has switched learning off, or has
 * erased everything since it began; those of the Worker.
 */
export async function beginImport(access: Access, before?: State): Promise<Result<State>> {
  const answer = await callWorker(access, { method: 'GET', path: '/v1/self-model' })
  if (!answer.ok) return answer
  const owner = Owner.safeParse(answer.value.body)
  if (!owner.success) return fail('internal', { detail: 'The answer is no self-model.' })
  const { epoch, learn } = owner.data
  if (learn === false) {
    return fail('forbidden', { detail: 'The user has switched learning off. Nothing was sent.' })
  }
  if (before && before.epoch !== epoch) {
    const detail = 'The user has erased everything since this import began; --restart begins anew.'
    return fail('forbidden', { detail })
  }
  return ok(before ?? { v: 1, next: 0, accepted: 0, refused: {}, epoch, done: false })
}

type Options = {
  begun: State
  find: Find
  send: Send
  file: StateFile
  progress: Progress
  /** Hears why a statement was not even sent. */
  onLeftOut: (why: string) => void
}

/** Sends what is left, and writes down after each report how far it came. */
export async function importItems(
  items: AsyncIterable<Item>,
  { begun, find, send, file, progress, onLeftOut }: Options,
): Promise<Result<State>> {
  let state = begun
  let batch: ObservedFact[] = []

  /** Sends the batch; all items before `next` are in it or in one before it. */
  async function flush(next: number): Promise<Result<void>> {
    if (batch.length > 0) {
      const sent = await send({ facts: batch, epoch: state.epoch })
      if (!sent.ok) return sent
      const { accepted, refused } = sent.value
      const sum = { ...state.refused }
      for (const [why, count = 0] of Object.entries(refused)) sum[why] = (sum[why] ?? 0) + count
      state = { ...state, accepted: state.accepted + accepted, refused: sum }
    }
    batch = []
    state = { ...state, next }
    file.write(state)
    return ok(undefined)
  }

  let index = 0
  for await (const item of items) {
    const at = index++
    if (at < begun.next) continue
    const { facts, leftOut } = await find(item)
    leftOut.forEach(onLeftOut)
    if (batch.length + facts.length > limits.observedFacts) {
      const flushed = await flush(at)
      if (!flushed.ok) return flushed
    }
    batch.push(...facts)
    progress.at(index, `${state.accepted} facts sent`)
  }
  const flushed = await flush(index)
  progress.end()
  if (!flushed.ok) return flushed
  state = { ...state, done: true }
  file.write(state)
  return ok(state)
}
