/** Things that people state about themselves: each is found by the rules. */
const statements = [
  "I'm a vegetarian, so what could I cook on day",
  "I'm a nurse in a small clinic, how do I plan shift",
  'I just moved to Porto, where could I run on day',
  'We have two kids, what could we play in round',
  "I'm training for a half marathon, how far should I run on day",
]

type Node = { id: string; parent: string | null; children: string[]; message: unknown }
type Said = { role: string; text: string; at?: number; hidden?: boolean }

/** A conversation as ChatGPT exports it. `edited`: what the user wrote first in place of the first message. */
export function chatGptConversation(said: readonly Said[], edited?: string) {
  const nodes: Node[] = [{ id: 'root', parent: null, children: [], message: null }]
  for (const [i, { role, text, at = 1_700_000_000 + i, hidden }] of said.entries()) {
    const parent = nodes.at(-1)
    parent?.children.push(`n${i}`)
    const metadata = hidden ? { is_visually_hidden_from_conversation: true } : {}
    const content = { content_type: 'text', parts: [text] }
    const message = { author: { role }, create_time: at, content, metadata }
    nodes.push({ id: `n${i}`, parent: parent?.id ?? null, children: [], message })
  }
  const current = nodes.at(-1)?.id
  if (edited !== undefined) {
    nodes[0]?.children.unshift('old')
    const content = { content_type: 'text', parts: [edited] }
    const message = { author: { role: 'user' }, create_time: 1_600_000_000, content }
    nodes.push({ id: 'old', parent: 'root', children: [], message })
  }
  return {
    title: 'A conversation',
    current_node: current,
    mapping: Object.fromEntries(nodes.map((node) => [node.id, node])),
  }
}

/** Conversations of ten user messages each; one message in five states something. */
export function longExport(messages: number) {
  return Array.from({ length: messages / 10 }, (_, c) =>
    chatGptConversation(
      Array.from({ length: 20 }, (__, i) => {
        const n = c * 10 + i / 2
        const at = 1_700_000_000 + c * 100 + i
        if (i % 2 === 1) return { role: 'assistant', text: 'I live in Rome and eat fish.', at }
        const text =
          n % 5 === 0
            ? `${statements[(n / 5) % statements.length]} ${n}?`
            : `How do I sort list number ${n} in Python without a library?`
        return { role: 'user', text, at }
      }),
    ),
  )
}

/** A conversation as Claude exports it. */
export const claudeConversation = (said: readonly Said[]) => ({
  uuid: 'c1',
  name: 'A conversation',
  account: { uuid: 'account-1' },
  chat_messages: said.map(({ role, text }, i) => ({
    uuid: `m${i}`,
    sender: role,
    text: '',
    content: [{ type: 'text', text }],
    created_at: '2025-03-01T10:00:00Z',
    attachments: [{ file_name: 'cv.txt', extracted_content: 'I live in Oslo.' }],
  })),
})
