import * as z from 'zod/mini'
import { Lesson } from '../../shared/schema/learning.ts'
import type { LearningQueue } from '../ports.ts'
import { fromBase64, toBase64 } from './base64.ts'
import type { Vault } from './vault.ts'

/** What stands in the queue: pseudonyms in clear, the lesson sealed, at most about 90 kB. */
const Envelope = z.object({
  v: z.literal(1),
  orgKey: z.string(),
  userKey: z.string(),
  persona: z.string(),
  sealed: z.string(),
})
type Envelope = z.infer<typeof Envelope>

type Queues = { learning: Queue | undefined; dead: Queue | undefined; vault: Vault }

const placeOf = ({ orgKey, userKey }: Pick<Envelope, 'orgKey' | 'userKey'>) => ({
  orgKey,
  name: `l1:${userKey}`,
})

/** The queue `learning`. Rejects where the platform fails, or has no queues at all. */
export function learningQueue({ learning, dead, vault }: Queues): LearningQueue {
  const send = async (queue: Queue | undefined, body: unknown) => {
    if (!queue) throw new Error('this deployment has no queue')
    await queue.send(body, { contentType: 'json' })
  }
  return {
    async send({ orgKey, userKey, persona }, lesson) {
      const sealed = toBase64(await vault.seal(placeOf({ orgKey, userKey }), lesson))
      await send(learning, { v: 1, orgKey, userKey, persona, sealed } satisfies Envelope)
    },
    resend: (body) => send(learning, JSON.parse(body)),
    bury: (body, why) => send(dead, { why, body }),
    async open(body) {
      const { orgKey, userKey, persona, sealed } = Envelope.parse(body)
      const opened = await vault.open(placeOf({ orgKey, userKey }), fromBase64(sealed))
      const lesson = Lesson.parse(opened)
      const { retentionDays } = lesson
      const rule = retentionDays === undefined ? {} : { retentionDays }
      return { subject: { orgKey, userKey, persona, ...rule }, lesson }
    },
  }
}
