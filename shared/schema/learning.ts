import * as z from 'zod/mini'
import { limits } from '../limits.ts'
import { Category, Fact, FactId, FactText, Source, Time } from './fact.ts'
import { UserLimits } from './user-limits.ts'

const ObservationId = z.string().check(z.regex(/^[\w.:-]{1,128}$/))

/**
 * A fact that was found in the user's words on the device. `at`: when they were said, ms. `message`: the
 * id of the message that says it, by whoever reports: it is learned once, in whatever reports it comes.
 */
export const ObservedFact = z.object({
  category: Category,
  text: FactText,
  source: z.optional(Source),
  at: z.optional(Time),
  expires: z.optional(Time),
  supersedes: z.optional(FactText),
  message: z.optional(ObservationId),
})
export type ObservedFact = z.infer<typeof ObservedFact>

/**
 * What an app or its page reports: facts that the device has found, or a conversation in which the edge
 * looks for them. `consent: 'edge'`: the user agreed to learning at the edge; without it nothing is
 * learned. `id`: the same observation sent again has the same id. `epoch`: of the persona that the device
 * holds; what was made under an older one is void.
 */
export const Observation = z
  .object({
    id: z.optional(ObservationId),
    consent: z.optional(z.enum(['memory', 'device', 'edge'])),
    epoch: z.optional(z.number().check(z.int(), z.gte(0))),
    at: z.optional(Time),
    facts: z.optional(z.array(ObservedFact).check(z.maxLength(limits.observedFacts))),
    conversation: z.optional(z.array(z.looseObject({ role: z.string() })).check(z.maxLength(1000))),
  })
  .check(
    z.refine(({ facts, conversation }) => (facts === undefined) !== (conversation === undefined), {
      error: 'either facts or a conversation',
      path: ['facts'],
    }),
  )
export type Observation = z.infer<typeof Observation>

/** Why a reported fact was left out: a closed list. */
export const Refusal = z.enum([
  'no_consent',
  'global_privacy_control',
  'blocked_by_org',
  'order',
  'link',
  'name_or_age',
  'contact_data',
  'unreadable',
])
export type Refusal = z.infer<typeof Refusal>

/** `accepted`: facts on their way into the self-model; `refused`: how many were left out, by reason. */
export const Observed = z.object({
  id: z.string(),
  accepted: z.number(),
  refused: z.partialRecord(Refusal, z.number()),
})
export type Observed = z.infer<typeof Observed>

/** One message's facts, on their way through the queue. `id`: of the message's content. */
export const LearnedMessage = z.object({
  id: z.string().check(z.maxLength(64)),
  facts: z.array(
    z.object({
      category: Category,
      text: FactText,
      source: Source,
      at: Time,
      expires: z.optional(Time),
      supersedes: z.optional(FactText),
    }),
  ),
})
export type LearnedMessage = z.infer<typeof LearnedMessage>

/**
 * What the queue carries, sealed; its facts are `learnable`, as whoever makes it has checked: `made` is when it was put there, `epoch` the erasures that whoever made
 * it knew of, where that is known; `blocked` and `retentionDays` are the org's rules at that time.
 */
export const Lesson = z.object({
  v: z.literal(1),
  made: Time,
  epoch: z.optional(z.number()),
  cause: z.enum(['learned', 'merged', 'imported']),
  messages: z.array(LearnedMessage),
  blocked: z.array(Category),
  retentionDays: z.optional(z.number()),
})
export type Lesson = z.infer<typeof Lesson>

/** What became of a lesson: `void` after an erasure, `late` after 14 days, `off` where its owner said so. */
export const LessonOutcome = z.enum(['learned', 'known', 'void', 'late', 'off'])
export type LessonOutcome = z.infer<typeof LessonOutcome>

/** Who made a change: its owner by hand, what was learned, a device's model at login, an import, a rule of time. */
export const Cause = z.enum(['owner', 'learned', 'merged', 'imported', 'time'])
export type Cause = z.infer<typeof Cause>

