import * as z from 'zod/mini'
import { limits } from '../limits.ts'
import { Category } from './fact.ts'

/** The kinds of context in the order in which they count; an org may reorder them, all below compliance. */
export const PriorityName = z.enum(['session', 'role', 'org', 'preference', 'history', 'general'])
export type PriorityName = z.infer<typeof PriorityName>

/** The name of a service binding. */
export const BindingName = z
  .string()
  .check(z.regex(/^[A-Z][A-Z0-9_]{0,63}$/, 'a name of capitals, digits and _'))

/** One value of a source's answer: its name there, its type, and the word for it in the block. */
export const SourceField = z.object({
  name: z.string().check(z.regex(/^[A-Za-z_]\w{0,39}$/, 'a name of letters, digits and _')),
  type: z.enum(['text', 'number', 'boolean', 'date']),
  label: z.optional(z.string().check(z.minLength(1), z.maxLength(40))),
})
export type SourceField = z.infer<typeof SourceField>

/**
 * A context source of the org, asked by the edge: an address, or a Worker that is bound to this one (`binding`,
 * its name there), that answers one JSON object about a user, whom it knows by a pseudonym alone. It is asked where a request needs session or profile, within
 * `timeoutMs`, and remembered for `cacheSeconds`. `categories`: what its answers tell; where org or user
 * blocks one of them, it is not asked. `schema`: the fields that are used, the most important first.
 */
export const ContextSource = z
  .object({
    name: z
      .string()
      .check(z.regex(/^[a-z][a-z0-9-]{0,31}$/, 'a name of small letters, digits and -')),
    url: z.optional(z.string().check(z.maxLength(512))),
    binding: z.optional(BindingName),
    /** Sent as `Authorization: Bearer`, so that the source knows who asks. */
    token: z.optional(z.string().check(z.minLength(1), z.maxLength(512))),
    timeoutMs: z.number().check(z.int(), z.gte(1), z.lte(limits.sourceTimeout)),
    cacheSeconds: z.number().check(z.int(), z.gte(0), z.lte(3600)),
    categories: z.array(Category).check(z.maxLength(Category.options.length)),
    maxTokens: z.number().check(z.int(), z.gte(1), z.lte(limits.sourceTokens)),
    schema: z.array(SourceField).check(z.minLength(1), z.maxLength(8)),
    /** `org` where left out. */
    priority: z.optional(PriorityName),
  })
  .check(
    z.refine(({ url, binding }) => (url === undefined) !== (binding === undefined), {
      error: 'either url or binding',
      path: ['url'],
    }),
  )
export type ContextSource = z.infer<typeof ContextSource>
