import * as z from 'zod/mini'
import { readText } from './models.ts'

const Heads = z.array(z.nullable(z.number()))

/** What the training computed for the same texts (models/FORMAT.md, section 11). */
const Reference = z.object({
  texts: z.array(
    z.object({
      text: z.string(),
      history: z.optional(z.array(z.object({ role: z.string(), content: z.string() }))),
      notes: z.optional(z.array(z.string())),
      language: z.string(),
      ids: z.object({ full: z.optional(z.array(z.number())), lite: z.array(z.number()) }),
      lite: z.looseObject({ heads: Heads }),
      full: z.optional(
        z.looseObject({
          float: Heads,
          int8: Heads,
          session: z.optional(z.object({ float: z.number(), int8: z.number() })),
          vector: z.array(z.number()),
        }),
      ),
    }),
  ),
  pairs: z.array(
    z.object({
      query: z.string(),
      fact: z.string(),
      category: z.nullable(z.string()),
      lite: z.array(z.number()),
      full: z.optional(z.object({ float: z.array(z.number()), int8: z.array(z.number()) })),
    }),
  ),
})

export const reference = (): z.infer<typeof Reference> =>
  Reference.parse(JSON.parse(readText('reference.json')))

/** The columns that mean something on the request alone: all but `sessionHistory` and `discloses`. */
export const requestColumns = [0, 1, 2, 3, 4, 5, 6, 7, 9]

/** The largest gap between two lists in some columns; NaN where one lacks a number. */
export const largestGap = (
  columns: readonly number[],
  found: ArrayLike<number>,
  expected: readonly (number | null)[],
): number =>
  Math.max(...columns.map((column) => Math.abs((found[column] ?? NaN) - (expected[column] ?? NaN))))

/** A text as the name of a test. */
export const shown = (text: string) => JSON.stringify(text.slice(0, 40))
