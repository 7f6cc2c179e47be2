import * as z from 'zod/mini'
import { Category } from '../../shared/schema/fact.ts'

/** Rows of the data sets, as far as they are used here. */
const Label = z.number()
const Turn = z.object({ role: z.string(), content: z.string() })

export const TwiceLabelled = z.object({
  id: z.string(),
  query: z.string(),
  profile: z.array(Label),
  style: z.array(Label),
  stakes: z.array(z.string()),
})

export const Labelled = z.object({
  id: z.string(),
  query: z.string(),
  profile: Label,
  style: Label,
  stakes: z.string(),
})
export type Labelled = z.infer<typeof Labelled>

export const User = z.object({
  user: z.string(),
  facts: z.array(
    z.object({
      id: z.string(),
      category: z.optional(Category),
      text: z.string(),
    }),
  ),
  queries: z.array(
    z.object({
      q: z.string(),
      use: z.record(z.string(), Label),
      trap: z.optional(z.array(z.string())),
    }),
  ),
})
export type User = z.infer<typeof User>

export const SessionItem = z.object({
  id: z.string(),
  history: z.optional(z.array(Turn)),
  notes: z.optional(z.array(z.string())),
  query: z.string(),
  session: Label,
})
export type SessionItem = z.infer<typeof SessionItem>

export const Memories = z.object({ query: z.string(), memories: z.array(z.string()) })
export const Preference = z.object({ id: z.string(), preference: z.string(), question: z.string() })
export const Question = z.object({ question: z.string() })
export const Stakes = z.object({ id: z.string(), text: z.string(), stakes: z.string() })
export const Message = z.object({
  id: z.string(),
  text: z.string(),
  facts: z.array(
    z.object({ category: z.string(), span: z.string(), fact: z.optional(z.string()) }),
  ),
})
export type Message = z.infer<typeof Message>

/** A conversation of LoCoMo: sessions of turns between two people, beside their names and dates. */
export const Conversations = z.record(z.string(), z.record(z.string(), z.unknown()))
export const SpokenTurn = z.looseObject({
  speaker: z.string(),
  dia_id: z.string(),
  text: z.string(),
})
export type SpokenTurn = z.infer<typeof SpokenTurn>
export const SpokenFact = z.object({
  conv: z.string(),
  speaker: z.string(),
  fact: z.string(),
  evidence: z.union([z.string(), z.array(z.string())]),
})
export type SpokenFact = z.infer<typeof SpokenFact>
