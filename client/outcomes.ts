import { ok, type ProblemCode } from '../shared/problem.ts'
import type { Api } from './api.ts'
import type { Ambient } from './clock.ts'
import { calls } from './owner-calls.ts'
import type { OpenSession } from './session.ts'
import type { Edgewise } from './edgewise.ts'
import type { UserStore } from './user-store.ts'

type Options = { api: Api; session: OpenSession; users: UserStore; ambient: Ambient }

/** Milliseconds before a report that could not be sent goes out again, under the same id. */
const PAUSES = [1000, 4000] as const
const passing: readonly ProblemCode[] = ['edge_unreachable', 'storage_unavailable', 'internal']

/** Reports what came of an answer, for the org's experiments. Nothing leaves without the user's consent. */
export function createOutcomes({ api, session, users, ambient }: Options): Edgewise['outcome'] {
  return async function outcome(name, value = 1, about = {}) {
    if (users.consent() !== 'edge') return ok({ counted: false, refused: 'no_consent' })
    const opened = await session.ready()
    if (!opened.ok) return opened
    const { life } = users
    const receipt = about.receipt ?? users.value.receipts[0]?.receipt.id
    const body = {
      id: ambient.newId(),
      name,
      value,
      // When it happened is the edge's to say: by a device's clock that is behind, it was before the answer.
      consent: 'edge' as const,
      session: opened.value.id,
      ...(receipt === undefined ? {} : { receipt }),
    }
    let reply = await api(calls.outcome, { body })
    for (const pause of PAUSES) {
      if (reply.ok || !passing.includes(reply.problem.code)) break
      await new Promise((wake) => setTimeout(wake, pause))
      // Whose report it was is not here any more, or has said no.
      if (life !== users.life || users.consent() !== 'edge') break
      reply = await api(calls.outcome, { body })
    }
    if (!reply.ok) return reply
    const { counted, refused } = reply.value
    return ok({ counted, ...(refused ? { refused } : {}) })
  }
}
