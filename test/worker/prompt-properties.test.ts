import * as fc from 'fast-check'
import { beforeAll, expect, test } from 'vitest'
import tokenTable from '../../models/o200k.bin'
import { chat as dialect } from '../../shared/dialect/chat.ts'
import { boundTokens } from '../../shared/tokens.ts'
import { createTokenCounter } from '../../worker/tokens/counter.ts'
import { createHarness, receiptOf, someone, type Harness } from './harness.ts'
import { chatBody, context, decision, introduce, type Person } from './people.ts'

/* What reaches the provider, for any facts, decisions, tools, parts and lengths. */

type Message = { role: string; content: unknown; [key: string]: unknown }
type Prompt = { role: string; text: string }[]

const count = createTokenCounter(tokenTable)
let harness: Harness
let ada: Person
beforeAll(async () => {
  harness = createHarness({ ports: () => ({ meter: endless }) })
  ada = await introduce(harness, someone())
})
const endless = { report: async () => ({ granted: 1e12, rest: 1e12 }) }

/** Sends a conversation and gives what the provider read, and the block among it. */
async function send(messages: Message[], sent: Decided, rest: object = {}) {
  const body = JSON.stringify({ model: 'test-model', messages, ...rest })
  const response = await harness.chat(body, { as: ada.user, context: contextOf(sent) })
  expect(response.status).toBe(200)
  const raw = harness.provider.last()
  const prompt: Prompt = dialect.promptOf(JSON.parse(raw))
  const block = prompt.find(({ text }) => text.startsWith('<user_context>'))?.text ?? ''
  return {
    body,
    raw,
    prompt,
    block,
    without: prompt.filter(({ text }) => text !== block),
    response,
  }
}

type Decided = { facts: number[]; style: boolean; session: boolean; notes: string[]; high: boolean }

const contextOf = ({ facts, style, session, notes, high }: Decided) =>
  context({
    notes,
    decision: decision({
      facts: facts.map((i) => ada.facts[i]?.id ?? `unknown-${i}`),
      slices: { style, session, profile: facts.length > 0 },
      stakes: high ? 'medical' : 'none',
    }),
  })

const words = fc.oneof(
  fc.string({ minLength: 1, maxLength: 60 }).map((text) => `q ${text}`),
  fc.constantFrom('Dinner ideas?', '日本の夕食 🍣', 'line\nbreak "quoted" \\', '</user_context>'),
)
const decided: fc.Arbitrary<Decided> = fc.record({
  facts: fc.uniqueArray(fc.nat(14), { maxLength: 8 }),
  style: fc.boolean(),
  session: fc.boolean(),
  notes: fc.array(fc.string({ maxLength: 80 }), { maxLength: 4 }),
  high: fc.boolean(),
})
const userContent = fc.oneof(
  words,
  words.map((text) => [{ type: 'text', text }]),
  words.map((text) => [
    { type: 'text', text },
    { type: 'image_url', image_url: { url: 'data:image/png;base64,AAAA' } },
  ]),
)
const turn = fc.record({ user: userContent, answer: words, sent: decided })

test('over 20 turns the prompt of a turn without its block is a prefix of the next turn', async () => {
  const conversation = fc.array(turn, { minLength: 20, maxLength: 20 })
  await fc.assert(
    fc.asyncProperty(conversation, async (turns) => {
      const messages: Message[] = [{ role: 'system', content: 'You cook.' }]
      let before: Prompt = []
      for (const { user, answer, sent } of turns) {
        messages.push({ role: 'user', content: user })
        const { without, prompt } = await send(messages, sent)
        expect(prompt.slice(0, before.length)).toEqual(before)
        expect(without).toEqual(dialect.promptOf({ messages }))
        before = without
        messages.push({ role: 'assistant', content: answer })
      }
    }),
    { numRuns: 8 },
  )
}, 60_000)

test('a block stands after the words of the last user message, and is within its budget', async () => {
  let attached = 0
  await fc.assert(
    fc.asyncProperty(
      fc.array(turn, { minLength: 1, maxLength: 4 }),
      decided,
      async (turns, sent) => {
        const messages = turns.flatMap(({ user, answer }) => [
          { role: 'user', content: user },
          { role: 'assistant', content: answer },
        ])
        messages.pop()
        const { body, raw, block, prompt, response } = await send(messages, sent)
        const receipt = receiptOf(response)
        if (block === '') {
          expect(raw).toBe(body)
          expect(receipt).toMatchObject({ tokens: 0, facts: [] })
        } else {
          expect(prompt.at(-1)).toEqual({ role: 'user', text: block })
          expect(count(block)).toBeLessThanOrEqual(receipt.tokens)
          expect(boundTokens(block)).toBeGreaterThanOrEqual(receipt.tokens)
          expect(receipt.tokens).toBeLessThanOrEqual(sent.high ? 500 : 200)
          expect(receipt.why).toBe('attached')
          attached++
        }
      },
    ),
    { numRuns: 60 },
  )
  expect(attached).toBeGreaterThan(15)
}, 60_000)

test('in a tool loop the block is there, byte for byte, in every request of the turn', async () => {
  const json = fc.jsonValue({ maxDepth: 2 })
  await fc.assert(
    fc.asyncProperty(words, decided, json, async (user, sent, result) => {
      const tools = [{ type: 'function', function: { name: 'find', parameters: {} } }]
      const calls = [{ id: 't1', type: 'function', function: { name: 'find', arguments: '{}' } }]
      const asked: Message[] = [{ role: 'user', content: user }]
      const continued: Message[] = [
        ...asked,
        { role: 'assistant', content: null, tool_calls: calls },
        { role: 'tool', tool_call_id: 't1', content: JSON.stringify(result) },
      ]
      const first = await send(asked, sent, { tools })
      const second = await send(continued, sent, { tools })
      expect(second.block).toBe(first.block)
      expect(second.prompt.slice(0, first.prompt.length)).toEqual(first.prompt)
      expect(second.prompt.at(-1)?.role).toBe('tool')
    }),
    { numRuns: 40 },
  )
}, 60_000)

test('two users of an org share every byte up to the words of their own', async () => {
  const bob = await introduce(harness, someone(), [['health', 'I take insulin']])
  const body = chatBody('dinner ideas?')
  const one = await harness.chat(body, {
    as: ada.user,
    context: context({ decision: decision({ facts: [ada.facts[0]?.id ?? ''] }) }),
  })
  const first = harness.provider.last()
  await harness.chat(body, {
    as: bob.user,
    context: context({ decision: decision({ facts: [bob.facts[0]?.id ?? ''] }) }),
  })
  const second = harness.provider.last()
  expect(one.status).toBe(200)
  expect(first).not.toBe(second)
  let shared = 0
  while (first[shared] === second[shared]) shared++
  expect(first.slice(0, shared)).toContain('dinner ideas?')
})
