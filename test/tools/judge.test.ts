import { spawn } from 'node:child_process'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { choiceOf, judgedScore, quotedFacts, stringScore, wilson } from '../../tools/judge/score.ts'
import { startProviderServer, type ProviderServer } from '../fakes/provider-server.ts'

/* The harness as it is run, against a server that records what it is asked. */

vi.setConfig({ testTimeout: 30_000 })

let server: ProviderServer
let folder: string
beforeEach(async () => {
  server = await startProviderServer()
  folder = await mkdtemp(join(tmpdir(), 'edgewise-judge-'))
})
afterEach(async () => {
  await server.close()
  await rm(folder, { recursive: true, force: true })
})

type Done = { status: number | null; out: string; err: string; answers: Record<string, unknown>[] }

async function judge(cases: readonly (object | string)[], flags: readonly string[] = []) {
  const file = join(folder, 'answers.jsonl')
  const child = spawn(
    process.execPath,
    ['tools/judge.ts', '--url', server.url, '--model', 'm', '--out', file, ...flags],
    { env: { ...process.env, OPENAI_API_KEY: 'sk-test' } },
  )
  const lines = cases.map((one) => (typeof one === 'string' ? one : JSON.stringify(one)))
  child.stdin.end(lines.join('\n'))
  const [out, err] = await Promise.all([readAll(child.stdout), readAll(child.stderr)])
  const status = child.exitCode ?? (await new Promise<number | null>((r) => child.on('exit', r)))
  const text = await readFile(file, 'utf8').catch(() => '')
  const answers = text.split('\n').flatMap((line) => (line === '' ? [] : [JSON.parse(line)]))
  return { status, out, err, answers } satisfies Done
}

async function readAll(stream: NodeJS.ReadableStream): Promise<string> {
  let text = ''
  for await (const part of stream) text += String(part)
  return text
}

const prompts = () =>
  server.requests.map(({ raw }) => JSON.parse(raw).messages[0].content as string)
const facts = [
  { category: 'diet', text: 'The user is vegetarian.' },
  { category: 'location', text: 'The user lives in Porto.' },
]

test('quality is asked for each step, the block after the words, and graded by a judge', async () => {
  server.behaviour.reply = (raw) =>
    raw.includes('You grade')
      ? raw.includes('tofu')
        ? '9'
        : '4'
      : raw.includes('vegetarian')
        ? 'tofu'
        : 'steak'
  const query = 'What should I cook?'
  const cases = [{ kind: 'quality', id: 'q', query, facts, rubric: 'no meat' }]
  const { status, out, answers } = await judge(cases, ['--budgets', '0,200'])
  expect(status).toBe(0)
  const [plain, , personal] = prompts()
  expect(plain).toBe(query)
  expect(personal?.startsWith(`${query}\n\n`)).toBe(true)
  expect(personal).toContain('vegetarian')
  expect(server.requests[0]?.headers.authorization).toBe('Bearer sk-test')
  expect(answers).toMatchObject([
    { id: 'q', budget: 0, tokens: 0, input: 20, answer: 'steak', score: 0.4 },
    { id: 'q', budget: 200, answer: 'tofu', score: 0.9 },
  ])
  const tokens = Number(answers[1]?.['tokens'])
  expect(tokens).toBeGreaterThan(0)
  expect(out).toContain('gain per 100')
  expect(out).toContain((50 / tokens).toFixed(3))
})

test('a flip is held against a second answer without profile', async () => {
  let plain = 0
  server.behaviour.reply = (raw) =>
    raw.includes('vegetarian') ? 'A' : plain++ === 0 ? 'B' : 'The answer is B.'
  const cases = [
    { kind: 'flip', id: 'f', question: 'Which?', choices: ['a', 'b'], answer: 'B', facts },
  ]
  const { out, answers } = await judge(cases)
  expect(prompts()).toHaveLength(3)
  expect(prompts()[0]).toBe('Which?\nA) a\nB) b\nAnswer with one letter.')
  expect(answers).toMatchObject([
    { choice: 'B', right: true, chance: false },
    { choice: 'A', right: false, flipped: true },
  ])
  expect(out).toMatch(/flipped by the profile +1\.000/)
  expect(out).toMatch(/flipped by chance +0\.000/)
})

test('a fact that is brought up unasked is a quote', async () => {
  server.behaviour.reply = (raw) =>
    raw.includes('Porto.') ? 'Great question! As you live in Porto, it is far.' : 'Canberra.'
  const cases = [{ kind: 'quote', id: 'c', query: 'Capital of Australia?', facts }]
  const { out, answers } = await judge(cases)
  expect(answers).toMatchObject([{ quoted: [] }, { quoted: ['The user lives in Porto.'] }])
  expect(out).toMatch(/with profile +1\.000/)
  expect(out).toMatch(/agreement with profile +1\.000/)
  expect(out).toMatch(/agreement without profile +0\.000/)
})

