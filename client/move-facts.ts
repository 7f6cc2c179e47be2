import { ok, type Problem, type Result } from '../shared/problem.ts'
import type { Fact, FactChange, NewFact } from '../shared/schema/fact.ts'
import type { Persona } from '../shared/schema/persona.ts'
import { hasChanged, type Api } from './api.ts'
import { withEarned } from './earnings.ts'
import { withoutCopies } from './learn/device-model.ts'
import { calls } from './owner-calls.ts'
import type { KnownFact } from './types.ts'
import type { UserStore } from './user-store.ts'

type Options = {
  api: Api
  users: UserStore
  now: () => number
  /** Takes over what the edge answers to an addition. */
  changed: (reply: Result<{ fact: Fact; persona: Persona }>) => Promise<Result<KnownFact>>
}

/** Moves facts that only this device knows to the edge, where their owner has agreed to that. */
export function createMove({ api, users, now, changed }: Options) {
  /** Puts a fact of this device into the self-model, which then holds it; what its owner changed is their word. */
  async function bring(fact: Fact, change: FactChange = {}): Promise<Result<KnownFact>> {
    const { category = fact.category, text = fact.text } = change
    const { pinned = fact.pinned, vital = fact.vital, expires = fact.expires } = change
    const isOther = category !== fact.category || text !== fact.text
    const body: NewFact = {
      category,
      text,
      pinned,
      vital,
      source: isOther || change.status ? 'typed' : fact.source,
      ...(expires ? { expires } : {}),
    }
    const reply = await changed(await api(calls.addFact, { body }))
    if (!reply.ok) return reply
    const words = isOther ? [{ id: fact.id, at: now() }] : []
    const { id } = reply.value
    await users.change((old) => {
      const earned = isOther ? undefined : old.facts.find((one) => one.id === fact.id)?.earned
      const left = withoutCopies(old, new Set([fact.id]), words)
      return withEarned(left, earned ? { [id]: earned } : {}, true)
    })
    return reply
  }

  let uploading: Promise<unknown> = Promise.resolve()
  let isHalted = false

  /**
   * Puts the facts of this device into the self-model; what is refused stays here, and so does what is on its
   * way. One upload after the other. Errors: those of the facts, `token_invalid` where the user has changed.
   */
  function upload(): Promise<Result<void>> {
    const { life } = users
    const mine = uploading.then(() => uploadAll(life))
    // One that failed does not hold up the next.
    uploading = mine.catch(() => undefined)
    return mine
  }

  /** Ends what is being uploaded; nothing is under way any more when it answers. */
  async function halt(): Promise<void> {
    isHalted = true
    await uploading
    isHalted = false
  }

  /** `life`: that of the user who asked for it. */
  async function uploadAll(life: number): Promise<Result<void>> {
    if (users.life !== life) return hasChanged
    let problem: Problem | undefined
    const { facts: known, learned } = users.value
    const travelling = new Set(learned?.outbox.flatMap(({ copies }) => copies))
    for (const fact of known) {
      if (users.life !== life) return hasChanged
      // Said no meanwhile, or is having all forgotten.
      if (users.consent() !== 'edge' || isHalted) break
      if (travelling.has(fact.id) || fact.status === 'superseded') continue
      const reply = await bring(fact)
      if (!reply.ok) problem ??= reply.problem
      if (!reply.ok && reply.problem.code !== 'fact_rejected') break
    }
    return problem ? { ok: false, problem } : ok(undefined)
  }

  return { bring, upload, halt }
}
