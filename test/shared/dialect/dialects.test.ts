import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { messages } from '../../../shared/dialect/messages.ts'
import type { Dialect, Prompt } from '../../../shared/dialect/port.ts'
import { responses } from '../../../shared/dialect/responses.ts'

const block = '<user_context>\n- diet: "vegan" \\ & more\n</user_context>'
const json = JSON.stringify(block)

const readIn = (dialect: Dialect, raw: string): Prompt => {
  const prompt = dialect.read(raw)
  if (!prompt.ok) throw new Error(prompt.problem.code)
  return prompt.value
}
const add = (dialect: Dialect, raw: string, rest: { block?: string; policy?: string }): string =>
  dialect.assemble(readIn(dialect, raw), { parts: true, ...rest })

describe('where the block stands', () => {
  test.each([
    [
      'a string',
      messages,
      '{"max_tokens":9, "messages":[{"role":"user","content":"hi \\u00e9"}],"x_y":1.0}',
      `{"max_tokens":9, "messages":[{"role":"user","content":[{"type":"text","text":"hi \\u00e9"},{"type":"text","text":${json}}]}],"x_y":1.0}`,
    ],
    [
      'parts, behind an image',
      messages,
      '{"messages":[{"role":"user","content":[{"type":"text","text":"hi"}, {"type":"image","source":{}} ]}]}',
      `{"messages":[{"role":"user","content":[{"type":"text","text":"hi"}, {"type":"image","source":{}},{"type":"text","text":${json}} ]}]}`,
    ],
    [
      'words, not behind the result of a tool',
      messages,
      '{"messages":[{"role":"user","content":"hi"},{"role":"assistant","content":[{"type":"thinking","thinking":"hm","signature":"s"},{"type":"tool_use","id":"t","name":"f","input":{}}]},{"role":"user","content":[{"type":"tool_result","tool_use_id":"t","content":[{"type":"text","text":"42"}]}]}]}',
      `{"messages":[{"role":"user","content":[{"type":"text","text":"hi"},{"type":"text","text":${json}}]},{"role":"assistant","content":[{"type":"thinking","thinking":"hm","signature":"s"},{"type":"tool_use","id":"t","name":"f","input":{}}]},{"role":"user","content":[{"type":"tool_result","tool_use_id":"t","content":[{"type":"text","text":"42"}]}]}]}`,
    ],
    [
      'a bare input',
      responses,
      '{"model":"m","input":"hi","big":12345678901234567890}',
      `{"model":"m","input":[{"role":"user","content":[{"type":"input_text","text":"hi"},{"type":"input_text","text":${json}}]}],"big":12345678901234567890}`,
    ],
    [
      'items, not behind the output of a call',
      responses,
      '{"input":[{"type":"message","role":"user","content":[{"type":"input_text","text":"hi"}]},{"type":"function_call","call_id":"c","name":"f","arguments":"{}"},{"type":"function_call_output","call_id":"c","output":"42"}]}',
      `{"input":[{"type":"message","role":"user","content":[{"type":"input_text","text":"hi"},{"type":"input_text","text":${json}}]},{"type":"function_call","call_id":"c","name":"f","arguments":"{}"},{"type":"function_call_output","call_id":"c","output":"42"}]}`,
    ],
  ])('%s', (...[, dialect, raw, sent]) => {
    expect(add(dialect, raw, { block })).toBe(sent)
    expect(add(dialect, raw, {})).toBe(raw)
  })

  test.each([
    [messages, '{}'],
    [messages, '{"messages":null}'],
    [messages, '{"messages":[1,null,{"role":"user","content":7}]}'],
    [responses, '{"input":null}'],
    [responses, '{"input":[7],"messages":[{"role":"user","content":"Dinner?"}]}'],
    [messages, '{"messages":[7],"input":[{"role":"user","content":"Dinner?"}]}'],
    [responses, '{"input":[]}'],
    [responses, '{"input":[{"type":"function_call_output","call_id":"c","output":"42"}]}'],
  ])('nowhere, where there are no words (%#)', (dialect, raw) => {
    expect(add(dialect, raw, { block })).toBe(raw)
  })
})

describe('where org text stands', () => {
  test.each([
    ['{"messages":[]}', '{"system":[{"type":"text","text":"org"}],"messages":[]}'],
    ['{"system":"", "messages":[]}', '{"system":[{"type":"text","text":"org"}], "messages":[]}'],
    [
      '{"system":"ap\\u0070"}',
      '{"system":[{"type":"text","text":"ap\\u0070"},{"type":"text","text":"org"}]}',
    ],
    [
      '{"system":[{"type":"text","text":"a","cache_control":{"type":"ephemeral"}}]}',
      '{"system":[{"type":"text","text":"a","cache_control":{"type":"ephemeral"}},{"type":"text","text":"org"}]}',
    ],
  ])('in Anthropic’s system text %s', (raw, sent) => {
    expect(add(messages, raw, { policy: 'org' })).toBe(sent)
  })

  test.each([
    ['{"input":"hi"}', '{"instructions":"org","input":"hi"}'],
    ['{"instructions":null,"input":"hi"}', '{"instructions":"org","input":"hi"}'],
    ['{"instructions":"app\\n","input":"hi"}', '{"instructions":"app\\n\\n\\norg","input":"hi"}'],
    [
      '{"input":[{"role":"developer","content":"app"},{"role":"user","content":"hi"}]}',
      '{"input":[{"role":"developer","content":"app"},{"role":"developer","content":"org"},{"role":"user","content":"hi"}]}',
    ],
  ])('in OpenAI’s responses %s', (raw, sent) => {
    expect(add(responses, raw, { policy: 'org' })).toBe(sent)
  })
})