/**
 * One change of a self-model, as its history tells it. `before` and `after` are the fact; the words of a
 * removed one are kept for a day. `why`: the reason for which a full self-model let a fact go; `by`: the
 * newer fact that superseded it.
 */
export const Change = z.object({
  id: z.number(),
  at: Time,
  cause: Cause,
  action: z.enum([
    'added',
    'changed',
    'approved',
    'declined',
    'removed',
    'restored',
    'superseded',
    'evicted',
    'expired',
  ]),
  fact: FactId,
  category: Category,
  before: z.optional(Fact),
  after: z.optional(Fact),
  why: z.optional(z.enum(['expired', 'superseded', 'unconfirmed', 'least_value'])),
  by: z.optional(FactId),
})
export type Change = z.infer<typeof Change>

export const History = z.object({ changes: z.array(Change) })

/** What its owner has decided: whether anything is learned, and what they want less of. */
export const OwnerSettings = z.object({ learn: z.boolean(), limits: z.optional(UserLimits) })
export type OwnerSettings = z.infer<typeof OwnerSettings>
/** A field left out stays as it is; `limits` is replaced as a whole. */
export const SettingsChange = z.object({
  learn: z.optional(z.boolean()),
  limits: z.optional(UserLimits),
})
export type SettingsChange = z.infer<typeof SettingsChange>

/** Who read or changed what; never what it says. */
export const AuditEntry = z.object({
  at: Time,
  /** `page`: a browser; `server`: an app's back end; `edge`: Edgewise itself. */
  actor: z.enum(['page', 'server', 'edge']),
  action: z.string(),
  target: z.string(),
})
export type AuditEntry = z.infer<typeof AuditEntry>
export const AuditLog = z.object({ entries: z.array(AuditEntry) })

/**
 * Proof that a self-model was erased: `signed` is a JWS (EdDSA) over subject, epoch and time, to be
 * verified with the keys of `GET /v1/keys`.
 */
export const Erasure = z.object({
  subject: z.string(),
  epoch: z.number(),
  at: Time,
  signed: z.string(),
})
export type Erasure = z.infer<typeof Erasure>

/** An anonymous visitor's device: `org` is the public id of the app's organisation. */
export const NewDevice = z.object({ org: z.string().check(z.minLength(1), z.maxLength(128)) })
export type NewDevice = z.infer<typeof NewDevice>
export const Device = z.object({ token: z.string(), expires: Time })
export type Device = z.infer<typeof Device>

/** At login: what the device learned becomes the user's, if they agree. */
export const MergeDevice = z.object({
  device: z.string().check(z.minLength(1), z.maxLength(4096)),
  consent: z.literal('edge'),
})
export type MergeDevice = z.infer<typeof MergeDevice>

/**
 * What could not be learned, as the org's admins see it: no text, and `subject` is a pseudonym, the same as
 * in the logs. `bytes`: of what is kept, sealed.
 */
export const DeadLetterView = z.object({
  id: z.string(),
  at: Time,
  why: z.string(),
  subject: z.string(),
  bytes: z.number(),
})
export type DeadLetterView = z.infer<typeof DeadLetterView>
/** Oldest first; `more`: there are more than these. */
export const DeadLetterList = z.object({ letters: z.array(DeadLetterView), more: z.boolean() })
export type DeadLetterList = z.infer<typeof DeadLetterList>

/** Which of them: those named, or all; `until`: only those that became dead letters by then, ms since 1970. */
export const ChosenLetters = z.union([
  z.object({ ids: z.array(z.string()).check(z.minLength(1), z.maxLength(limits.deadLetters)) }),
  z.object({ all: z.literal(true), until: z.optional(z.number()) }),
])
export type ChosenLetters = z.infer<typeof ChosenLetters>
/** How many were taken, and how many of the org are left, counted up to 100. */
export const LettersDone = z.object({ count: z.number(), left: z.number() })
export type LettersDone = z.infer<typeof LettersDone>
