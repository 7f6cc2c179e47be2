import { isObject } from '../is-object.ts'
import { elementSpans, memberSpan, rootSpan } from '../json-spans.ts'
import { estimateTokens } from '../tokens.ts'
import { assemble, type Grammar } from './assemble.ts'
import { editRoot, textPart, wordsOfMessage } from './content.ts'
import type { Edit } from './edits.ts'
import { breakpoints } from './marking.ts'
import { messagePieces, type Piece } from './outline.ts'
import type { Dialect, Prompt } from './port.ts'
import { largestOf, readPrompt, saidOf } from './read.ts'

const marking = breakpoints('text')

const grammar: Grammar = {
  marking,
  words: wordsOfMessage,
  policy: insertPolicy,
  canMarkPolicy: () => true,
  usage: askUsage,
  outline(prompt) {
    const { raw, body } = prompt
    const tools = Array.isArray(body['tools']) && memberSpan(raw, rootSpan(raw), 'tools')
    const shared: Piece[] = tools
      ? [{ kind: 'shared', tokens: estimateTokens(raw.slice(tools.start, tools.end)), own: [] }]
      : []
    return [
      ...shared,
      ...messagePieces(prompt, { field: 'messages', shared: prompt.leading, marking }),
    ]
  },
}

/** OpenAI's chat completions. */
export const chat: Dialect = {
  name: 'chat',
  alwaysStates: false,
  read: (raw) =>
    readPrompt(raw, 'messages', (body) => {
      const options = body['stream_options']
      return {
        statesUsage: isObject(options) && options['include_usage'] === true,
        maxTokens: largestOf(body, ['max_completion_tokens', 'max_tokens']),
      }
    }),
  assemble: (prompt, addition) => assemble(prompt, grammar, addition),
  promptOf(body, most) {
    const messages = isObject(body) && Array.isArray(body['messages']) ? body['messages'] : []
    return messages
      .slice(0, most)
      .filter(isObject)
      .flatMap((message) => {
        const role = String(message['role'])
        const said = saidOf(role, message['content'])
        for (const key of ['tool_calls', 'tool_call_id']) {
          if (message[key] !== undefined) said.push({ role, text: JSON.stringify(message[key]) })
        }
        return said
      })
  },
  isTooLong: (error) => isObject(error) && error['code'] === 'context_length_exceeded',
}

function askUsage({ raw, body }: Prompt): Edit[] {
  const options = memberSpan(raw, rootSpan(raw), 'stream_options')
  const whole = '{"include_usage":true}'
  if (!options) return [editRoot({ raw, body }, `"stream_options":${whole}`)]
  const own = raw[options.start] === '{' ? memberSpan(raw, options, 'include_usage') : undefined
  if (own) return [{ ...own, text: 'true' }]
  const given = body['stream_options']
  if (!isObject(given) || Object.keys(given).length === 0) return [{ ...options, text: whole }]
  return [{ start: options.start + 1, text: '"include_usage":true,' }]
}

/** A message after the app's leading ones, in the role of the last of them. */
function insertPolicy(
  prompt: Prompt,
  { text, mark }: { text: string; mark?: string | undefined },
): Edit[] {
  const { raw } = prompt
  const list = memberSpan(raw, rootSpan(raw), 'messages')
  if (!list || raw[list.start] !== '[') return []
  const { messages, leading } = prompt
  const role = messages[leading - 1]?.role === 'developer' ? 'developer' : 'system'
  const content = mark ? `[${textPart('text', text, mark)}]` : JSON.stringify(text)
  const message = `{"role":"${role}","content":${content}}`
  const spans = elementSpans(raw, list)
  const next = spans[leading]
  if (next) return [{ start: next.start, text: `${message},` }]
  const last = spans.at(-1)
  return last
    ? [{ start: last.end, text: `,${message}` }]
    : [{ start: list.start + 1, text: message }]
}