test('a stored conversation is known only as far as the request tells it', () => {
  const raw = '{"previous_response_id":"resp_1","input":"and spicier?"}'
  expect(readIn(responses, raw)).toMatchObject({
    partial: true,
    query: 'and spicier?',
    history: [],
  })
})

const text = fc.string({ unit: 'binary' })
const words = text.filter((t) => t.trim() !== '')
const jsonValue = fc.jsonValue({ maxDepth: 2 })

type Way = {
  dialect: Dialect
  list: string
  user: (said: string, asParts: boolean) => object
  answer: (said: string) => object
  tool: (id: string, result: unknown) => object[]
  fixed: object
}

/** How each dialect writes a user message, an answer, a call and its result. */
const ways: Way[] = [
  {
    dialect: messages,
    list: 'messages',
    user: (said: string, asParts: boolean) => ({
      role: 'user',
      content: asParts
        ? [
            { type: 'image', source: {} },
            { type: 'text', text: said },
          ]
        : said,
    }),
    answer: (said: string) => ({ role: 'assistant', content: [{ type: 'text', text: said }] }),
    tool: (id: string, result: unknown) => [
      {
        role: 'assistant',
        content: [
          { type: 'thinking', thinking: 'hm', signature: id },
          { type: 'tool_use', id, name: 'f', input: result },
        ],
      },
      {
        role: 'user',
        content: [{ type: 'tool_result', tool_use_id: id, content: JSON.stringify(result) }],
      },
    ],
    fixed: { system: [{ type: 'text', text: 'You cook.' }], max_tokens: 100 },
  },
  {
    dialect: responses,
    list: 'input',
    user: (said: string, asParts: boolean) => ({
      role: 'user',
      content: asParts
        ? [
            { type: 'input_image', image_url: 'data:,' },
            { type: 'input_text', text: said },
          ]
        : said,
    }),
    answer: (said: string) => ({
      type: 'message',
      role: 'assistant',
      content: [{ type: 'output_text', text: said, annotations: [] }],
    }),
    tool: (id: string, result: unknown) => [
      { type: 'reasoning', id, summary: [], encrypted_content: 'x' },
      { type: 'function_call', call_id: id, name: 'f', arguments: JSON.stringify(result) },
      { type: 'function_call_output', call_id: id, output: JSON.stringify(result) },
    ],
    fixed: { instructions: 'You cook.' },
  },
]

describe.each(ways)('over a conversation in $dialect.name', (way) => {
  const { dialect, list, fixed } = way
  const turn = fc.record({
    said: words,
    asParts: fc.boolean(),
    answer: words,
    calls: fc.array(jsonValue, { maxLength: 2 }),
  })
  const items = (
    turns: readonly { said: string; asParts: boolean; answer: string; calls: unknown[] }[],
  ) =>
    turns.flatMap(({ said, asParts, answer, calls }, i) => [
      way.user(said, asParts),
      ...calls.flatMap((result, n) => way.tool(`c${i}${n}`, result)),
      way.answer(answer),
    ])

  test('the prompt of a turn without its block is a prefix of the next one’s, for 20 turns', () => {
    fc.assert(
      fc.property(fc.array(turn, { minLength: 20, maxLength: 20 }), (turns) => {
        let earlier: unknown[] = []
        for (const [n, { said, asParts }] of turns.entries()) {
          const sent = [...items(turns.slice(0, n)), way.user(said, asParts)]
          const raw = JSON.stringify({ ...fixed, [list]: sent })
          const mark = `[block ${n}]`
          const body: unknown = JSON.parse(add(dialect, raw, { block: mark, policy: 'org' }))
          const prompt = dialect.promptOf(body)
          expect(prompt.at(-1)).toEqual({ role: 'user', text: mark })
          expect(prompt.slice(0, earlier.length)).toEqual(earlier)
          earlier = prompt.slice(0, -1)
        }
      }),
      { numRuns: 15 },
    )
  })

  test('a block adds itself alone, and nothing else changes', () => {
    fc.assert(
      fc.property(fc.array(turn, { minLength: 1, maxLength: 4 }), fc.json(), (turns, extra) => {
        const last = turns.at(-1)
        const sent = [...items(turns.slice(0, -1)), way.user(last?.said ?? '', false)]
        const raw = JSON.stringify({ ...fixed, [list]: sent, x_extra: JSON.parse(extra) })
        const body: { x_extra: unknown } = JSON.parse(add(dialect, raw, { block }))
        expect(dialect.promptOf(body)).toEqual([
          ...dialect.promptOf(JSON.parse(raw)),
          { role: 'user', text: block },
        ])
        expect(JSON.stringify(body.x_extra)).toBe(JSON.stringify(JSON.parse(extra)))
      }),
    )
  })

  test('in a tool loop every request has the same bytes up to its block’s end', () => {
    fc.assert(
      fc.property(words, fc.array(jsonValue, { minLength: 1, maxLength: 3 }), (said, results) => {
        const sent: unknown[] = [way.user(said, false)]
        const seen = new Set<string>()
        for (const [n, result] of ['', ...results].entries()) {
          const body = add(dialect, JSON.stringify({ ...fixed, [list]: sent }), { block })
          seen.add(body.slice(0, body.indexOf(json) + json.length))
          sent.push(...way.tool(`c${n}`, result))
        }
        expect(seen.size).toBe(1)
      }),
    )
  })
})
