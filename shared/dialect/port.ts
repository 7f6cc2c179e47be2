import type { Turn } from '../gate/port.ts'
import type { Model } from '../models-table.ts'
import type { Result } from '../problem.ts'
import type { Message } from '../turn.ts'

/** A request in one of the providers' dialects, read once and never changed. */
export type Prompt = {
  raw: string
  /** The same, parsed. */
  body: Readonly<Record<string, unknown>>
  model: string | undefined
  stream: boolean
  /** The provider will state a stream's usage without being asked by us. */
  statesUsage: boolean
  /** Longest answer that the app asks for, tokens; 0 where it names none. */
  maxTokens: number
  /** Answers asked for at once (`n`); 1 where it names none. */
  answers: number
  /** In the order of the request; an empty one for what is none, the user's for an `input` that is one string. */
  messages: readonly Message[]
  /** How many of them are the app's own text, in front of all that is said. */
  leading: number
  /** The user's own words that are to be answered: the last user message that holds any. */
  query: string
  /** Where among the messages that one stands, those after it go on with the same turn; -1 where there is none. */
  at: number
  /** User and assistant text before the query, as far as the request holds it. */
  history: Turn[]
  /** Earlier turns lie at the provider: nothing is known of their words or length. */
  partial: boolean
  /** The provider keeps the request with its answer, where no clearing reaches. */
  stored: boolean
  /** Estimated tokens of everything sent; counted when first asked for. */
  tokens(): number
}

/** What is added to a request. */
export type Addition = {
  policy?: string
  /** The org text ends with what is for the user's cohort alone. */
  isStyled?: boolean
  block?: string
  /** False for providers whose message content must be a string. */
  parts: boolean
  /** Asks for a stream's usage, in the dialect that states none by itself. */
  usage?: boolean
  /** Marks the prompt for the provider's cache; `key`: its `prompt_cache_key`, where there is to be one. */
  cache?: { model: Model; key: string } | undefined
}

/** A prompt as the model reads it: (role, text), in order. */
export type Said = { role: string; text: string }

/** How a provider is spoken to. Each dialect has one of these and nothing else knows its fields. */
export type Dialect = {
  name: 'chat' | 'responses' | 'messages'
  /** A stream says its usage also where nobody asks. */
  alwaysStates: boolean
  /** Errors: `bad_json`; `bad_request` where the root is no object. All else is left to the provider. */
  read(raw: string): Result<Prompt>
  /**
   * The body with org text after the app's own system text, the block after the user's own words, and
   * cache markers where they pay. Every byte that the app sent stays, in its order; with nothing to add
   * the result is `prompt.raw`.
   */
  assemble(prompt: Prompt, addition: Addition): string
  /**
   * A request as the model reads it. A string equals one text part; cache markers are left out; parts,
   * calls and results that are not text stand as their JSON. `most`: so many messages, from the first on.
   */
  promptOf(body: unknown, most?: number): Said[]
  /** Whether an error's body says that the request is longer than the model's window. */
  isTooLong(error: unknown): boolean
}
