import { limits } from '../shared/limits.ts'
import { ok, type Result } from '../shared/problem.ts'
import type { Fact } from '../shared/schema/fact.ts'
import type { Persona } from '../shared/schema/persona.ts'
import type { Api } from './api.ts'
import { keyOf } from './learn/device-model.ts'
import { calls } from './owner-calls.ts'
import type { OpenSession } from './session.ts'
import type { Edgewise } from './edgewise.ts'
import type { UserStore } from './user-store.ts'
import type { Visitor } from './visitor.ts'

type Options = {
  api: Api
  session: OpenSession
  users: UserStore
  adopt: (persona: Persona) => Promise<void>
  upload: () => Promise<Result<void>>
  visitor: Visitor | undefined
}

/** Brings what a visitor's device has learned to the user who has logged in on it. */
export function createMerge({ api, session, users, adopt, upload, visitor }: Options) {
  let carried: readonly Fact[] = []

  /** Facts that only this device knows, of the visitor's own record. */
  async function take(): Promise<Fact[]> {
    const stored = (await visitor?.takeFacts()) ?? []
    const all = new Map([...stored, ...carried].map((fact) => [fact.id, fact]))
    carried = []
    return [...all.values()]
  }

  const merge: Edgewise['merge'] = async () => {
    const device = await visitor?.stored()
    const opened = await session.ready()
    if (!opened.ok) return opened
    if (device === undefined || visitor?.subject === users.subject) return ok({ merged: 0 })
    const reply = await api(calls.mergeDevice, { body: { device, consent: 'edge' } })
    if (!reply.ok) return reply
    await adopt(reply.value.persona)
    const facts = await take()
    await users.change((old) => {
      const known = new Set(old.facts.map(keyOf))
      const added = facts.filter((fact) => !known.has(keyOf(fact)))
      return { ...old, facts: [...old.facts, ...added].slice(0, limits.facts) }
    })
    await visitor?.forget()
    if (users.consent() === 'edge') await upload()
    return ok({ merged: reply.value.merged })
  }

  return {
    merge,
    /** Before the visitor leaves this page: where nothing may be stored, it is held for the login. */
    carry(): void {
      if (visitor?.subject !== undefined && users.subject === visitor.subject) {
        carried = users.value.facts
      }
    },
  }
}
