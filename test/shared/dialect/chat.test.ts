import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { chat as dialect } from '../../../shared/dialect/chat.ts'
import type { Prompt } from '../../../shared/dialect/port.ts'

const read = (raw: string): Prompt => {
  const chat = dialect.read(raw)
  if (!chat.ok) throw new Error(chat.problem.code)
  return chat.value
}

const block = '<user_context>\n- diet: "vegan" \\ & more\n</user_context>'

describe('reading a chat completions request', () => {
  test('the query is the last user message that holds words, history what stands before it', () => {
    const chat = read(
      JSON.stringify({
        model: 'm',
        messages: [
          { role: 'system', content: 'be kind' },
          { role: 'user', content: 'first' },
          { role: 'assistant', content: 'answer' },
          { role: 'user', content: [{ type: 'text', text: 'second' }, { type: 'image_url' }] },
          { role: 'assistant', content: null, tool_calls: [{ id: 't' }] },
          { role: 'tool', tool_call_id: 't', content: '42' },
        ],
      }),
    )
    expect(chat.query).toBe('second')
    expect(chat.at).toBe(3)
    expect(chat.history).toEqual([
      { role: 'user', content: 'first' },
      { role: 'assistant', content: 'answer' },
    ])
  })

  test.each(['', '{', '[1]', 'null', '"text"', '{"messages":[}'])('%j is refused', (raw) => {
    expect(dialect.read(raw).ok).toBe(false)
  })

  test('a name that is written with an escape is read as what it is', () => {
    // Once V8 has seen the first one, it takes the other for it (nodejs/node#63785).
    JSON.parse(String.raw`{"model":0,"messages":0,"\\u006":0}`)
    const chat = read(String.raw`{"model":"small","messages":[],"\u006dodel":"large"}`)
    expect(chat.model).toBe('large')
    const last = read(String.raw`{"\u006dodel":"large","messages":[],"model":"small"}`)
    expect(last.model).toBe('small')
  })

  test.each(['{}', '{"messages":null}', '{"messages":[1,"a",null]}', '{"messages":{"a":1}}'])(
    '%j is left as it is, even with something to add',
    (raw) => {
      expect(dialect.assemble(read(raw), { block, parts: true })).toBe(raw)
    },
  )
})

describe('assembling', () => {
  test('with nothing to add the body is the very text that came', () => {
    const raw =
      '{ "messages" : [ {"role":"user","content":"hi \\u00e9"} ],\n "seed": 12345678901234567890 }'
    expect(dialect.assemble(read(raw), { parts: true })).toBe(raw)
  })

  test('nothing but the block changes: numbers, escapes, spacing and unknown fields stay', () => {
    const raw =
      '{ "x": 1.0, "messages" : [ {"content":"hi \\u00e9\\"", "role":"user", "y":[1e3]} ],"seed":12345678901234567890}'
    const body = dialect.assemble(read(raw), { block, parts: true })
    expect(body).toBe(
      raw.replace(
        '"hi \\u00e9\\""',
        `[{"type":"text","text":"hi \\u00e9\\""},{"type":"text","text":${JSON.stringify(block)}}]`,
      ),
    )
  })

  test('of a repeated key the last one counts, as it does for the provider', () => {
    const raw = '{"messages":[],"messages":[{"role":"user","content":"a","content":"b"}]}'
    const body = dialect.assemble(read(raw), { block, parts: true })
    expect(dialect.promptOf(JSON.parse(body)).map(({ text }) => text)).toEqual(['b', block])
  })

  test('a provider that takes strings only gets the block after the words', () => {
    const raw = '{"messages":[{"role":"user","content":"hi"}]}'
    const body = JSON.parse(dialect.assemble(read(raw), { block, parts: false }))
    expect(body.messages[0].content).toBe(`hi\n\n${block}`)
  })

  test('org text stands after the system text of the app, in its role', () => {
    const raw = '{"messages":[{"role":"developer","content":"app"},{"role":"user","content":"hi"}]}'
    const body = JSON.parse(dialect.assemble(read(raw), { policy: 'org', block, parts: true }))
    expect(dialect.promptOf(body)).toEqual([
      { role: 'developer', text: 'app' },
      { role: 'developer', text: 'org' },
      { role: 'user', text: 'hi' },
      { role: 'user', text: block },
    ])
  })

  test('org text is added where there is system text alone, or nothing', () => {
    for (const messages of [[], [{ role: 'system', content: 'app' }]]) {
      const body = dialect.assemble(read(JSON.stringify({ messages })), {
        policy: 'org',
        parts: true,
      })
      expect(dialect.promptOf(JSON.parse(body)).at(-1)).toEqual({ role: 'system', text: 'org' })
    }
  })
})

