import { expect, test } from 'vitest'
import { chat } from '../../../shared/dialect/chat.ts'
import { messages } from '../../../shared/dialect/messages.ts'
import type { Dialect } from '../../../shared/dialect/port.ts'
import { responses } from '../../../shared/dialect/responses.ts'

const user = { role: 'user', content: 'hello' }
const own = [
  { role: 'system', content: 'one' },
  { role: 'developer', content: 'two' },
]

/** The texts that are the app's own, in front of all that is said. */
function appsOwn(dialect: Dialect, body: object): string[] {
  const prompt = dialect.read(JSON.stringify(body))
  if (!prompt.ok) throw new Error(prompt.problem.code)
  return dialect.promptOf(prompt.value.body, prompt.value.leading).map(({ text }) => text)
}

type Case = { what: string; dialect: Dialect; body: object; texts: string[] }
const cases: Case[] = [
  {
    what: 'leading messages',
    dialect: chat,
    body: { messages: [...own, user, own[0]] },
    texts: ['one', 'two'],
  },
  {
    what: 'all, where nothing is said',
    dialect: chat,
    body: { messages: own },
    texts: ['one', 'two'],
  },
  {
    what: 'none behind what is no message',
    dialect: chat,
    body: { messages: [7, ...own] },
    texts: [],
  },
  { what: 'none, where there is no list', dialect: chat, body: { messages: 'hello' }, texts: [] },
  {
    what: 'system text',
    dialect: messages,
    body: { system: 'one', messages: [user] },
    texts: ['one'],
  },
  {
    what: 'instructions and items',
    dialect: responses,
    body: { instructions: 'zero', input: [...own, user] },
    texts: ['zero', 'one', 'two'],
  },
  {
    what: 'instructions alone',
    dialect: responses,
    body: { instructions: 'zero', input: 'hello' },
    texts: ['zero'],
  },
  {
    what: 'items, whatever else is called messages',
    dialect: responses,
    body: { messages: own, input: [user] },
    texts: [],
  },
]

test.each(cases)('the app’s own texts are $what', ({ dialect, body, texts }) => {
  expect(appsOwn(dialect, body)).toEqual(texts)
})
