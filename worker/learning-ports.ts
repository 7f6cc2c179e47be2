import type { Category, Fact, FactChange, NewFact } from '../shared/schema/fact.ts'
import type { Persona } from '../shared/schema/persona.ts'
import type {
  AuditEntry,
  Change as HistoryChange,
  Erasure,
  Lesson,
  LessonOutcome,
  OwnerSettings,
  SettingsChange,
} from '../shared/schema/learning.ts'
import type { Excerpt } from '../shared/schema/excerpt.ts'
import type { EarnedCounts } from '../shared/self-model.ts'
import type { SelfModelView } from '../shared/schema/session.ts'
import type { Result } from '../shared/problem.ts'
import type { StorageKeys } from './ports.ts'

/** What was changed, and the persona that follows from it. */
export type FactEdit = { fact: Fact; persona: Persona }
export type Change = { id: string; change: FactChange }

/** Whose self-model, where its snapshot goes, and how long the org lets it be kept. */
export type Subject = Pick<StorageKeys, 'orgKey' | 'userKey' | 'persona'> & {
  retentionDays?: number
}
export type Place = Omit<Subject, 'userKey'>

/** The truth about a user. Each call rejects where storage fails. */
export type SelfModels = {
  view(subject: Subject): Promise<SelfModelView>
  addFact(subject: Subject, fact: NewFact): Promise<Result<FactEdit>>
  changeFact(subject: Subject, change: Change): Promise<Result<FactEdit>>
  removeFact(subject: Subject, id: string): Promise<Result<{ persona: Persona }>>
  /** Takes a change of the history back, by its number. */
  undo(subject: Subject, change: number): Promise<Result<{ persona: Persona }>>
  /** Adds what facts have brought; answers how many of them are known. */
  earned(subject: Subject, counts: EarnedCounts): Promise<number>
  history(subject: Subject): Promise<HistoryChange[]>
  settings(
    subject: Subject,
    change: SettingsChange,
  ): Promise<{ settings: OwnerSettings; persona: Persona }>
  /** Each message is learned once, however often it comes. */
  learn(subject: Subject, lessons: Lesson[]): Promise<Learned>
  /** Which messages may still be read for learning, and the categories that their owner keeps out. */
  unread(subject: Subject, asked: Unread): Promise<{ ids: string[]; blocked: Category[] }>
  forget(subject: Subject): Promise<{ persona: Persona; at: number }>
}
/** One outcome a lesson; how many facts the self-model holds after them, and their size in bytes. */
export type Learned = { outcomes: LessonOutcome[]; facts: number; bytes: number }
/** `made` and `epoch` as in a lesson. */
export type Unread = Pick<Lesson, 'made' | 'epoch'> & { ids: string[] }

/** The way to the self-model that nobody waits for. */
export type LearningQueue = {
  send(subject: Subject, lesson: Lesson): Promise<void>
  /** Words that a language model is to read: never a dead letter, dropped after an hour. */
  sendExcerpt(subject: Subject, excerpt: Excerpt): Promise<void>
  /** Entries of the audit log that its database did not take. */
  sendAudited(entries: readonly Audited[]): Promise<void>
  /** What is to be dropped of an erased user, and was not while the database was away. */
  sendDropped(dropped: Dropped): Promise<void>
  /** Sends again what `DeadLetters` kept, as it was. */
  resend(body: string): Promise<void>
  /** Puts aside what can never be learned. */
  bury(body: unknown, why: string): Promise<void>
  /** What was sealed. Rejects where the body is none of ours or its key is no longer held. */
  open(body: unknown): Promise<Letter>
}
export type Letter =
  | { subject: Subject; lesson: Lesson }
  | { subject: Subject; excerpt: Excerpt }
  | { audited: Audited[] }
  | { dropped: Dropped }

/** Whose data is to go, as far as it is no newer than `at`, ms. */
export type Dropped = Pick<StorageKeys, 'orgKey' | 'userKey'> & { at: number }

/** One delivery of the queue. */
export type Delivery = {
  body: unknown
  /** How often it was delivered, this time included. */
  attempts: number
  ack(): void
  retry(options?: { delaySeconds: number }): void
}

/** What could not be learned, sealed as it was in the queue. `userKey` and `orgKey` are empty where it is not known. */
export type DeadLetter = {
  id: string
  at: number
  why: string
  userKey: string
  orgKey: string
  body: string
}
export type DeadLetters = {
  /**
   * `made`: when what a letter holds was made, ms. Those of a user who was erased since are left out, for as
   * long as that is remembered (`limits.erasedTime`).
   */
  keep(letters: readonly (Omit<DeadLetter, 'orgKey'> & { made: number })[]): Promise<void>
  /** Oldest first. `orgKey`: of one org alone; what nobody could read is of none. */
  list(limit: number, orgKey?: string): Promise<DeadLetter[]>
  load(id: string): Promise<DeadLetter | undefined>
  drop(id: string): Promise<void>
  /** Drops those of one user, or all that are older than a time. */
  dropOf(userKey: string): Promise<void>
  dropUntil(time: number): Promise<void>
}

/** Who read or changed what. No text ever. */
export type Audited = AuditEntry & { userKey: string }
export type AuditLog = {
  append: (entries: readonly Audited[]) => Promise<void>
  /** The same for entries that may stand there already: each is written once. */
  appendAgain: (entries: readonly Audited[]) => Promise<void>
  /** Newest first, at most 200. */
  list: (userKey: string) => Promise<AuditEntry[]>
  dropUntil: (time: number) => Promise<void>
}

/** Signs what proves an erasure; `keys` verify it. */
export type Erasures = {
  sign(erasure: Omit<Erasure, 'signed'>): Promise<Erasure>
  keys(): Promise<Record<string, unknown>[]>
}
