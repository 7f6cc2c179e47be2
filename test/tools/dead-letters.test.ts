import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { mintToken } from '../../client/server.ts'
import { startWorker, testKey, type RunningWorker } from '../fakes/start-worker.ts'
import { runTool } from './support/run-tool.ts'

let worker: RunningWorker
let folder: string

beforeAll(async () => {
  worker = await startWorker()
  folder = await mkdtemp(join(tmpdir(), 'edgewise-letters-'))
}, 60_000)

afterAll(async () => {
  await worker?.stop()
  await rm(folder, { recursive: true, force: true })
})

const command = (...args: string[]) =>
  runTool(folder, ['dead-letters.ts', ...args, '--org', 'demo', '--endpoint', worker.url])

/** A letter as the queue leaves it: of the org, and no longer to be opened by anybody. */
async function leave(id: string, orgKey: string): Promise<void> {
  const database = await worker.miniflare.getD1Database('METRICS')
  const body = JSON.stringify({ v: 1, orgKey, userKey: 'u', persona: 'p', sealed: 'AAAA' })
  await database
    .prepare(`INSERT INTO dead_letters (id, at, why, user_key, body) VALUES (?, ?, ?, ?, ?)`)
    .bind(id, 1_790_000_000_000, 'failed_too_often', 'pseudonym-of-a-user', body)
    .run()
}

/** The pseudonym of the org, from the name under which its persona was stored. */
async function pseudonymOfOrg(): Promise<string> {
  const key = { kid: 'development', alg: 'HS256' as const, secret: testKey }
  const token = await mintToken({ key, org: 'demo', user: 'ada' })
  await fetch(`${worker.url}/v1/self-model/facts`, {
    method: 'POST',
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
    body: JSON.stringify({ category: 'tool', text: 'Uses Vim' }),
  })
  const personas = await worker.miniflare.getKVNamespace('PERSONAS')
  return vi.waitFor(async () => {
    const [stored] = (await personas.list()).keys
    if (!stored) throw new Error('nothing stored yet')
    return stored.name.split(':')[1] ?? ''
  }, 10_000)
}

test('dead letters are listed, dropped and sent again from the command line', async () => {
  expect((await command('list')).out).toContain('Nothing')
  const own = await pseudonymOfOrg()
  for (const id of ['letter-1', 'letter-2', 'letter-3']) await leave(id, own)
  await leave('letter-of-others', 'another-org')
  const listed = await command('list')
  expect(listed.out).toMatch(/letter-1 +2026-09-21T\S+ +failed_too_often +pseudonym-of/)
  expect(listed.out).not.toContain('letter-of-others')
  expect((await command('drop', 'letter-1')).out).toBe('1 dropped, 2 left.\n')
  const unknown = await command('drop', 'letter-of-others')
  expect([unknown.code, unknown.err]).toEqual([1, expect.stringContaining('of this org')])
  expect((await command('replay', '--all')).out).toBe('2 on their way again, 0 left.\n')
  // Nobody can open them: they come back as what they are.
  await vi.waitFor(
    async () => expect((await command('list')).out).toMatch(/unreadable[^]*unreadable/),
    { timeout: 20_000, interval: 500 },
  )
}, 60_000)

test('it explains itself, and needs to be told which letters', async () => {
  expect((await runTool(folder, ['dead-letters.ts', '--help'])).out).toContain('replay ID')
  expect((await command('drop')).code).toBe(2)
  expect((await command('replay', 'letter-1', '--all')).code).toBe(2)
})
