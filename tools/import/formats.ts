import * as z from 'zod/mini'
import { textOf } from '../../shared/turn.ts'
import { ChatGptConversation, readChatGpt } from './chatgpt.ts'
import { ClaudeConversation, ClaudeMemories, readClaude, readClaudeMemories } from './claude.ts'
import { dated, timeOf, type Entry, type Item } from './entry.ts'
import { Mem0Memory, readMem0 } from './mem0.ts'

export const expectedFormats = [
  'ChatGPT: conversations.json, an array of conversations with "mapping"',
  'Claude: conversations.json, an array of conversations with "chat_messages"; or memories.json',
  'mem0: {"results": [{"id", "memory", "user_id", "categories", "created_at"}]} or an array of such',
  'messages as they are sent to a model: lines of {"messages": [{"role", "content"}]}',
]

const Mem0List = z.looseObject({ results: z.array(z.unknown()) })
const Messages = z.looseObject({
  messages: z.array(
    z.looseObject({
      role: z.string(),
      created_at: z.optional(z.nullable(z.union([z.string(), z.number()]))),
    }),
  ),
  created_at: z.optional(z.nullable(z.union([z.string(), z.number()]))),
})

/** Reads one object of an export; nothing where it is of no format that is known. */
export function readEntry(value: unknown): Entry[] {
  const list = Mem0List.safeParse(value)
  if (list.success) return list.data.results.flatMap((one) => readOne(one) ?? [])
  const entry = readOne(value)
  return entry ? [entry] : []
}

function readOne(value: unknown): Entry | undefined {
  const chatGpt = ChatGptConversation.safeParse(value)
  if (chatGpt.success) return readChatGpt(chatGpt.data)
  const claude = ClaudeConversation.safeParse(value)
  if (claude.success) return readClaude(claude.data)
  const memory = Mem0Memory.safeParse(value)
  if (memory.success) return readMem0(memory.data)
  const memories = ClaudeMemories.safeParse(value)
  if (memories.success) return readClaudeMemories(memories.data)
  const messages = Messages.safeParse(value)
  return messages.success ? readMessages(messages.data) : undefined
}

function readMessages({ messages, created_at: made }: z.infer<typeof Messages>): Entry {
  const items = messages.flatMap((message): Item[] => {
    const text = message.role === 'user' ? textOf(message['content']).trim() : ''
    return text === '' ? [] : [dated({ text }, timeOf(message.created_at ?? made))]
  })
  return { format: 'messages', items }
}
