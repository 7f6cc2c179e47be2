import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, expect, test, vi } from 'vitest'
import { mintToken } from '../../client/server.ts'
import type { Fact } from '../../shared/schema/fact.ts'
import type { SelfModelView } from '../../shared/schema/session.ts'
import { startWorker, testKey, type RunningWorker } from '../fakes/start-worker.ts'
import { chatGptConversation, claudeConversation, longExport } from './support/exports.ts'
import { standInFront, type InFront } from './support/in-front.ts'
import { runTool, startTool } from './support/run-tool.ts'

let worker: RunningWorker
let front: InFront
let folder: string
/** What reached the Worker, since the test began. */
let seen: { path: string; body: string }[] = []

const noting: InFront['meddle'] = ({ path, body }) => void seen.push({ path, body })

beforeAll(async () => {
  worker = await startWorker({ unlimited: true })
  front = await standInFront(worker.url)
  front.meddle = noting
  folder = await mkdtemp(join(tmpdir(), 'edgewise-import-'))
}, 60_000)

afterEach(() => {
  front.meddle = noting
  seen = []
})

afterAll(async () => {
  await front?.close()
  await worker?.stop()
  await rm(folder, { recursive: true, force: true })
})

async function save(name: string, content: unknown): Promise<string> {
  const file = join(folder, name)
  await writeFile(file, typeof content === 'string' ? content : JSON.stringify(content))
  return file
}

const bring = (file: string, user: string, ...rest: string[]): string[] =>
  `import/index.ts --org demo --user ${user} --endpoint ${front.url} --rate 6000`
    .split(' ')
    .concat(file, rest)

async function call(user: string, path: string, init: RequestInit = {}) {
  const key = { kid: 'development', alg: 'HS256' as const, secret: testKey }
  const token = await mintToken({ key, org: 'demo', user })
  const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' }
  return fetch(`${worker.url}${path}`, { ...init, headers })
}

/** The self-model once it says all of this. */
async function factsOf(user: string, ...texts: RegExp[]): Promise<Fact[]> {
  let facts: Fact[] = []
  await vi.waitFor(
    async () => {
      const view = (await (await call(user, '/v1/self-model')).json()) as SelfModelView
      facts = view.facts
      for (const text of texts) expect(JSON.stringify(facts)).toMatch(text)
    },
    { timeout: 20_000, interval: 200 },
  )
  return facts
}

const observations = () => seen.filter(({ path }) => path === '/v1/observe')

test('a ChatGPT export becomes facts that wait for a yes, from the branch that its user saw last', async () => {
  const said = [
    { role: 'system', text: 'I live in Rome.' },
    { role: 'user', text: "I'm a vegetarian, so what could I cook?", at: 1_700_000_100 },
    { role: 'assistant', text: 'I live in Oslo and I love sushi.' },
    { role: 'user', text: 'I just moved to Tokyo, where could I run?', hidden: true },
    { role: 'user', text: 'I just moved to Porto, where could I run?' },
  ]
  const file = await save('chat.json', [
    chatGptConversation(said, 'I just moved to Berlin, where could I run?'),
  ])
  const { code, out } = await runTool(folder, bring(file, 'chat'))
  expect(code).toBe(0)
  expect(out).toContain('wait in the panel')
  const facts = await factsOf('chat', /vegetarian/, /Porto/)
  expect(JSON.stringify(facts)).not.toMatch(/Rome|Oslo|sushi|Tokyo|Berlin/)
  expect(facts.every(({ status, source }) => status === 'pending' && source === 'import')).toBe(
    true,
  )
  expect(facts.find(({ text }) => /vegetarian/.test(text))?.lastSeen).toBe(1_700_000_100_000)
  const history = await (await call('chat', '/v1/self-model/history')).json()
  expect(history).toMatchObject({ changes: [{ cause: 'imported' }, {}] })
  // Facts travel, texts do not.
  expect(JSON.stringify(seen)).not.toContain('cook')
}, 60_000)