const text = fc.string({ unit: 'binary' })
const words = text.filter((t) => t.trim() !== '')
const part = fc.oneof(
  text.map((t) => ({ type: 'text', text: t })),
  fc.constant({ type: 'image_url', image_url: { url: 'data:,' } }),
)
const content = (w: fc.Arbitrary<string>) =>
  fc.oneof(
    w,
    fc.tuple(fc.array(part), w).map(([parts, t]) => [...parts, { type: 'text', text: t }]),
  )
const toolStep = fc.array(text, { maxLength: 3 }).map((results) =>
  results.flatMap((result, i) => [
    { role: 'assistant', content: null, tool_calls: [{ id: `c${i}`, type: 'function' }] },
    { role: 'tool', tool_call_id: `c${i}`, content: result },
  ]),
)
const turn = fc.record({ asked: content(words), tools: toolStep, answer: text, extra: fc.json() })

describe('over a conversation', () => {
  test('a block changes the prompt by itself alone, right after the words of the user', () => {
    fc.assert(
      fc.property(fc.array(turn, { minLength: 1, maxLength: 6 }), text, (turns, added) => {
        const messages = conversation(turns)
        const raw = JSON.stringify({ messages, extra: turns[0]?.extra })
        const chat = read(raw)
        const before = dialect.promptOf(JSON.parse(raw))
        const body = JSON.parse(dialect.assemble(chat, { block: `[${added}]`, parts: true }))
        const after = dialect.promptOf(body)
        const at = dialect.promptOf({ messages: messages.slice(0, chat.at + 1) }).length
        expect(after).toEqual(before.toSpliced(at, 0, { role: 'user', text: `[${added}]` }))
        expect(body.extra).toEqual(JSON.parse(raw).extra)
      }),
    )
  })

  test('the prompt of a turn without its block is a prefix of the prompt of the next turn', () => {
    fc.assert(
      fc.property(fc.array(turn, { minLength: 20, maxLength: 20 }), (turns) => {
        let earlier: unknown[] = []
        for (let n = 1; n <= turns.length; n++) {
          const messages = conversation(turns.slice(0, n), true)
          const chat = read(JSON.stringify({ messages }))
          const mark = `[block ${n}]`
          const body = JSON.parse(
            dialect.assemble(chat, { block: mark, policy: 'org', parts: true }),
          )
          const prompt = dialect.promptOf(body)
          expect(prompt.slice(0, earlier.length)).toEqual(earlier)
          earlier = prompt.filter((item) => item.text !== mark)
        }
      }),
      { numRuns: 20 },
    )
  })

  test('in a tool loop the block stands in every request, byte for byte, never after a result', () => {
    fc.assert(
      fc.property(words, fc.array(text, { minLength: 1, maxLength: 3 }), (asked, results) => {
        const messages: unknown[] = [{ role: 'user', content: asked }]
        const seen = new Set<string>()
        for (const result of ['', ...results]) {
          const raw = JSON.stringify({ messages })
          const body = dialect.assemble(read(raw), { block, parts: true })
          seen.add(
            body.slice(0, body.indexOf(JSON.stringify(block)) + JSON.stringify(block).length),
          )
          messages.push({ role: 'assistant', content: null, tool_calls: [{ id: 'c' }] })
          messages.push({ role: 'tool', tool_call_id: 'c', content: result })
        }
        expect(seen.size).toBe(1)
      }),
    )
  })
})

type Asked = { asked: unknown; tools: object[]; answer: string }

function conversation(turns: readonly Asked[], last = false): object[] {
  return turns.flatMap(({ asked, tools, answer }, i) => [
    { role: 'user', content: asked },
    ...(last && i === turns.length - 1 ? [] : [...tools, { role: 'assistant', content: answer }]),
  ])
}
