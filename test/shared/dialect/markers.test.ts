import { describe, expect, test } from 'vitest'
import { chat } from '../../../shared/dialect/chat.ts'
import { messages } from '../../../shared/dialect/messages.ts'
import type { Addition, Dialect } from '../../../shared/dialect/port.ts'
import { responses } from '../../../shared/dialect/responses.ts'
import { findModel } from '../../../shared/models-table.ts'

/* The bytes of requests with cache markers, for each family of models. */

const long = 'All about cooking. '.repeat(400)
const L = JSON.stringify(long)
const block = '<user_context>vegan</user_context>'
const C = '"cache_control":{"type":"ephemeral"}'
const P = '"prompt_cache_breakpoint":{"mode":"explicit"}'

function sent(dialect: Dialect, raw: string, rest: Partial<Addition> = {}): string {
  const prompt = dialect.read(raw)
  if (!prompt.ok) throw new Error(prompt.problem.code)
  const model = findModel(prompt.value.model ?? '')
  const cache = model ? { cache: { model, key: 'ew-o-0' } } : {}
  return dialect.assemble(prompt.value, { parts: true, ...cache, ...rest })
}

describe('Anthropic', () => {
  const body = (system: string, messagesText: string, rest = '') =>
    `{"model":"claude-sonnet-5","system":${system},"messages":[${messagesText}]${rest}}`

  test('marks the end of the system text and of the words, before the block', () => {
    expect(sent(messages, body(L, '{"role":"user","content":"hi"}'), { block })).toBe(
      body(
        `[{"type":"text","text":${L},${C}}]`,
        `{"role":"user","content":[{"type":"text","text":"hi",${C}},{"type":"text","text":"${block}"}]}`,
      ),
    )
  })

  test('marks org text, where that ends what is shared, and nothing else before it', () => {
    expect(sent(messages, body(L, '{"role":"user","content":"hi"}'), { policy: 'org' })).toBe(
      body(
        `[{"type":"text","text":${L}},{"type":"text","text":"org",${C}}]`,
        `{"role":"user","content":[{"type":"text","text":"hi",${C}}]}`,
      ),
    )
  })

  test('marks the last tool where there is no system text', () => {
    const tools = (mark = '') =>
      `{"model":"claude-sonnet-5","tools":[{"name":"f","description":${L}},{"name":"g"${mark}}],"messages":[{"role":"user","content":`
    expect(sent(messages, `${tools()}"hi"}]}`)).toBe(
      `${tools(`,${C}`)}[{"type":"text","text":"hi",${C}}]}]}`,
    )
  })

  test('marks the last result of a tool loop, and never thinking', () => {
    const loop = (words: string, mark: string) =>
      `{"role":"user","content":${words}},{"role":"assistant","content":[{"type":"thinking","thinking":"hm","signature":"s"},{"type":"tool_use","id":"t","name":"f","input":{}}]},{"role":"user","content":[{"type":"tool_result","tool_use_id":"t","content":"42"${mark}}]}`
    expect(sent(messages, body(L, loop('"hi"', '')), { block })).toBe(
      body(
        `[{"type":"text","text":${L},${C}}]`,
        loop(`[{"type":"text","text":"hi",${C}},{"type":"text","text":"${block}"}]`, `,${C}`),
      ),
    )
  })

  test('counts what the app has marked, inside results too, and leaves it alone', () => {
    const own = `{"type":"text","text":"x",${C}}`
    const result = `{"role":"user","content":[{"type":"tool_result","tool_use_id":"t","content":[${own}]}]}`
    const raw = body(`[${own},${own}]`, `${result},{"role":"user","content":${L}}`)
    const marked = sent(messages, raw, { block })
    expect(marked.split('"cache_control"').length - 1).toBe(4)
    expect(marked.startsWith(raw.slice(0, raw.lastIndexOf(L)))).toBe(true)
    expect(sent(messages, raw.replace('"messages"', `${C},"messages"`), { policy: 'org' })).toBe(
      raw
        .replace('"messages"', `${C},"messages"`)
        .replace(`${own}],`, `${own},{"type":"text","text":"org"}],`),
    )
  })

  test('marks the words itself where the app lets the end be marked, and the block is the end', () => {
    const raw = body('"app"', `{"role":"user","content":${L}}`, `,${C}`)
    expect(sent(messages, raw)).toBe(raw)
    expect(sent(messages, raw, { block })).toBe(
      body(
        '"app"',
        `{"role":"user","content":[{"type":"text","text":${L},${C}},{"type":"text","text":"${block}"}]}`,
        `,${C}`,
      ),
    )
  })

  test('adds nothing below the minimum, nor for a model that it does not know', () => {
    const short = body('"app"', '{"role":"user","content":"hi"}')
    expect(sent(messages, short)).toBe(short)
    const unknown = body(L, '{"role":"user","content":"hi"}').replace('claude-sonnet-5', 'house')
    expect(sent(messages, unknown)).toBe(unknown)
  })

  test('an empty text is never marked', () => {
    const raw = body(`[{"type":"text","text":${L}},{"type":"text","text":" "}]`, '')
    expect(sent(messages, raw)).toBe(raw)
  })
})

