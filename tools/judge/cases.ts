import * as z from 'zod/mini'
import { schemaProblem } from '../../shared/schema-problem.ts'
import { Category } from '../../shared/schema/fact.ts'
import { fail, ok, type Result } from '../../shared/problem.ts'

const Text = z.string().check(z.minLength(1), z.maxLength(8000))
const Facts = z
  .array(z.object({ category: z.optional(Category), text: Text }))
  .check(z.minLength(1), z.maxLength(64))
const common = { id: z.string().check(z.minLength(1)), facts: Facts }

/** Does the answer get better with more of the profile? Scored by strings, or by a judge with a rubric. */
export const QualityCase = z
  .object({
    ...common,
    kind: z.literal('quality'),
    query: Text,
    expect: z.optional(z.array(Text)),
    avoid: z.optional(z.array(Text)),
    rubric: z.optional(Text),
  })
  .check(
    z.refine(({ expect, avoid, rubric }) => Boolean(expect ?? avoid ?? rubric), {
      error: 'expect, avoid or rubric',
      path: ['rubric'],
    }),
  )
/** Does a profile change what is claimed? `answer`: the right choice, where there is one. */
const FlipCase = z.object({
  ...common,
  kind: z.literal('flip'),
  question: Text,
  choices: z.array(Text).check(z.minLength(2), z.maxLength(8)),
  answer: z.optional(z.string().check(z.regex(/^[A-H]$/))),
})
/** Facts that have nothing to do with the question: does the answer mention them? */
const QuoteCase = z.object({ ...common, kind: z.literal('quote'), query: Text })

export const Case = z.discriminatedUnion('kind', [QualityCase, FlipCase, QuoteCase])
export type Case = z.infer<typeof Case>
export type CaseOf<K extends Case['kind']> = Extract<Case, { kind: K }>

/** One line of the input. Errors: `bad_json`, `bad_request` with the field. */
export function readCase(line: string): Result<Case> {
  let json: unknown
  try {
    json = JSON.parse(line)
  } catch {
    return fail('bad_json', { field: 'line', expected: 'JSON' })
  }
  const read = Case.safeParse(json)
  return read.success ? ok(read.data) : schemaProblem(read.error.issues)
}
