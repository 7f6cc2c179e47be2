/** A message as it stands in a request: the words, and the block where one was attached. */
export type PromptMessage = { role: string; text: string; block?: string }

/** What is shown of a request. `exact`: it is the request as sent; else the page's own part of it. */
export type Prompt = { messages: PromptMessage[]; exact: boolean; raw: string }

type Part = { type?: string; text?: string }
type Body = { messages: { role: string; content: string | Part[] }[] }

const opening = '<user_context>'

/** The preview provider answers with a notice, an empty line, and the exact request. */
export function promptOfPreview(answer: string): Prompt | undefined {
  const start = answer.indexOf('\n\n{')
  if (!answer.startsWith('Preview:') || start < 0) return undefined
  const raw = answer.slice(start + 2)
  return { messages: messagesOf(JSON.parse(raw)), exact: true, raw }
}

/** With a real provider the page knows its own part only; the block is added at the edge. */
export const promptOfPage = (raw: string): Prompt => ({
  messages: messagesOf(JSON.parse(raw)),
  exact: false,
  raw,
})

const messagesOf = ({ messages }: Body): PromptMessage[] =>
  messages.map(({ role, content }) => {
    const parts = typeof content === 'string' ? [content] : content.map(({ text = '' }) => text)
    const block = parts.find((part) => part.startsWith(opening))
    const text = parts.filter((part) => part !== block).join('\n')
    return { role, text, ...(block ? { block } : {}) }
  })

/** The facts and notes of a block, without its frame. */
export const linesOfBlock = (block: string): string[] =>
  block
    .split('\n')
    .filter((line) => line.startsWith('- ') || line.startsWith('Preferred style: '))
    .map((line) => line.replace(/^- /, ''))