test('what was spoken to ChatGPT is read as what was typed', async () => {
  const conversation = chatGptConversation([{ role: 'user', text: '' }])
  const spoken = {
    content_type: 'multimodal_text',
    parts: [
      { content_type: 'audio_transcription', text: "I'm a vegetarian.", direction: 'in' },
      { content_type: 'real_time_user_audio_video_asset_pointer', audio_asset_pointer: {} },
    ],
  }
  const [root = {}, node] = Object.values(conversation.mapping)
  const message = { author: { role: 'user' }, create_time: 1_700_000_000, content: spoken }
  const mapping = { root, n0: { ...node, message } }
  const file = await save('spoken.json', [{ ...conversation, mapping }])
  const { code, out } = await runTool(folder, ['import/index.ts', '--dry-run', file])
  expect(code).toBe(0)
  expect(out).toContain('The user is a vegetarian.')
}, 60_000)

test('a Claude export is read: what the human wrote, and what Claude has noted without the name', async () => {
  const said = [
    { role: 'human', text: 'We have two kids, what could we play?' },
    { role: 'assistant', text: 'I live in Oslo.' },
  ]
  await save('conversations.json', [claudeConversation(said)])
  const notes = '**Work context**\n\nAda is a structural engineer. Ada lives in Porto.'
  await save('memories.json', [{ conversations_memory: notes, account_uuid: 'account-1' }])
  expect((await runTool(folder, bring(folder, 'claude'))).code).toBe(0)
  const facts = await factsOf('claude', /two kids/, /structural engineer/)
  expect(JSON.stringify(facts)).not.toMatch(/Ada|Oslo/)
  expect(facts.map(({ status }) => status)).toEqual(facts.map(() => 'pending'))
}, 60_000)

const memory = (text: string, user_id: string, categories: string[] = []) => ({
  id: text,
  memory: text,
  user_id,
  categories,
  created_at: '2025-01-05T10:00:00Z',
})

test('mem0 memories become facts of their category; of several users only one’s', async () => {
  const results = [
    memory('Allergic to peanuts', 'ada', ['food']),
    memory('Likes hiking', 'ada', ['hobbies']),
    memory('Name is Ada Lovelace', 'ada'),
    memory('Lives in Oslo', 'ben'),
  ]
  const file = await save('mem0.json', { results })
  const unclear = await runTool(folder, bring(file, 'mem'))
  expect([unclear.code, unclear.err]).toEqual([1, expect.stringContaining('--source-user')])
  expect(seen).toEqual([])
  const { code, out } = await runTool(folder, bring(file, 'mem', '--source-user', 'ada'))
  expect([code, out]).toEqual([0, expect.stringContaining('1 name_or_age')])
  const facts = await factsOf('mem', /peanuts/, /hiking/)
  expect(facts.map(({ status }) => status)).toEqual(['pending', 'pending'])
  expect(new Set(facts.map(({ category }) => category))).toEqual(new Set(['health', 'preference']))
}, 60_000)

test('a dry run says what would be learned, and sends nothing', async () => {
  const file = await save('dry.json', longExport(50))
  const { code, out } = await runTool(folder, ['import/index.ts', '--dry-run', file])
  expect(code).toBe(0)
  expect(out).toMatch(/\d facts in 50 texts/)
  expect(out).toContain('vegetarian')
  expect(out).toContain('Nothing was sent.')
  expect(seen).toEqual([])
}, 60_000)