test('what cannot be read or answered is said, and stands in no figure', async () => {
  server.behaviour.reply = () => 'Canberra.'
  const good = { kind: 'quote', id: 'c', query: 'Capital?', facts }
  const wrong = { kind: 'quote', id: 'd', query: 'Capital?', facts: [] }
  const read = await judge(['{', wrong, good])
  expect(read.status).toBe(1)
  expect(read.err).toContain('JSON')
  expect(read.err).toContain('facts')
  expect(read.out).toContain('2 cases failed')
  expect(read.answers).toHaveLength(2)
  server.behaviour.error = { status: 401, body: { error: { message: 'bad key' } } }
  const refused = await judge([good])
  expect(refused.status).toBe(1)
  expect(refused.err).toContain('401')
})

test('a busy server is asked again', async () => {
  server.behaviour.reply = () => 'Canberra.'
  server.behaviour.error = { status: 429, body: {} }
  const judging = judge([{ kind: 'quote', id: 'c', query: 'Capital?', facts }])
  await expect.poll(() => server.requests.length, { timeout: 10_000 }).toBe(1)
  server.behaviour.error = undefined
  const { status, answers } = await judging
  expect([status, answers.length, server.requests.length]).toEqual([0, 2, 3])
})

test('a model that takes neither max_tokens nor a temperature is asked without', async () => {
  server.behaviour.reply = () => 'Canberra.'
  server.behaviour.error = (raw) => {
    const param = ['max_tokens', 'temperature'].find((name) => raw.includes(`"${name}"`))
    return param === undefined ? undefined : { status: 400, body: { error: { param } } }
  }
  const { status, answers } = await judge([{ kind: 'quote', id: 'c', query: 'Capital?', facts }])
  expect([status, answers.length, server.requests.length]).toEqual([0, 2, 4])
  expect(JSON.parse(server.requests.at(-1)?.raw ?? '')).toMatchObject({
    max_completion_tokens: 400,
  })
})

test('an answer that has not begun when its tokens are spent is none', async () => {
  server.behaviour.reply = () => ''
  server.behaviour.finish = 'length'
  const { status, err } = await judge([{ kind: 'quote', id: 'c', query: 'Capital?', facts }])
  expect(status).toBe(1)
  expect(err).toContain('--max-tokens')
})

test('without an address it says how it is used, and that its figures need a model', async () => {
  const child = spawn(process.execPath, ['tools/judge.ts', '--model', 'm'])
  child.stdin.end()
  expect(await readAll(child.stderr)).toContain('were measured in this repository')
})

describe('scores', () => {
  test('of strings, of a judge and of a choice are read from an answer', () => {
    expect(
      stringScore('Use bufio.Scanner', { expect: ['bufio', 'os.Open'], avoid: ['python'] }),
    ).toBe(0.5)
    expect(stringScore('In Python', { expect: [], avoid: ['python'] })).toBe(0)
    expect(judgedScore('8/10')).toBe(0.8)
    expect(judgedScore('Grade: 10')).toBe(1)
    expect(judgedScore('8.5')).toBe(0.85)
    expect(judgedScore('good')).toBeUndefined()
    expect(choiceOf('A great question. B', 2)).toBe('B')
    expect(choiceOf('Both have merit:\nA', 2)).toBe('A')
    expect(choiceOf('I cannot say', 2)).toBeUndefined()
    expect(choiceOf('B. A tax on sugar is not a good idea.', 2)).toBe('B')
    expect(choiceOf('**B**', 2)).toBe('B')
    expect(choiceOf('The answer is B, not A.', 2)).toBe('B')
    expect(choiceOf('It depends. A tax may help, so B', 2)).toBe('B')
  })
  test('of quotes leave out what the question itself says', () => {
    const fact = { text: 'The user is allergic to peanuts.' }
    const asked = { query: 'I am allergic to peanuts, what can I eat?', facts: [fact] }
    expect(quotedFacts('As you are allergic to peanuts, avoid satay.', asked)).toEqual([])
    const silent = { query: 'Explain quicksort', facts: [fact] }
    expect(quotedFacts('Since you are allergic to peanuts…', silent)).toEqual([fact.text])
    expect(quotedFacts('Choose a pivot.', silent)).toEqual([])
  })
  // scipy 1.17.1: binomtest(8, 10).proportion_ci(method='wilson').
  test('of rates have Wilson’s interval', () => {
    const { low, high } = wilson(8, 10)
    expect(low).toBeCloseTo(0.490_162_471_536_642, 6)
    expect(high).toBeCloseTo(0.943_317_848_545_625, 6)
    expect(wilson(0, 0)).toEqual({ n: 0, share: 0, low: 0, high: 1 })
  })
})
