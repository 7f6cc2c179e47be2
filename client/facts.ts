import { limits } from '../shared/limits.ts'
import { fail, ok, type Result } from '../shared/problem.ts'
import type { Fact } from '../shared/schema/fact.ts'
import type { Persona } from '../shared/schema/persona.ts'
import { facetsOf } from '../shared/self-model.ts'
import { utf8Bytes } from '../shared/tokens.ts'
import { hasChanged, type Api } from './api.ts'
import { within, type Ambient } from './clock.ts'
import { createDeviceFacts, onDevice } from './device-facts.ts'
import { createFollower } from './follow-edge.ts'
import { fromPersona } from './learn/corrections.ts'
import { deviceId, keyOf, learnedOf } from './learn/device-model.ts'
import { createMove } from './move-facts.ts'
import { calls } from './owner-calls.ts'
import type { OpenSession } from './session.ts'
import type { KnownChange, KnownFact } from './types.ts'
import type { Edgewise } from './edgewise.ts'
import type { UserStore } from './user-store.ts'

export type FactsOptions = { api: Api; session: OpenSession; users: UserStore; ambient: Ambient }

/** How long an addition waits for the session, ms. */
const PATIENCE = 1000

const atEdge = (fact: Fact): KnownFact => ({ ...fact, where: 'edge' })

/** What the user sees and changes. Device facts need no network; those at the edge answer with the new persona. */
export function createFacts({ api, session, users, ambient }: FactsOptions) {
  const { now } = ambient
  const device = createDeviceFacts({ users, now })
  const { adopt, follow } = createFollower({ api, session, users, now })

  async function changed(
    reply: Result<{ fact: Fact; persona: Persona }>,
  ): Promise<Result<KnownFact>> {
    if (!reply.ok) return reply
    await adopt(reply.value.persona, [reply.value.fact.id])
    return ok(atEdge(reply.value.fact))
  }

  const { bring, upload, halt } = createMove({ api, users, now, changed })

  const facts: Edgewise['facts'] = {
    async list() {
      const opened = await session.ready()
      const reply = opened.ok ? await api(calls.selfModel) : opened
      const shown = reply.ok
        ? await follow(reply.value)
        : // What was handed out at session open is better than nothing: it is what answers are given.
          (users.value.session?.persona.facts ?? []).map(fromPersona)
      const replaced = new Map(learnedOf(users.value).replaced.map(({ id, by }) => [id, by]))
      const edge = shown.map((fact): KnownFact => {
        const by = replaced.get(fact.id)
        return atEdge(by === undefined ? fact : { ...fact, status: 'superseded', by })
      })
      const all = [...users.value.facts.map(onDevice), ...edge]
      const derived = reply.ok && all.length === shown.length ? reply.value.facets : undefined
      const facets = derived ?? facetsOf(all, now())
      return { facts: all, facets, ...(reply.ok ? {} : { problem: reply.problem }) }
    },
    async add(fact) {
      const text = readText(fact.text)
      if (!text.ok) return text
      const body = { ...fact, text: text.value }
      const { life } = users
      // Whose facts these are, and what was agreed to; a session that hangs is not waited for.
      await within(session.ready(), PATIENCE)
      if (users.life !== life) return hasChanged
      if (users.consent() !== 'edge') return device.add(body)
      return changed(await api(calls.addFact, { body }))
    },
    async edit(id, change) {
      const text = change.text === undefined ? undefined : readText(change.text)
      if (text && !text.ok) return text
      const body = text ? { ...change, text: text.value } : change
      const own = users.value.facts.find((fact) => fact.id === id)
      if (!own) return changed(await api(calls.changeFact, { id, body }))
      return users.consent() === 'edge' ? bring(own, body) : device.edit(id, body)
    },
    async remove(id) {
      if (device.has(id)) return device.remove(id)
      const fact = users.value.session?.persona.facts.find((one) => one.id === id)
      const reply = await api(calls.deleteFact, { id })
      if (!reply.ok) return reply
      if (fact) {
        const own = deviceId(users.subject)(fact.category, fact.text)
        await session.change((held) => ({ ...held, gone: { ...held.gone, [own]: now() } }))
      }
      await adopt(reply.value.persona, [id])
      return ok(undefined)
    },
    pin: (id, pinned = true) => facts.edit(id, { pinned }),
    approve: (id) => facts.edit(id, { status: 'active' }),
    decline: (id) => facts.remove(id),
    async history() {
      const opened = await session.ready()
      const reply = opened.ok ? await api(calls.history) : opened
      const own = learnedOf(users.value).history.map((change): KnownChange => ({
        ...change,
        id: `d${change.id}`,
        where: 'device',
      }))
      if (!reply.ok) return { changes: own, problem: reply.problem }
      const edge = reply.value.changes.map((change): KnownChange => ({
        ...change,
        id: `e${change.id}`,
        where: 'edge',
      }))
      const told = new Set(edge.flatMap(learnedWords))
      // What is on its way to the edge is told once: by the edge, as soon as that knows of it.
      const left = own.filter((change) => !learnedWords(change).some((words) => told.has(words)))
      return { changes: [...left, ...edge].toSorted((a, b) => b.at - a.at) }
    },
    async undo(id) {
      const number = id.slice(1)
      if (id.startsWith('d')) return device.undo(Number(number))
      const reply = await api(calls.undo, { id: number })
      if (!reply.ok) return reply
      await adopt(reply.value.persona)
      return ok(undefined)
    },
  }
  return { facts, upload, halt, adopt }
}

const learnedWords = ({ action, cause, after }: KnownChange): string[] =>
  after && action === 'added' && cause === 'learned' ? [keyOf(after)] : []

function readText(given: string): Result<string> {
  const text = given.trim()
  const bytes = utf8Bytes(text)
  return bytes > 0 && bytes <= limits.factBytes
    ? ok(text)
    : fail('fact_rejected', { field: 'text', expected: `1 to ${limits.factBytes} bytes` })
}
