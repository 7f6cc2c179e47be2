import * as z from 'zod/mini'
import { Time } from '../../shared/schema/fact.ts'
import { Excerpt } from '../../shared/schema/excerpt.ts'
import { AuditEntry, Lesson } from '../../shared/schema/learning.ts'
import { withDeadline } from '../deadline.ts'
import type { LearningQueue, Subject } from '../learning-ports.ts'
import { fromBase64, toBase64 } from './base64.ts'
import type { Vault } from './vault.ts'

/**
 * What stands in the queue: pseudonyms in clear, the lesson sealed, at most about 100 kB. `kind`: an
 * excerpt, which is words of the user and must not outlive the queue.
 */
const Envelope = z.object({
  v: z.literal(1),
  kind: z.optional(z.literal('excerpt')),
  orgKey: z.string(),
  userKey: z.string(),
  persona: z.string(),
  sealed: z.string(),
})
type Envelope = z.infer<typeof Envelope>

/** Acts without texts: pseudonyms and ids, as they will stand in D1. */
const AuditedMessage = z.object({
  v: z.literal(1),
  kind: z.literal('audit'),
  entries: z.array(z.extend(AuditEntry, { userKey: z.string() })),
})
type AuditedMessage = z.infer<typeof AuditedMessage>

/** An erasure that the database has still to follow: pseudonyms and a time. */
const DroppedMessage = z.object({
  v: z.literal(1),
  kind: z.literal('drop'),
  orgKey: z.string(),
  userKey: z.string(),
  at: Time,
})
type DroppedMessage = z.infer<typeof DroppedMessage>

type Queues = { learning: Queue | undefined; dead: Queue | undefined; vault: Vault }

/** Milliseconds after which a queue counts as failed: whoever sends may do so again. */
const PATIENCE = 5000

const placeOf = ({ orgKey, userKey, kind }: Pick<Envelope, 'orgKey' | 'userKey' | 'kind'>) => ({
  orgKey,
  name: `${kind === 'excerpt' ? 'x1' : 'l1'}:${userKey}`,
})

/** The queue `learning`. Rejects where the platform fails, or has no queues at all. */
export function learningQueue({ learning, dead, vault }: Queues): LearningQueue {
  const send = async (queue: Queue | undefined, body: unknown) => {
    if (!queue) throw new Error('this deployment has no queue')
    const sent = await withDeadline(
      Promise.resolve(queue.send(body, { contentType: 'json' })),
      PATIENCE,
    )
    if (sent === 'late') throw new Error('the queue does not answer')
  }
  return {
    async send({ orgKey, userKey, persona }, lesson) {
      const sealed = toBase64(await vault.seal(placeOf({ orgKey, userKey }), lesson))
      await send(learning, { v: 1, orgKey, userKey, persona, sealed } satisfies Envelope)
    },
    async sendExcerpt({ orgKey, userKey, persona }, excerpt) {
      const named = { kind: 'excerpt', orgKey, userKey } as const
      const sealed = toBase64(await vault.seal(placeOf(named), excerpt))
      await send(learning, { v: 1, ...named, persona, sealed } satisfies Envelope)
    },
    sendAudited: (entries) =>
      send(learning, { v: 1, kind: 'audit', entries: [...entries] } satisfies AuditedMessage),
    sendDropped: ({ orgKey, userKey, at }) =>
      send(learning, { v: 1, kind: 'drop', orgKey, userKey, at } satisfies DroppedMessage),
    resend: (body) => send(learning, JSON.parse(body)),
    bury: (body, why) => send(dead, { why, body }),
    async open(body) {
      const audit = AuditedMessage.safeParse(body)
      if (audit.success) return { audited: audit.data.entries }
      const drop = DroppedMessage.safeParse(body)
      if (drop.success) {
        const { orgKey, userKey, at } = drop.data
        return { dropped: { orgKey, userKey, at } }
      }
      const envelope = Envelope.parse(body)
      const { orgKey, userKey, persona, sealed, kind } = envelope
      const opened = await vault.open(placeOf(envelope), fromBase64(sealed))
      const subject = ({ retentionDays }: Pick<Lesson, 'retentionDays'>): Subject => ({
        orgKey,
        userKey,
        persona,
        ...(retentionDays === undefined ? {} : { retentionDays }),
      })
      if (kind === 'excerpt') {
        const excerpt = Excerpt.parse(opened)
        return { subject: subject(excerpt), excerpt }
      }
      const lesson = Lesson.parse(opened)
      return { subject: subject(lesson), lesson }
    },
  }
}
