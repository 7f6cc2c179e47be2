import { ok } from '../shared/problem.ts'
import type { Category } from '../shared/schema/fact.ts'
import type { Persona } from '../shared/schema/persona.ts'
import type { UserLimits } from '../shared/schema/user-limits.ts'
import type { Api } from './api.ts'
import { unwanted } from './known.ts'
import { learnedOf } from './learn/device-model.ts'
import { calls } from './owner-calls.ts'
import type { Learned } from './store/record.ts'
import type { LearningSettings } from './types.ts'
import type { Edgewise } from './edgewise.ts'
import type { UserStore } from './user-store.ts'

type Changed = { learn?: boolean; blocked?: (newest: readonly Category[]) => Category[] }

/** The same change of another list. */
const changedBy =
  (before: readonly Category[], after: readonly Category[]) =>
  (newest: readonly Category[]): Category[] => [
    ...new Set([...newest.filter((one) => !before.includes(one)), ...after]),
  ]

type Options = { api: Api; users: UserStore; adopt: (persona: Persona) => Promise<void> }

/** The user's word on learning: it holds here at once, and at the edge where anything is kept there. */
export function createLearningSettings({ api, users, adopt }: Options) {
  const current = (): LearningSettings => ({
    learn: learnedOf(users.value).learn,
    blocked: unwanted(users.value),
  })

  const set = (change: Partial<Learned>) =>
    users.change((old) => ({ ...old, learned: { ...learnedOf(old), ...change } }))

  /** Other limits of the user stay as they are, and so does what another device has changed since. */
  async function send({ learn, blocked }: Changed) {
    const limits = blocked && (await newestLimits())
    const body = {
      ...(learn === undefined ? {} : { learn }),
      ...(blocked ? { limits: { ...limits, blocked: blocked(limits?.blocked ?? []) } } : {}),
    }
    const reply = await api(calls.settings, { body })
    if (!reply.ok) return reply
    await adopt(reply.value.persona)
    // From here on the persona carries them, also to other devices.
    if (blocked) await set({ blocked: [] })
    return ok(current())
  }

  async function newestLimits(): Promise<UserLimits | undefined> {
    const held = users.value.session?.persona
    const reply = await api(calls.selfModel)
    return (reply.ok ? reply.value.persona : held)?.limits
  }

  const isAtEdge = () =>
    users.consent() === 'edge' || users.value.session?.persona.limits !== undefined

  const learning: Edgewise['learning'] = async (change) => {
    if (typeof change === 'string') {
      const learn = change === 'on'
      await set({ learn })
      return isAtEdge() ? send({ learn }) : ok(current())
    }
    const before = unwanted(users.value)
    await set({ blocked: [...change.blocked] })
    return isAtEdge() ? send({ blocked: changedBy(before, change.blocked) }) : ok(current())
  }

  return {
    learning,
    /** What was decided before the user agreed to the edge holds there too. */
    async bring(): Promise<void> {
      const { learn, blocked } = learnedOf(users.value)
      const wanted = {
        ...(learn ? {} : { learn }),
        ...(blocked.length > 0 ? { blocked: changedBy([], blocked) } : {}),
      }
      if (Object.keys(wanted).length > 0) await send(wanted)
    },
  }
}
