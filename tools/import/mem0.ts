import * as z from 'zod/mini'
import { dated, timeOf, type Entry } from './entry.ts'
import { categoryOf } from './memory-category.ts'

export const Mem0Memory = z.looseObject({
  memory: z.string(),
  user_id: z.optional(z.nullable(z.string())),
  categories: z.optional(z.nullable(z.array(z.string()))),
  created_at: z.optional(z.nullable(z.string())),
  updated_at: z.optional(z.nullable(z.string())),
})

/** One memory: a statement about its user, which a language model wrote down. */
export function readMem0(memory: z.infer<typeof Mem0Memory>): Entry {
  const { user_id: owner, categories, created_at: made, updated_at: changed } = memory
  const text = asStatement(memory.memory.trim())
  const item = { text, memory: categoryOf(text, categories ?? []) }
  return {
    format: 'mem0',
    items: text === '' ? [] : [dated(item, timeOf(changed ?? made))],
    ...(owner ? { owner } : {}),
  }
}

/** "Likes hiking" and "User likes hiking" say the same: facts say it as "The user likes hiking". */
function asStatement(text: string): string {
  if (/^users? /i.test(text)) return text.replace(/^users? /i, 'The user ')
  const verb =
    /^(?:Is|Has|Was|Does|Can|Wants|Likes|Loves|Prefers|Works|Lives|Uses|Owns|Enjoys|Plans|Studies|Speaks|Knows|Needs|Eats|Hates|Dislikes|Avoids) /
  return verb.test(text) ? `The user ${text.charAt(0).toLowerCase()}${text.slice(1)}` : text
}
