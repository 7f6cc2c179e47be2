import * as z from 'zod/mini'
import { dated, timeOf, type Entry, type Item } from './entry.ts'
import { categoryOf } from './memory-category.ts'

const Message = z.looseObject({
  sender: z.string(),
  text: z.optional(z.nullable(z.string())),
  content: z.optional(z.nullable(z.array(z.unknown()))),
  created_at: z.optional(z.nullable(z.string())),
})
const TextPart = z.looseObject({ type: z.literal('text'), text: z.string() })

export const ClaudeConversation = z.looseObject({
  chat_messages: z.array(z.unknown()),
  account: z.optional(z.nullable(z.looseObject({ uuid: z.optional(z.string()) }))),
})

/** What the human wrote; attachments are not theirs to state and stay out. */
export function readClaude(conversation: z.infer<typeof ClaudeConversation>): Entry {
  const items = conversation.chat_messages.flatMap((message): Item[] => {
    const read = Message.safeParse(message)
    if (!read.success || read.data.sender !== 'human') return []
    const parts = (read.data.content ?? []).flatMap((part) => {
      const known = TextPart.safeParse(part)
      return known.success ? [known.data.text] : []
    })
    const text = (parts.length > 0 ? parts.join('\n') : (read.data.text ?? '')).trim()
    return text === '' ? [] : [dated({ text }, timeOf(read.data.created_at))]
  })
  const owner = conversation.account?.uuid
  return { format: 'Claude', items, ...(owner === undefined ? {} : { owner }) }
}

export const ClaudeMemories = z.looseObject({
  conversations_memory: z.string(),
  account_uuid: z.optional(z.string()),
})

/** Longest sentence that is taken for one statement, characters. */
const LONGEST = 240

/** What Claude has noted of its user, a sentence a statement. Notes on projects are not about the user. */
export function readClaudeMemories(memories: z.infer<typeof ClaudeMemories>): Entry {
  const sentences = memories.conversations_memory
    .split('\n')
    .filter((line) => !/^\s*(?:#|\*\*[^*]+\*\*\s*$)/.test(line))
    .flatMap((line) => line.replace(/^[\s*-]+/, '').split(/(?<=[.!?])\s+(?=\p{Lu})/u))
    .map((sentence) => sentence.trim())
    .filter((sentence) => sentence.length > 3 && sentence.length <= LONGEST)
  const items = withoutName(sentences).map((text) => ({ text, memory: categoryOf(text, []) }))
  const owner = memories.account_uuid
  return { format: 'Claude memories', items, ...(owner === undefined ? {} : { owner }) }
}

const ordinary =
  /^(?:The|This|They|Their|He|She|His|Her|It|Its|In|On|At|For|With|When|Recently|Currently|Previously|Also|A|An)$/

/** Names are never facts: whoever opens most of the sentences is the user. */
function withoutName(sentences: readonly string[]): string[] {
  const counts = new Map<string, number>()
  for (const sentence of sentences) {
    const word = /^\p{Lu}[\p{L}-]+/u.exec(sentence)?.[0]
    if (word && !ordinary.test(word)) counts.set(word, (counts.get(word) ?? 0) + 1)
  }
  const [name, count = 0] = [...counts].toSorted((a, b) => b[1] - a[1])[0] ?? ['']
  const verb = new RegExp(`^${name}(?:'s|’s)? (?:\\p{Lu}[\\p{L}-]+ )?(?=\\p{Ll})`, 'u')
  const isName = name !== '' && (count > 1 || sentences.some((sentence) => verb.test(sentence)))
  return sentences.map((sentence) => {
    const named = isName ? sentence.replace(verb, bySubject) : sentence
    return named.replace(/^(?:She|He|They) (?=\p{Ll})/u, 'The user ')
  })
}

const bySubject = (found: string) => (/['’]s /.test(found) ? "The user's " : 'The user ')