test('5,000 messages are read in time and little memory; a run that is killed goes on, and nothing counts twice', async () => {
  const file = await save('long.json', longExport(5000))
  const started = Date.now()
  const whole = await runTool(folder, bring(file, 'whole'))
  expect([whole.code, whole.out]).toEqual([0, expect.stringContaining('on their way')])
  expect(Date.now() - started).toBeLessThan(90_000)
  const reports = observations().length
  expect(reports).toBeGreaterThan(20)

  seen = []
  const cut = startTool(folder, bring(file, 'cut'))
  let count = 0
  front.meddle = (request) => {
    // The Worker takes the seventh report, and the answer to it never comes back.
    if (request.path === '/v1/observe' && ++count === 7) cut.child.kill('SIGKILL')
    return noting(request)
  }
  expect((await cut.finished).code).toBeNull()
  front.meddle = noting
  const again = await runTool(folder, bring(file, 'cut'))
  expect([again.code, again.err]).toEqual([0, expect.stringContaining('Going on after')])
  expect(observations().length).toBeLessThanOrEqual(reports + 2)
  await vi.waitFor(
    async () => {
      const [one, other] = [await factsOf('whole', /Porto/), await factsOf('cut', /Porto/)]
      const told = (facts: Fact[]) => new Set(facts.map(({ text, times }) => `${text} ${times}`))
      expect(told(other)).toEqual(told(one))
    },
    { timeout: 30_000, interval: 500 },
  )
  const third = await runTool(folder, bring(file, 'cut'))
  expect(third.out).toContain('was imported before')
}, 240_000)

test('the Worker’s wish to wait is heeded', async () => {
  const file = await save('wait.json', longExport(50))
  const times: number[] = []
  front.meddle = ({ path }) => {
    if (path !== '/v1/observe' || times.push(Date.now()) > 1) return undefined
    const body = { code: 'rate_limited' }
    return { status: 429, headers: { 'retry-after': '2' }, body }
  }
  const { code, err } = await runTool(folder, bring(file, 'wait'))
  expect([code, err]).toEqual([0, expect.stringContaining('rate_limited: waiting 2 s')])
  expect((times[1] ?? 0) - (times[0] ?? 0)).toBeGreaterThanOrEqual(2000)
}, 60_000)

test('whoever has switched learning off, or erased everything meanwhile, is left in peace', async () => {
  const file = await save('peace.json', longExport(50))
  const off = { method: 'PATCH', body: JSON.stringify({ learn: false }) }
  await call('off', '/v1/self-model/settings', off)
  const refused = await runTool(folder, bring(file, 'off'))
  expect([refused.code, refused.err]).toEqual([1, expect.stringContaining('switched learning off')])

  const long = await save('erased.json', longExport(2000))
  let count = 0
  front.meddle = ({ path }) =>
    path === '/v1/observe' && ++count > 1 ? { status: 403, body: { code: 'forbidden' } } : undefined
  expect((await runTool(folder, bring(long, 'erased'))).code).toBe(1)
  front.meddle = noting
  await call('erased', '/v1/self-model', { method: 'DELETE' })
  const later = await runTool(folder, bring(long, 'erased'))
  expect([later.code, later.err]).toEqual([1, expect.stringContaining('has erased everything')])
  expect(observations()).toEqual([])
}, 60_000)

test.each([
  ['a file that ends too early', '[{"mapping": {"a": ', 'ends in the middle'],
  ['a file that is no JSON', 'Dear diary', 'Something else than JSON'],
  ['an entry that is no JSON', '[{"mapping": {]}]', 'not JSON'],
  ['a zip archive', 'PK\u0003\u0004', 'unpack it'],
  ['JSON of no known format', '[{"title": "x"}]', 'ChatGPT: conversations.json'],
])('%s is refused in plain words, and nothing is sent', async (_, content, words) => {
  const file = await save('damaged.json', content)
  const { code, err } = await runTool(folder, bring(file, 'damaged'))
  expect([code, err]).toEqual([1, expect.stringContaining(words)])
  expect(seen).toEqual([])
})

test('without a file or a user the command explains itself', async () => {
  expect((await runTool(folder, ['import/index.ts'])).code).toBe(2)
  const help = await runTool(folder, ['import/index.ts', '--help'])
  expect([help.code, help.out]).toEqual([0, expect.stringContaining('--dry-run')])
})
