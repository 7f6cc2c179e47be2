import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { readUsageComment } from '../../shared/receipt.ts'
import type { Usage } from '../../shared/schema/receipt.ts'
import { scanEvents } from '../../worker/flow/event-scanner.ts'
import { withUsageComment } from '../../worker/flow/meter-stream.ts'
import { createTally } from '../../worker/flow/tally.ts'

const bytes = (text: string) => new TextEncoder().encode(text)
const COMMENT = ': here\n\n'

/** Cuts a text into chunks at these places. */
function cut(text: string, places: number[]): Uint8Array[] {
  const all = bytes(text)
  const at = [...new Set(places.map((place) => place % (all.byteLength + 1)))].toSorted(
    (a, b) => a - b,
  )
  return [0, ...at].map((start, i) => all.slice(start, at[i] ?? all.byteLength))
}

function scan(chunks: Uint8Array[]): string {
  const scanner = scanEvents(() => bytes(COMMENT))
  const out = [...chunks.flatMap((chunk) => scanner.push(chunk)), ...scanner.end()]
  return new TextDecoder().decode(new Uint8Array(out.flatMap((piece) => [...piece])))
}

const places = fc.array(fc.nat(2000), { maxLength: 30 })
const content = fc.oneof(
  fc.string({ maxLength: 20 }),
  fc.constantFrom('[DONE]', 'data: [DONE]', '\ndata: [DONE]\n\n', 'D', '"usage"', '日本🍣'),
)
const event = content.map((text) => `data: ${JSON.stringify({ content: text })}\n\n`)

test('however a stream is cut, it is the same but for one comment before its end', () => {
  fc.assert(
    fc.property(fc.array(event, { maxLength: 12 }), places, (events, at) => {
      const before = events.join('')
      expect(scan(cut(`${before}data: [DONE]\n\n`, at))).toBe(`${before}${COMMENT}data: [DONE]\n\n`)
    }),
    { numRuns: 500 },
  )
})

test('the same with carriage returns, without the space, and without a last empty line', () => {
  fc.assert(
    fc.property(fc.array(event, { maxLength: 6 }), places, (events, at) => {
      const before = events.join('').replaceAll('\n', '\r\n')
      for (const end of ['data: [DONE]\r\n\r\n', 'data:[DONE]\r\n\r\n', 'data: [DONE]']) {
        expect(scan(cut(before + end, at))).toBe(before + COMMENT + end)
      }
    }),
    { numRuns: 200 },
  )
})

test('a stream that ends without [DONE] has the comment after its last event', () => {
  fc.assert(
    fc.property(fc.array(event, { minLength: 1, maxLength: 6 }), places, (events, at) => {
      const text = events.join('')
      expect(scan(cut(text, at))).toBe(text + COMMENT)
    }),
  )
})

test.each([
  'data: {"a":1}\n\ndata: {"b"',
  'data: {"a":1}\n',
  'data: {"a":1}\n\ndata: [DO',
  'event: x\ndata: [DONE]\n',
])('no comment stands inside an event that is not finished: %j', (text) => {
  for (let size = 1; size < text.length; size++) {
    expect(
      scan(
        cut(
          text,
          Array.from({ length: 50 }, (_, i) => i * size),
        ),
      ),
    ).toBe(text)
  }
})

test('a line that only looks like the end is none', () => {
  const text = 'data: x\ndata: [DONE]\n\ndata: {"t":"data: [DONE]"}\n\n'
  expect(scan(cut(text, [3, 9, 20]))).toBe(text + COMMENT)
})

const usageEvent = (input: number, output: number) =>
  `data: ${JSON.stringify({ choices: [], usage: { prompt_tokens: input, completion_tokens: output } })}\n\n`
const piece = (text: string) =>
  `data: ${JSON.stringify({ id: 'c1', choices: [{ delta: { content: text } }], usage: null })}\n\n`

const streamOf = (chunks: Uint8Array[]) =>
  new Response(new Blob(chunks)).body ?? new ReadableStream()

test('what a provider states is what counts, and stands in the comment', async () => {
  const text = `${piece('Hi').repeat(400)}${usageEvent(31, 17)}data: [DONE]\n\n`
  const used: Usage[] = []
  const source = streamOf([bytes(text)])
  const body = withUsageComment(source, {
    input: 50,
    hidden: false,
    onEnd: (usage) => used.push(usage),
  })
  const passed = await new Response(body).text()
  expect(used).toEqual([{ input: 31, output: 17, estimated: false }])
  const comment = /^: edgewise .*$/m.exec(passed)?.[0] ?? ''
  expect(readUsageComment(comment)).toEqual(used[0])
  expect(passed.replace(`${comment}\n\n`, '')).toBe(text)
})

test('usage that only stands in the words of an answer is no usage', () => {
  const tally = createTally()
  tally.note(bytes(piece('{"usage":{"prompt_tokens":1,"completion_tokens":9999}}')))
  tally.note(bytes('data: [DONE]\n\n'))
  expect(tally.usage(50)).toMatchObject({ input: 50, estimated: true })
})

test.each([
  { words: 'word', events: 300, tokens: 300 },
  { words: 'a few words that come together as one piece ', events: 100, tokens: 1100 },
])('the estimate is near: $events times "$words"', ({ words, events, tokens }) => {
  const tally = createTally()
  tally.note(bytes('data: {"id":"c1","choices":[{"delta":{"role":"assistant","content":""}}]}\n\n'))
  for (let i = 0; i < events; i++) tally.note(bytes(piece(words)))
  tally.note(
    bytes('data: {"id":"c1","choices":[{"delta":{},"finish_reason":"stop"}]}\n\ndata: [DONE]\n\n'),
  )
  const { output } = tally.usage(50)
  expect(output).toBeGreaterThan(tokens * 0.6)
  expect(output).toBeLessThan(tokens * 2.5)
})

test('a provider that breaks off is counted, and the break is passed on', async () => {
  let sent = 0
  const source = new ReadableStream<Uint8Array>({
    pull(controller) {
      if (sent++ > 3) controller.error(new Error('connection reset'))
      else controller.enqueue(bytes(piece('Hi')))
    },
  })
  const used: Usage[] = []
  const body = withUsageComment(source, {
    input: 50,
    hidden: false,
    onEnd: (usage) => used.push(usage),
  })
  await expect(new Response(body).text()).rejects.toThrow()
  expect(used).toHaveLength(1)
  expect(used[0]).toMatchObject({ input: 50, estimated: true })
})

test('a reader that leaves is counted once, and the source hears of it', async () => {
  let left = false
  const source = new ReadableStream<Uint8Array>({
    pull: (controller) => controller.enqueue(bytes(piece('Hi'))),
    cancel() {
      left = true
    },
  })
  const used: Usage[] = []
  const body = withUsageComment(source, {
    input: 50,
    hidden: false,
    onEnd: (usage) => used.push(usage),
  })
  const reader = body.getReader()
  await reader.read()
  await reader.cancel()
  expect([left, used.length]).toEqual([true, 1])
})
