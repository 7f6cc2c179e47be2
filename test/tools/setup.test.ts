import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { runTool } from './support/run-tool.ts'

vi.setConfig({ testTimeout: 60_000 })

let folder: string

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'edgewise-setup-'))
})

afterEach(async () => {
  vi.unstubAllEnvs()
  await rm(folder, { recursive: true, force: true })
})

type Secrets = { EDGEWISE_NAMING_SECRET: string; EDGEWISE_ROOT_SECRETS: string }

const secrets = async (): Promise<Secrets> =>
  JSON.parse(await readFile(join(folder, '.secrets.json'), 'utf8'))

test('setup makes secrets that only their owner may read, and keeps those that are there', async () => {
  expect((await runTool(folder, ['setup.ts'])).code).toBe(0)
  const made = await secrets()
  expect(made.EDGEWISE_NAMING_SECRET.length).toBeGreaterThanOrEqual(32)
  expect(made.EDGEWISE_ROOT_SECRETS).not.toBe(made.EDGEWISE_NAMING_SECRET)
  expect((await stat(join(folder, '.secrets.json'))).mode & 0o777).toBe(0o600)
  expect((await runTool(folder, ['setup.ts'])).out).toContain('left as it is')
  expect(await secrets()).toEqual(made)
})

test('rotating puts a new secret in front, and never changes the one that names things', async () => {
  await runTool(folder, ['setup.ts'])
  const before = await secrets()
  expect((await runTool(folder, ['setup.ts', '--rotate'])).code).toBe(0)
  const { EDGEWISE_NAMING_SECRET: naming, EDGEWISE_ROOT_SECRETS: roots } = await secrets()
  expect(naming).toBe(before.EDGEWISE_NAMING_SECRET)
  expect(roots.split(',')).toEqual([expect.any(String), before.EDGEWISE_ROOT_SECRETS])
})

test('a name that the Worker does not read is told, and what it reads is not', async () => {
  await runTool(folder, ['setup.ts'])
  const file = join(folder, '.secrets.json')
  const text = JSON.stringify({ ...(await secrets()), OPENAI_API_KEY: 'sk-1', OPENAI_KEY: 'sk-2' })
  await writeFile(file, text)
  const { code, err } = await runTool(folder, ['setup.ts', '--rotate'])
  expect([code, err]).toEqual([0, '.secrets.json: the Worker reads no OPENAI_KEY.\n'])
  expect(await secrets()).toMatchObject({ OPENAI_API_KEY: 'sk-1', OPENAI_KEY: 'sk-2' })
})

test('what needs secrets says how to make them', async () => {
  for (const tool of [['deploy.ts'], ['setup.ts', '--rotate']]) {
    const { code, err } = await runTool(folder, tool)
    expect([code, err]).toEqual([1, 'There is no .secrets.json. Make one with: npm run setup\n'])
  }
})

test.each([
  [
    JSON.stringify({
      EDGEWISE_NAMING_SECRET: 'n'.repeat(32),
      EDGEWISE_ROOT_SECRETS: 'r'.repeat(32),
      EDGEWISE_METRICS_TOKEN: 'short',
    }),
    'EDGEWISE_METRICS_TOKEN must have 32',
  ],
  ['not JSON', 'is no JSON object'],
  ['{"EDGEWISE_NAMING_SECRET": "only this one"}', 'is no JSON object of texts with both secrets'],
  [
    JSON.stringify({ EDGEWISE_NAMING_SECRET: 'n'.repeat(32), EDGEWISE_ROOT_SECRETS: 'short' }),
    '32',
  ],
])(
  'secrets that the Worker would not take are told before anything is done (%#)',
  async (...told) => {
    const [text, why] = told
    await writeFile(join(folder, '.secrets.json'), text)
    for (const tool of [['deploy.ts'], ['setup.ts', '--rotate'], ['org.ts', 'list']]) {
      const { code, out, err } = await runTool(folder, tool)
      expect([code, out, err]).toEqual([1, '', expect.stringMatching(/^\.secrets\.json.*\n$/)])
      expect(err).toContain(why)
    }
  },
)

test('a start with secrets that the Worker would not take says so and is never "ready"', async () => {
  vi.stubEnv('EDGEWISE_NAMING_SECRET', 'short')
  for (const tool of [['start.ts'], ['org.ts', 'list', '--local']]) {
    const { code, out, err } = await runTool(folder, tool)
    expect([code, out, err]).toEqual([1, '', expect.stringMatching(/^environment: .* 32 .*\n$/)])
  }
})

test('a start on a port that is taken, or is none, says so and is never "ready"', async () => {
  const server = createServer()
  const port = await new Promise<string>((resolve) => {
    server.listen(0, () => {
      const address = server.address()
      resolve(typeof address === 'object' ? String(address?.port) : '')
    })
  })
  try {
    vi.stubEnv('PORT', port)
    const { code, out, err } = await runTool(folder, ['start.ts'])
    expect([code, out, err]).toEqual([1, '', expect.stringContaining(`Port ${port} is in use`)])
  } finally {
    server.close()
  }
  vi.stubEnv('PORT', 'eighty')
  expect(await runTool(folder, ['start.ts'])).toMatchObject({ code: 1, out: '' })
})

test.each([
  'setup',
  'start',
  'org',
  'token',
  'dead-letters',
  'probe/index',
  'import/index',
  'judge',
])('a mistyped option of %s is told in a line, not in a trace', async (tool) => {
  const { code, out, err } = await runTool(folder, [`${tool}.ts`, '--pretend'])
  expect([code, out]).toEqual([2, ''])
  expect(err).toMatch(/^Unknown option '--pretend'.*\n--help says what there is\.\n$/)
})
