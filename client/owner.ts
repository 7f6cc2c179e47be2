import { fail, ok, type Result } from '../shared/problem.ts'
import { hasChanged, type Api } from './api.ts'
import type { Ambient } from './clock.ts'
import { takeBack } from './earnings.ts'
import { createFacts } from './facts.ts'
import { learnedOf } from './learn/device-model.ts'
import { createLearningSettings } from './learning-settings.ts'
import { createMerge } from './merge.ts'
import { createOutcomes } from './outcomes.ts'
import { calls } from './owner-calls.ts'
import { createPrime } from './prime.ts'
import type { OpenSession } from './session.ts'
import type { Tabs } from './tabs.ts'
import type { Cleared } from './types.ts'
import type { Edgewise } from './edgewise.ts'
import type { UserStore } from './user-store.ts'
import type { Visitor } from './visitor.ts'

export type Owner = ReturnType<typeof createOwner>

export type OwnerOptions = {
  api: Api
  session: OpenSession
  users: UserStore
  ambient: Ambient
  tabs: Tabs
  /** Drops what the page derived from the user: verdicts, encoded facts. */
  forget: () => void
  visitor: Visitor | undefined
  /** The device is being cleared. */
  forgetVisitor: () => void
}

/** What the user may do with what is known of them. Loaded when it is first asked for. */
export function createOwner(options: OwnerOptions) {
  const { api, session, users, ambient, tabs, forget, visitor, forgetVisitor } = options
  const { facts, upload, halt, adopt } = createFacts(options)
  const settings = createLearningSettings({ api, users, adopt })
  const merging = createMerge({ api, session, users, adopt, upload, visitor })

  const consent: Edgewise['consent'] = async (state) => {
    const { life } = users
    await users.answer(state)
    await visitor?.keep()
    if (state !== 'edge') await withdraw()
    // Without a session the answer waits in memory for its subject, the key that it is kept under.
    if (state !== 'edge' && users.subject !== undefined) return ok(undefined)
    const opened = await session.ready()
    if (state !== 'edge') return ok(undefined)
    if (!opened.ok) return opened
    await settings.bring()
    return users.life === life ? upload() : hasChanged
  }

  /** What was on its way to the edge stays here. */
  async function withdraw(): Promise<void> {
    const { learned, earned } = users.value
    if (!learned?.outbox.length && !earned) return
    await users.change(({ earned: _earned, ...old }) =>
      old.learned ? { ...old, learned: { ...learnedOf(old), outbox: [] } } : old,
    )
  }

  async function clearSession(): Promise<void> {
    const id = ambient.newId()
    await users.change((old) => ({
      ...old,
      receipts: [],
      ...(old.session ? { session: { ...old.session, id, notes: [], turns: {} } } : {}),
    }))
    forget()
    tabs.send({ type: 'cleared', scope: 'session' })
  }

  async function clearDevice(): Promise<Result<void>> {
    const cleared = await users.clear()
    forgetVisitor()
    session.forget()
    forget()
    tabs.send({ type: 'cleared', scope: 'device' })
    return cleared
      ? ok(undefined)
      : fail('storage_unavailable', { detail: 'this device would not clear its storage' })
  }

  const clear: Edgewise['clear'] = async (scope) => {
    if (scope === 'session') {
      await clearSession()
      return ok({})
    }
    // What arrived after it would be kept.
    if (scope === 'everything') await halt()
    const forgotten = scope === 'everything' ? await api(calls.forget) : undefined
    const cleared = await clearDevice()
    if (forgotten && !forgotten.ok) return forgotten
    if (!cleared.ok) return cleared
    const { erasure } = forgotten?.value ?? {}
    return ok<Cleared>(erasure ? { erasure } : {})
  }

  return {
    facts,
    prime: createPrime({ users, now: ambient.now, facts }),
    consent,
    clear,
    learning: settings.learning,
    merge: merging.merge,
    outcome: createOutcomes(options),
    takeBack: (receipt: string) => takeBack(users, receipt),
    async audit(): ReturnType<Edgewise['audit']> {
      const opened = await session.ready()
      const reply = opened.ok ? await api(calls.audit) : opened
      return reply.ok ? ok(reply.value.entries) : reply
    },
    /** Facts that an earlier move to the edge could not bring there. */
    async catchUp(): Promise<void> {
      if (users.consent() === 'edge' && users.value.facts.length > 0) await upload()
    },
    async export(): ReturnType<Edgewise['export']> {
      const opened = await session.ready()
      const reply = opened.ok ? await api(calls.exportSelfModel) : opened
      const { receipts, ...device } = users.value
      const all = { exported: ambient.now(), device, receipts }
      return reply.ok ? { ...all, edge: reply.value } : { ...all, problem: reply.problem }
    },
    /**
     * What another user of this device must not find. `all`: every tab, also where this one knew nobody yet;
     * `forgetToken` ends the use of theirs, before anything of them can be asked for again.
     */
    async leave(all: boolean, forgetToken: () => void): Promise<void> {
      merging.carry()
      const { subject } = users
      await users.change(({ session: _session, ...old }) => ({ ...old, receipts: [] }))
      forgetToken()
      session.forget()
      forget()
      if (subject !== undefined) tabs.send({ type: 'logout', subject })
      else if (all) tabs.send({ type: 'logout' })
    },
  }
}
