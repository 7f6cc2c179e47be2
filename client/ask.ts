import { historyOf, messagesOf, turnOf } from '../shared/turn.ts'
import { isObject } from '../shared/is-object.ts'
import { PAGE } from './conversations.ts'
import type { Asked } from './turn-key.ts'
import type { Ask } from './types.ts'

/** The app's own call as a turn. Where `messages` hold the text already, what stands before it is the history. */
export function readAsk({ text, messages: given = [], conversation = PAGE }: Ask): Asked {
  const messages = given.map(({ role, content, parts }) => ({ role, content: content ?? parts }))
  const { query, at, history } = turnOf(messages)
  return text === undefined || text === query
    ? { query, history, conversation, continues: at < messages.length - 1 }
    : { query: text, history: historyOf(messages), conversation }
}

/** A request's body in any dialect as a turn; `undefined` where there are no words to decide on. */
export function readBody(body: string): Asked | undefined {
  try {
    const parsed: unknown = JSON.parse(body)
    const messages = isObject(parsed) ? messagesOf(parsed) : []
    const { query, at, history } = turnOf(messages)
    const continues = at < messages.length - 1
    return at < 0 ? undefined : { query, history, conversation: PAGE, continues }
  } catch {
    return undefined
  }
}
