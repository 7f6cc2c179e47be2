import { ok } from '../shared/problem.ts'
import type { Persona } from '../shared/schema/persona.ts'
import type { Api } from './api.ts'
import { unwanted } from './known.ts'
import { learnedOf } from './learn/device-model.ts'
import { calls } from './owner-calls.ts'
import type { Learned } from './store/record.ts'
import type { LearningSettings } from './types.ts'
import type { Edgewise } from './edgewise.ts'
import type { UserStore } from './user-store.ts'

type Options = { api: Api; users: UserStore; adopt: (persona: Persona) => Promise<void> }

/** The user's word on learning: it holds here at once, and at the edge where anything is kept there. */
export function createLearningSettings({ api, users, adopt }: Options) {
  const current = (): LearningSettings => ({
    learn: learnedOf(users.value).learn,
    blocked: unwanted(users.value),
  })

  const set = (change: Partial<Learned>) =>
    users.change((old) => ({ ...old, learned: { ...learnedOf(old), ...change } }))

  /** Other limits of the user, which this client does not show, stay as they are. */
  async function send({ learn, blocked }: Partial<Pick<Learned, 'learn' | 'blocked'>>) {
    const { limits } = users.value.session?.persona ?? {}
    const body = {
      ...(learn === undefined ? {} : { learn }),
      ...(blocked === undefined ? {} : { limits: { ...limits, blocked } }),
    }
    const reply = await api(calls.settings, { body })
    if (!reply.ok) return reply
    await adopt(reply.value.persona)
    // From here on the persona carries them, also to other devices.
    if (blocked) await set({ blocked: [] })
    return ok(current())
  }

  const learning: Edgewise['learning'] = async (change) => {
    const wanted =
      typeof change === 'string' ? { learn: change === 'on' } : { blocked: [...change.blocked] }
    await set(wanted)
    const isAtEdge = users.consent() === 'edge' || users.value.session?.persona.limits !== undefined
    return isAtEdge ? send(wanted) : ok(current())
  }

  return {
    learning,
    /** What was decided before the user agreed to the edge holds there too. */
    async bring(): Promise<void> {
      const { learn, blocked } = learnedOf(users.value)
      const wanted = {
        ...(learn ? {} : { learn }),
        ...(blocked.length > 0 ? { blocked: unwanted(users.value) } : {}),
      }
      if (Object.keys(wanted).length > 0) await send(wanted)
    },
  }
}