describe('OpenAI with breakpoints', () => {
  const open = '{"model":"gpt-5.6","messages":[{"role":"system","content":'
  const explicit = '"prompt_cache_options":{"mode":"explicit"}'
  const key = '"prompt_cache_key":"ew-o-0"'
  const at = (extra: string) => `{${extra},${open.slice(1)}`

  test('marks the system text and the words, and keeps the block out of the cache', () => {
    expect(sent(chat, `${open}${L}},{"role":"user","content":"hi"}]}`, { block })).toBe(
      `${at(`${key},${explicit}`)}[{"type":"text","text":${L},${P}}]},{"role":"user","content":[{"type":"text","text":"hi",${P}},{"type":"text","text":"${block}"}]}]}`,
    )
  })

  test('leaves the end to the provider where no block stands there', () => {
    expect(sent(chat, `${open}${L}},{"role":"user","content":"hi"}]}`)).toBe(
      `${at(key)}[{"type":"text","text":${L},${P}}]},{"role":"user","content":[{"type":"text","text":"hi",${P}}]}]}`,
    )
  })

  test('never marks what the model has said', () => {
    const raw = `${open}${L}},{"role":"user","content":"hi"},{"role":"assistant","content":"yo"}]}`
    const marked = sent(chat, raw)
    expect(marked).toContain('{"role":"assistant","content":"yo"}')
    expect(marked).not.toContain('prompt_cache_options')
  })

  test('does nothing where the app steers the cache, nor for servers that take strings', () => {
    const raw = `{${explicit},${open.slice(1)}${L}},{"role":"user","content":"hi"}]}`
    expect(sent(chat, raw)).toBe(raw)
    const plain = `${open}${L}},{"role":"user","content":"hi"}]}`
    expect(sent(chat, plain, { parts: false })).toBe(plain)
  })

  test('leaves options out beside the retention that they replace', () => {
    const raw = `{"prompt_cache_retention":"24h",${open.slice(1)}${L}},{"role":"user","content":"hi"}]}`
    expect(sent(chat, raw, { block })).not.toContain('prompt_cache_options')
  })

  test('marks items of responses; instructions cannot be marked', () => {
    const raw = `{"model":"gpt-5.6","instructions":${L},"input":"hi"}`
    expect(sent(responses, raw)).toBe(
      `{${key},"model":"gpt-5.6","instructions":${L},"input":[{"role":"user","content":[{"type":"input_text","text":"hi",${P}}]}]}`,
    )
    const item = (content: string) =>
      `"model":"gpt-5.6","input":[{"role":"developer","content":${content}},`
    expect(sent(responses, `{${item(L)}{"role":"user","content":"hi"}]}`, { block })).toBe(
      `{${key},${explicit},${item(`[{"type":"input_text","text":${L},${P}}]`)}{"role":"user","content":[{"type":"input_text","text":"hi",${P}},{"type":"input_text","text":"${block}"}]}]}`,
    )
  })

  test('marks nothing of a conversation that lies at the provider', () => {
    const raw = `{"model":"gpt-5.6","previous_response_id":"r","input":${L}}`
    expect(sent(responses, raw)).toBe(raw)
  })
})

describe('OpenAI without breakpoints', () => {
  test('gets a key above the minimum, and nothing else', () => {
    const raw = `{"model":"gpt-4o-mini","messages":[{"role":"user","content":${L}}]}`
    expect(sent(chat, raw)).toBe(`{"prompt_cache_key":"ew-o-0",${raw.slice(1)}`)
    const short = '{"model":"gpt-4o-mini","messages":[{"role":"user","content":"hi"}]}'
    expect(sent(chat, short)).toBe(short)
    const own = `{"prompt_cache_key":"mine",${raw.slice(1)}`
    expect(sent(chat, own)).toBe(own)
  })
})

test('a model of another family is left alone in a dialect that is not its own', () => {
  const raw = `{"model":"anthropic/claude-sonnet-5","messages":[{"role":"user","content":${L}}]}`
  expect(sent(chat, raw)).toBe(raw)
  const other = `{"model":"gpt-4o","max_tokens":9,"messages":[{"role":"user","content":${L}}]}`
  expect(sent(messages, other)).toBe(other)
})
