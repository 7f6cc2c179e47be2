import type { Turn } from '../shared/gate/port.ts'

/** What is asked, as read from a request or from the app's call. */
export type Asked = {
  query: string
  /** Earlier messages that the request itself holds. */
  history: readonly Turn[]
  /** Tells chats apart whose messages are not sent along. */
  conversation: string
  /** The request goes on with a turn (after tool calls): its decision is the turn's, whatever it was. */
  continues?: boolean
}

/** Names a turn: the same message after the same conversation. */
export function turnKey({ query, history, conversation }: Asked): string {
  const text = JSON.stringify([
    conversation,
    query,
    history.map(({ role, content }) => [role, content]),
  ])
  return `${text.length}:${hash(text)}:${query.slice(0, 40)}`
}

/** 53 bits (cyrb53, public domain): turns of one page do not collide by accident. */
function hash(text: string): number {
  let a = 0xdeadbeef
  let b = 0x41c6ce57
  for (let i = 0; i < text.length; i++) {
    const c = text.charCodeAt(i)
    a = Math.imul(a ^ c, 2654435761)
    b = Math.imul(b ^ c, 1597334677)
  }
  a = Math.imul(a ^ (a >>> 16), 2246822507) ^ Math.imul(b ^ (b >>> 13), 3266489909)
  b = Math.imul(b ^ (b >>> 16), 2246822507) ^ Math.imul(a ^ (a >>> 13), 3266489909)
  return 4294967296 * (2097151 & b) + (a >>> 0)
}
