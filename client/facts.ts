import { limits } from '../shared/limits.ts'
import { fail, ok, type Problem, type Result } from '../shared/problem.ts'
import type { BriefFact, Fact, FactChange, NewFact } from '../shared/schema/fact.ts'
import type { Persona } from '../shared/schema/persona.ts'
import { utf8Bytes } from '../shared/tokens.ts'
import { isVital } from '../shared/vital.ts'
import type { Api } from './api.ts'
import { within, type Ambient } from './clock.ts'
import { calls } from './owner-calls.ts'
import type { OpenSession } from './session.ts'
import type { Edgewise, KnownFact } from './types.ts'
import type { UserStore } from './user-store.ts'

export type FactsOptions = { api: Api; session: OpenSession; users: UserStore; ambient: Ambient }

/** How long an addition waits for the session, ms. */
const PATIENCE = 1000
/** Ids of facts that only this device knows; ids of the edge never look so. */
const DEVICE = 'd_'
/** Edits remembered for the time that KV may lag. */
const EDITS = 16

const onDevice = (fact: Fact): KnownFact => ({ ...fact, where: 'device' })
const atEdge = (fact: Fact): KnownFact => ({ ...fact, where: 'edge' })

/** What the user sees and changes. Device facts need no network; those at the edge answer with the new persona. */
export function createFacts({ api, session, users, ambient }: FactsOptions) {
  const { now, newId } = ambient

  /** The persona in the answer is newer than anything KV says. */
  async function adopt(persona: Persona, edited: readonly string[]): Promise<void> {
    const at = now()
    await session.change((held) => ({
      ...held,
      persona,
      edits: [...held.edits, ...edited.map((id) => ({ id, at }))].slice(-EDITS),
    }))
  }

  async function changed(
    reply: Result<{ fact: Fact; persona: Persona }>,
  ): Promise<Result<KnownFact>> {
    if (!reply.ok) return reply
    await adopt(reply.value.persona, [reply.value.fact.id])
    return ok(atEdge(reply.value.fact))
  }

  async function addOnDevice(fact: NewFact): Promise<Result<KnownFact>> {
    if (users.value.facts.length >= limits.facts) {
      return fail('fact_rejected', { expected: `at most ${limits.facts} facts on this device` })
    }
    const at = now()
    const added: Fact = {
      id: DEVICE + newId(),
      category: fact.category,
      text: fact.text,
      confidence: 0.9,
      source: fact.source ?? 'typed',
      firstSeen: at,
      lastSeen: at,
      ...(fact.expires === undefined ? {} : { expires: fact.expires }),
      pinned: fact.pinned ?? false,
      vital: fact.vital ?? isVital(fact.category, fact.text),
      status: fact.source === 'pasted' || fact.source === 'prefilled' ? 'pending' : 'active',
    }
    await users.change((old) => ({ ...old, facts: [...old.facts, added] }))
    return ok(onDevice(added))
  }

  async function editOnDevice(
    id: string,
    { expires, ...change }: FactChange,
  ): Promise<Result<KnownFact>> {
    const edit = ({ expires: before, ...fact }: Fact): Fact => {
      const until = expires === undefined ? before : (expires ?? undefined)
      return {
        ...fact,
        category: change.category ?? fact.category,
        text: change.text ?? fact.text,
        pinned: change.pinned ?? fact.pinned,
        vital: change.vital ?? fact.vital,
        lastSeen: change.text === undefined ? fact.lastSeen : now(),
        ...(until === undefined ? {} : { expires: until }),
      }
    }
    await users.change((old) => ({
      ...old,
      facts: old.facts.map((f) => (f.id === id ? edit(f) : f)),
    }))
    const fact = users.value.facts.find((known) => known.id === id)
    return fact ? ok(onDevice(fact)) : fail('fact_not_found', { field: 'id' })
  }

  /** Puts the facts of this device into the self-model; what is refused stays here. */
  async function upload(): Promise<Result<void>> {
    let problem: Problem | undefined
    for (const { id, category, text, source, pinned, vital, expires } of users.value.facts) {
      const body = { category, text, source, pinned, vital, ...(expires ? { expires } : {}) }
      const reply = await changed(await api(calls.addFact, { body }))
      if (!reply.ok) problem ??= reply.problem
      else await users.change((old) => ({ ...old, facts: old.facts.filter((f) => f.id !== id) }))
      if (!reply.ok && reply.problem.code !== 'fact_rejected') break
    }
    return problem ? { ok: false, problem } : ok(undefined)
  }

  const isDevice = (id: string) => users.value.facts.some((fact) => fact.id === id)

  const facts: Edgewise['facts'] = {
    async list() {
      const opened = await session.ready()
      const reply = opened.ok ? await api(calls.selfModel) : opened
      const device = users.value.facts.map(onDevice)
      if (reply.ok) return { facts: [...device, ...reply.value.facts.map(atEdge)] }
      // What was handed out at session open is better than nothing: it is what answers are given.
      const known = users.value.session?.persona.facts ?? []
      return { facts: [...device, ...known.map(fromPersona)], problem: reply.problem }
    },
    async add(fact) {
      const text = readText(fact.text)
      if (!text.ok) return text
      const body = { ...fact, text: text.value }
      // Whose facts these are, and what was agreed to; a session that hangs is not waited for.
      await within(session.ready(), PATIENCE)
      if (users.consent() !== 'edge') return addOnDevice(body)
      return changed(await api(calls.addFact, { body }))
    },
    async edit(id, change) {
      const text = change.text === undefined ? undefined : readText(change.text)
      if (text && !text.ok) return text
      const body = text ? { ...change, text: text.value } : change
      if (isDevice(id)) return editOnDevice(id, body)
      return changed(await api(calls.changeFact, { id, body }))
    },
    async remove(id) {
      if (isDevice(id)) {
        await users.change((old) => ({ ...old, facts: old.facts.filter((fact) => fact.id !== id) }))
        return ok(undefined)
      }
      const reply = await api(calls.deleteFact, { id })
      if (!reply.ok) return reply
      await adopt(reply.value.persona, [id])
      return ok(undefined)
    },
    pin: (id, pinned = true) => facts.edit(id, { pinned }),
  }
  return { facts, upload, adopt }
}

function readText(given: string): Result<string> {
  const text = given.trim()
  const bytes = utf8Bytes(text)
  return bytes > 0 && bytes <= limits.factBytes
    ? ok(text)
    : fail('fact_rejected', { field: 'text', expected: `1 to ${limits.factBytes} bytes` })
}

const fromPersona = ({ id, category, text, vital = false, seen = 0 }: BriefFact): KnownFact => ({
  id,
  category,
  text,
  vital,
  confidence: 1,
  source: 'typed',
  firstSeen: seen,
  lastSeen: seen,
  pinned: false,
  status: 'active',
  where: 'edge',
})
