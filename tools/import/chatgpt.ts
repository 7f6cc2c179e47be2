import * as z from 'zod/mini'
import { dated, timeOf, type Entry, type Item } from './entry.ts'

const Message = z.looseObject({
  author: z.looseObject({ role: z.string() }),
  create_time: z.optional(z.nullable(z.number())),
  content: z.optional(
    z.nullable(
      z.looseObject({ content_type: z.string(), parts: z.optional(z.array(z.unknown())) }),
    ),
  ),
  metadata: z.optional(
    z.nullable(
      z.looseObject({
        is_visually_hidden_from_conversation: z.optional(z.nullable(z.boolean())),
        user_context_message_data: z.optional(
          z.nullable(z.looseObject({ about_user_message: z.optional(z.nullable(z.string())) })),
        ),
      }),
    ),
  ),
})
type Message = z.infer<typeof Message>

const Node = z.looseObject({
  parent: z.optional(z.nullable(z.string())),
  children: z.optional(z.nullable(z.array(z.string()))),
  message: z.optional(z.unknown()),
})

export const ChatGptConversation = z.looseObject({
  mapping: z.record(z.string(), Node),
  current_node: z.optional(z.nullable(z.string())),
})
type Conversation = z.infer<typeof ChatGptConversation>

/** What the user wrote on the branch that they saw last; of edited and repeated messages the last. */
export function readChatGpt(conversation: Conversation): Entry {
  const items = currentBranch(conversation).flatMap((node): Item[] => {
    const read = Message.safeParse(node.message)
    if (!read.success || read.data.author.role !== 'user') return []
    const text = textOf(read.data)
    return text === '' ? [] : [dated({ text }, timeOf(read.data.create_time))]
  })
  return { format: 'ChatGPT', items }
}

function currentBranch({ mapping, current_node: current }: Conversation) {
  const branch: z.infer<typeof Node>[] = []
  const seen = new Set<string>()
  let id: string | null | undefined = current && mapping[current] ? current : lastLeaf(mapping)
  while (id && !seen.has(id)) {
    const node: z.infer<typeof Node> | undefined = mapping[id]
    if (!node) break
    seen.add(id)
    branch.push(node)
    id = node.parent
  }
  return branch.toReversed()
}

/** Where an export does not say which branch it is: that of the newest message. */
function lastLeaf(mapping: Conversation['mapping']): string | undefined {
  const leaves = Object.entries(mapping).filter(([, { children }]) => !children?.length)
  const timeOfLeaf = (node: z.infer<typeof Node>) => {
    const read = Message.safeParse(node.message)
    return (read.success && read.data.create_time) || 0
  }
  return leaves.toSorted(([, a], [, b]) => timeOfLeaf(b) - timeOfLeaf(a))[0]?.[0]
}

/** Hidden messages are the product's own, except for what the user told it about themself in its settings. */
function textOf({ content, metadata }: Message): string {
  const about = metadata?.user_context_message_data?.about_user_message
  if (about) return about
  if (!content || metadata?.is_visually_hidden_from_conversation) return ''
  if (content.content_type !== 'text' && content.content_type !== 'multimodal_text') return ''
  return (content.parts ?? []).flatMap(wordsOf).join('\n').trim()
}

/** What was spoken stands in a part of its own, beside the recording. */
const Spoken = z.looseObject({ content_type: z.literal('audio_transcription'), text: z.string() })

function wordsOf(part: unknown): string[] {
  if (typeof part === 'string') return [part]
  const spoken = Spoken.safeParse(part)
  return spoken.success ? [spoken.data.text] : []
}
