import { isObject } from '../../shared/is-object.ts'

/**
 * The words of an answer in any dialect, streamed or whole, as far as its body was kept; empty where it
 * has none (an error, a call of tools). Of several answers (`n`) the first.
 */
export function answerText(body: string): string {
  if (isJson(body)) return wholeText(parse(body))
  return body
    .split('\n')
    .filter((line) => line.startsWith('data:'))
    .map((line) => deltaText(parse(line.slice('data:'.length))))
    .join('')
}

const isJson = (body: string): boolean => body.trimStart().startsWith('{')

/** Whether a stream was left before its last event: behind that only the connection is let go. */
export const isCut = ({ body, tail }: { body: string; tail: string }): boolean =>
  !isJson(body) &&
  !/^data: ?\[DONE\]|"type": ?"(?:message_stop|response\.(?:completed|incomplete|failed))"/m.test(
    tail,
  )

/** Whether an answer ends by calling tools: then the turn goes on with another one. */
export const callsTools = ({ body, tail }: { body: string; tail: string }): boolean =>
  [body, tail].some((text) => CALLS.test(text))
const CALLS =
  /"(?:finish|stop)_reason": ?"(?:tool_calls|tool_use|function_call)"|"type": ?"(?:function|custom_tool)_call"/

function wholeText(answer: unknown): string {
  if (!isObject(answer)) return ''
  const { choices, output, content } = answer
  if (Array.isArray(choices)) return wordsOf(field(choices[0], 'message', 'content'))
  if (Array.isArray(output)) return output.map((item) => wordsOf(field(item, 'content'))).join('')
  return wordsOf(content)
}

function deltaText(event: unknown): string {
  if (!isObject(event)) return ''
  const { choices, type } = event
  if (Array.isArray(choices)) {
    const first: unknown = choices.find((choice) => (field(choice, 'index') ?? 0) === 0)
    return asText(field(first, 'delta', 'content'))
  }
  if (type === 'response.output_text.delta') return asText(event['delta'])
  return type === 'content_block_delta' ? asText(field(event, 'delta', 'text')) : ''
}

/** Text, or a list of parts with texts. */
function wordsOf(content: unknown): string {
  if (!Array.isArray(content)) return asText(content)
  return content.map((part) => asText(field(part, 'text'))).join('')
}

const asText = (value: unknown): string => (typeof value === 'string' ? value : '')

const field = (value: unknown, ...path: readonly string[]): unknown =>
  path.reduce<unknown>((inner, key) => (isObject(inner) ? inner[key] : undefined), value)

function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
