import { fail, ok, type Result } from '../shared/problem.ts'
import type { Api } from './api.ts'
import type { Ambient } from './clock.ts'
import { createFacts } from './facts.ts'
import { calls } from './owner-calls.ts'
import type { OpenSession } from './session.ts'
import type { Tabs } from './tabs.ts'
import type { Edgewise } from './types.ts'
import type { UserStore } from './user-store.ts'

export type Owner = ReturnType<typeof createOwner>

export type OwnerOptions = {
  api: Api
  session: OpenSession
  users: UserStore
  ambient: Ambient
  tabs: Tabs
  /** Drops what the page derived from the user: verdicts, encoded facts. */
  forget: () => void
}

/** What the user may do with what is known of them. Loaded when it is first asked for. */
export function createOwner(options: OwnerOptions) {
  const { api, session, users, ambient, tabs, forget } = options
  const { facts, upload } = createFacts(options)

  const consent: Edgewise['consent'] = async (state) => {
    await users.answer(state)
    // Without a session the answer waits in memory for its subject, the key that it is kept under.
    if (state !== 'edge' && users.subject !== undefined) return ok(undefined)
    const opened = await session.ready()
    if (state !== 'edge') return ok(undefined)
    return opened.ok ? upload() : opened
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
    session.forget()
    forget()
    tabs.send({ type: 'cleared', scope: 'device' })
    return cleared
      ? ok(undefined)
      : fail('storage_unavailable', { detail: 'this device would not clear its storage' })
  }

  const clear: Edgewise['clear'] = async (scope) => {
    if (scope === 'session') return ok(await clearSession())
    const forgotten = scope === 'everything' ? await api(calls.forget) : ok(undefined)
    const cleared = await clearDevice()
    return forgotten.ok ? cleared : forgotten
  }

  return {
    facts,
    consent,
    clear,
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
    /** What another user of this device must not find. */
    async leave(): Promise<void> {
      await users.change(({ session: _session, ...old }) => ({ ...old, receipts: [] }))
      session.forget()
      forget()
      tabs.send({ type: 'logout' })
    },
  }
}
