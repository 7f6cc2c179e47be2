import { setTimeout as sleep } from 'node:timers/promises'
import { createLocalJWKSet, jwtVerify } from 'jose'
import * as z from 'zod/mini'
import { fail, ok, type Result } from '../../shared/problem.ts'
import { Fact } from '../../shared/schema/fact.ts'
import { Erasure } from '../../shared/schema/learning.ts'
import { SelfModelView } from '../../shared/schema/session.ts'
import { callWorker, type Access } from '../access.ts'
import { watchBlocks, type Seen } from './watch.ts'

export type Timing = { watch: number; every: number }
/** `learned`: ms until the self-model held the fact; `proof`: whether the erasure's signature verifies. */
export type Measured = {
  learned: number
  attached: Seen
  edited: Seen
  forgotten: Seen
  proof: boolean
}

const Changed = z.object({ fact: Fact })
const Forgotten = z.object({ erasure: Erasure })

/**
 * Teaches a made-up user one fact, changes it, erases the user, and watches after each step what requests
 * carry. `word`: stands in no other text. Errors: those of the Worker; `internal` where it learns nothing.
 */
export async function measure(
  access: Access,
  { word, watch, every }: Timing & { word: string },
): Promise<Result<Measured>> {
  const [old, changed] = [`${word}old`, `${word}new`]
  const facts = [{ category: 'tool', text: `The user's editor is ${old}.`, source: 'typed' }]
  const body = { consent: 'edge', facts }
  const observed = await callWorker(access, { method: 'POST', path: '/v1/observe', body })
  if (!observed.ok) return observed
  const taught = Date.now()
  const id = await waitForFact(access, { word: old, watch, every })
  if (!id.ok) return id
  const learned = Date.now() - taught
  const timing = { watch, every }
  const attached = await watchBlocks(access, {
    ...timing,
    facts: [id.value],
    after: old,
    since: taught,
  })

  const edit = { text: `The user's editor is ${changed}.` }
  const path = `/v1/self-model/facts/${id.value}`
  const edited = await callWorker(access, { method: 'PATCH', path, body: edit })
  if (!edited.ok) return edited
  const ids = [...new Set([id.value, Changed.parse(edited.value.body).fact.id])]
  const afterEdit = await watchBlocks(access, {
    ...timing,
    facts: ids,
    before: old,
    after: changed,
    since: Date.now(),
  })

  const forgot = await callWorker(access, { method: 'DELETE', path: '/v1/self-model' })
  if (!forgot.ok) return forgot
  const since = Date.now()
  const { erasure } = Forgotten.parse(forgot.value.body)
  const forgotten = await watchBlocks(access, { ...timing, facts: ids, before: word, since })
  const proof = await verifies(access, erasure)
  return ok({ learned, attached, edited: afterEdit, forgotten, proof })
}

async function waitForFact(
  access: Access,
  { word, watch, every }: Timing & { word: string },
): Promise<Result<string>> {
  const started = Date.now()
  while (Date.now() - started < watch) {
    const answer = await callWorker(access, { method: 'GET', path: '/v1/self-model' })
    if (!answer.ok) return answer
    const { facts } = SelfModelView.parse(answer.value.body)
    const found = facts.find(({ text }) => text.includes(word))
    if (found) return ok(found.id)
    await sleep(every)
  }
  return fail('internal', { detail: 'What was reported was not learned in time. Longer: --watch.' })
}

const KeySet = z.object({ keys: z.array(z.looseObject({ kty: z.string() })) })

/** As anybody can: with the Worker's public keys. */
async function verifies(access: Access, { signed }: Erasure): Promise<boolean> {
  const keys = await callWorker(access, { method: 'GET', path: '/v1/keys' })
  if (!keys.ok) return false
  try {
    await jwtVerify(signed, createLocalJWKSet(KeySet.parse(keys.value.body)))
    return true
  } catch {
    return false
  }
}
