import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { startWorker, type RunningWorker } from '../fakes/start-worker.ts'
import { runTool } from './support/run-tool.ts'

let worker: RunningWorker
let folder: string

beforeAll(async () => {
  worker = await startWorker()
  folder = await mkdtemp(join(tmpdir(), 'edgewise-probe-'))
}, 60_000)

afterAll(async () => {
  await worker?.stop()
  await rm(folder, { recursive: true, force: true })
})

const probe = (...args: string[]) =>
  runTool(folder, ['probe/index.ts', '--endpoint', worker.url, '--watch', '5', ...args])

test('it measures a fact that is learned, edited and erased, and verifies the proof', async () => {
  const { code, out, err } = await probe('--json')
  expect([code, err]).toEqual([0, ''])
  const measured = JSON.parse(out)
  expect(measured.learned).toBeGreaterThan(0)
  expect(measured.attached.firstNew).toBeGreaterThan(0)
  expect(measured.edited).toMatchObject({ firstNew: expect.any(Number), failed: 0 })
  // Here nothing lags for seconds; how long it does elsewhere is what the command is for.
  expect(measured.edited.lastOld ?? 0).toBeLessThan(4000)
  expect(measured.forgotten.firstNew).toBeUndefined()
  expect(measured.forgotten.lastOld ?? 0).toBeLessThan(4000)
  expect(measured.forgotten.reads).toBeGreaterThan(3)
  expect(measured.proof).toBe(true)
}, 60_000)

test('it prints a table, and explains itself', async () => {
  const { code, out, err } = await probe('--every', '1000')
  expect([code, err]).toEqual([0, ''])
  expect(out).toMatch(/erased +- /)
  expect(out).toContain('The signed proof of erasure verifies.')
  expect((await probe('--help')).out).toContain('--watch')
  expect((await probe('--watch', 'long')).code).toBe(2)
}, 60_000)

test('a Worker that is not there is named', async () => {
  const { code, err } = await runTool(folder, [
    'probe/index.ts',
    '--endpoint',
    'http://127.0.0.1:9',
  ])
  expect([code, err]).toEqual([1, expect.stringContaining('could not be reached')])
})
