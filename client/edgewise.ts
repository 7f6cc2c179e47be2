import type { Problem, Result } from '../shared/problem.ts'
import type { Category, FactChange, NewFact } from '../shared/schema/fact.ts'
import type { AuditEntry } from '../shared/schema/learning.ts'
import type { OutcomeRefusal } from '../shared/schema/experiment.ts'
import type { Primer } from './primer.ts'
import type { Observable } from './state.ts'
import type {
  Fetch,
  Consent,
  Credentials,
  Ask,
  Verdict,
  KnownFact,
  KnownChange,
  Facets,
  LearningSettings,
  Cleared,
  ReceiptEntry,
  EdgewiseState,
  SourceOptions,
  Export,
  ClearScope,
  Source,
  AttachOptions,
} from './types.ts'

export type Edgewise = {
  /** Drop-in `fetch`: chat requests to the endpoint get token and context, all else passes untouched. */
  fetch: Fetch
  /** Decide for one turn; answers within 50 ms and never throws. */
  decide(ask: Ask): Promise<Verdict>
  /** Headers for the call to the app's own back end. `authorization` adds the app token. */
  headers(
    ask?: Ask | Verdict,
    options?: { authorization?: boolean },
  ): Promise<Record<string, string>>
  /** Decide while the user types. Answers how to stop. */
  attach(field: HTMLTextAreaElement | HTMLInputElement, options?: AttachOptions): () => void
  /** A source of session context, asked (at most 40 ms) when a message needs the session. Answers how to stop. */
  provide(name: string, source: Source, options?: SourceOptions): () => void
  /** Remember a line about this visit, for this session only. */
  note(text: string): void
  facts: {
    /**
     * All that is known, and in `facets` what follows from it for answers: what the edge has derived; where
     * this device knows more, by the same rules from all. `problem` says why the part at the edge is not complete.
     */
    list(): Promise<{ facts: KnownFact[]; facets: Facets; problem?: Problem }>
    add(fact: NewFact): Promise<Result<KnownFact>>
    edit(id: string, change: FactChange): Promise<Result<KnownFact>>
    remove(id: string): Promise<Result<void>>
    pin(id: string, pinned?: boolean): Promise<Result<KnownFact>>
    /** Confirms a fact that waits for a yes (pasted, prefilled, concluded). */
    approve(id: string): Promise<Result<KnownFact>>
    /** Deletes it; what was said so far does not bring it back. */
    decline(id: string): Promise<Result<void>>
    /** The last 64 changes each of device and edge, newest first; `problem` as with `list`. */
    history(): Promise<{ changes: KnownChange[]; problem?: Problem }>
    /** Takes one change of the history back. */
    undo(id: string): Promise<Result<void>>
  }
  /**
   * Tells what the app knows of a new user's account, as facts of source `app`; may be called on every page.
   * Answers what was added: nothing of a kind of fact in which the user has said, changed or deleted
   * anything, and nothing while paused, with learning off, or after everything at the edge was forgotten.
   */
  prime(primer: Primer): Promise<Result<readonly KnownFact[]>>
  /**
   * What is learned from the user's messages: all, nothing, or all but some categories, which are not used
   * either. On top of consent: before it nothing is learned.
   */
  learning(
    change: 'on' | 'off' | { blocked: readonly Category[] },
  ): Promise<Result<LearningSettings>>
  /** Who read or changed what is kept at the edge, newest first; no texts. */
  audit(): Promise<Result<readonly AuditEntry[]>>
  /**
   * After login, with the user's agreement: what this device learned before it becomes theirs. `merged`
   * counts facts of the edge.
   */
  merge(agreed: { consent: true }): Promise<Result<{ merged: number }>>
  /** The user's answer. A move to `edge` uploads the facts of this device; a move down keeps what the edge has. */
  consent(state: Consent): Promise<Result<void>>
  /**
   * Reports what came of an answer, for the org's experiments: a name, a number (1 where left out), never
   * a text. `receipt`: the answer that it is about; the last one, where left out. Sent again by itself
   * where the edge cannot be reached; counts once. Nothing is sent before the user agreed to `edge`.
   */
  outcome(
    name: string,
    value?: number,
    about?: { receipt?: string },
  ): Promise<Result<{ counted: boolean; refused?: OutcomeRefusal }>>
  /** The user takes an answer back: the facts that went along with it did harm. Counts once an answer. */
  takeBack(receipt: string): Promise<void>
  pause(): void
  resume(): void
  /** All that is held about the user, as one JSON value. */
  export(): Promise<Export>
  /** `session`: this visit; `device`: all that this device holds, in all tabs; `everything`: also the self-model. */
  clear(scope: ClearScope): Promise<Result<Cleared>>
  /** Forget the user of this page: the next request asks for a token again. */
  logout(): Promise<void>
  /** Go on with the token of another user. */
  switchUser(credentials: Credentials): Promise<void>
  /** Called when an answer's receipt is known, and again when its usage is. Answers how to stop. */
  onReceipt(listener: (entry: ReceiptEntry) => void): () => void
  /** The last 50, newest first. */
  receipts(): readonly ReceiptEntry[]
  state: Observable<EdgewiseState>
  /** Print decisions and receipts to the console, or stop. */
  debug(on: boolean): void
  readonly locale: string | undefined
  readonly endpoint: string
  /** Stop listening to other tabs and free the gate; for pages that make instances and throw them away. */
  stop(): void
}
