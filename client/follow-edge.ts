import type { Fact } from '../shared/schema/fact.ts'
import type { Persona } from '../shared/schema/persona.ts'
import type { SelfModelView } from '../shared/schema/session.ts'
import type { Api } from './api.ts'
import { deviceId, learnedOf } from './learn/device-model.ts'
import { followEdge } from './learn/learn.ts'
import { calls } from './owner-calls.ts'
import type { OpenSession } from './session.ts'
import type { UserStore } from './user-store.ts'

/** Edits remembered for the time that KV may lag. */
const EDITS = 16

type Options = { api: Api; session: OpenSession; users: UserStore; now: () => number }

/** Takes over what the edge says of the self-model itself, which is newer than anything KV says. */
export function createFollower({ api, session, users, now }: Options) {
  /** `edited`: ids whose words must travel until KV has followed; what differs, where left out. */
  async function adopt(persona: Persona, edited?: readonly string[]): Promise<void> {
    const at = now()
    await session.change((held) => {
      const ids = edited ?? changedIds(held.persona, persona)
      const edits = [...held.edits, ...ids.map((id) => ({ id, at }))].slice(-EDITS)
      return { ...held, persona, edits }
    })
  }

  /** What was deleted here while it was on its way to the edge must not stay there. */
  async function withoutRemoved(facts: readonly Fact[], life: number): Promise<Fact[]> {
    const idOf = deviceId(users.subject)
    const { removed } = learnedOf(users.value)
    const kept: Fact[] = []
    for (const fact of facts) {
      const own = idOf(fact.category, fact.text)
      const isRemoved = removed.some(({ id, at }) => id === own && at >= fact.lastSeen)
      const mayStay = fact.owned || users.consent() !== 'edge' || users.life !== life
      if (!isRemoved || mayStay) kept.push(fact)
      else {
        const reply = await api(calls.deleteFact, { id: fact.id })
        if (reply.ok) await adopt(reply.value.persona, [fact.id])
      }
    }
    return kept
  }

  /** The facts of the edge as they are to be shown. */
  async function follow({ epoch, facts, persona, learn }: SelfModelView): Promise<Fact[]> {
    const { life } = users
    const seen = facts.map(({ id, category, text, lastSeen }) => ({
      id,
      category,
      text,
      seen: lastSeen,
    }))
    const shown = { epoch, facts: seen, at: now() }
    const held = session.live()?.persona
    const isNewer =
      held !== undefined &&
      (epoch > held.epoch || (epoch === held.epoch && persona.version > held.version))
    if (isNewer) await adopt(persona)
    // Receipts hold words of what was forgotten on another device.
    if (held && epoch > held.epoch) await users.change((old) => ({ ...old, receipts: [] }))
    if (followEdge(users.value, shown) !== users.value) {
      await users.change((old) => followEdge(old, shown))
    }
    const isOther = learn !== undefined && learn !== learnedOf(users.value).learn
    if (isOther && users.consent() === 'edge') {
      await users.change((old) => ({ ...old, learned: { ...learnedOf(old), learn } }))
    }
    return withoutRemoved(facts, life)
  }

  return { adopt, follow }
}

const changedIds = (before: Persona, { facts }: Persona): string[] => {
  const known = new Map(before.facts.map((fact) => [fact.id, fact.text]))
  return facts.filter(({ id, text }) => known.get(id) !== text).map(({ id }) => id)
}
