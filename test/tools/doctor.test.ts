import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { runTool } from './support/run-tool.ts'

/* What stands in the way of the provider's cache, found before anything is sent. */

let folder = ''
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'edgewise-doctor-'))
})
afterAll(async () => {
  await rm(folder, { recursive: true, force: true })
})

const own = 'You are the assistant of a shop for tools and garden machines. '.repeat(120)

let files = 0
async function look(requests: readonly object[], ...options: string[]) {
  const names = await Promise.all(
    requests.map(async (request) => {
      const file = join(folder, `request-${++files}.json`)
      await writeFile(file, JSON.stringify(request))
      return file
    }),
  )
  return runTool(folder, ['doctor/index.ts', ...options, ...names])
}
const chat = (system: string, user: string, model = 'gpt-5.6') => ({
  model,
  messages: [
    { role: 'system', content: system },
    { role: 'user', content: user },
  ],
})

test('requests that begin alike and are long enough pass, and it is said where markers stand', async () => {
  const { code, out } = await look([chat(own, 'Hello'), chat(own, 'How do I sharpen a saw?')])
  expect(out).toContain('dialect chat, model gpt-5.6, kept from 1024 tokens on')
  expect(out).toContain('markers behind: what all share, the words')
  expect(out).toContain('Nothing stands in the way.')
  expect(code).toBe(0)
})

test('bytes that differ by user are named, and so is what is left to keep', async () => {
  const of = (name: string) => chat(`You help ${name} today. ${own}`, 'Hello')
  const { code, out } = await look([of('Ada'), of('Bob')])
  expect(out).toContain('The requests differ in the system text from character 9 on: …You help Ada')
  expect(out).toMatch(/the same in all requests: [1-3]\n/)
  expect(out).toMatch(/below 1024 the provider keeps nothing/)
  expect(code).toBe(1)
})

test('in one request alone, what looks volatile is named', async () => {
  const { out } = await look([chat(`Today is 2026-11-27. ${own}`, 'Hello')])
  expect(out).toContain('! The system text holds a date: 2026-11-27')
})

test('tools, system and instructions of the other dialects are what all share there', async () => {
  const tools = [{ name: 'find', description: 'Request 7741-A: finds things', input_schema: {} }]
  const claude = { model: 'claude-sonnet-5', tools, system: own, messages: [] }
  expect((await look([claude])).out).toMatch(/dialect messages[^]*The tools text holds an id/)
  const responses = { model: 'gpt-5.4', instructions: 'Be kind.', input: 'Hello' }
  const { out } = await look([responses])
  expect(out).toMatch(/dialect responses[^]*What all share has 3 tokens; below 1024/)
})

test('a model that nobody knows is named, and another one can be', async () => {
  const request = chat(own, 'Hello', 'our-own')
  expect((await look([request])).out).toContain('Nothing is known of the model "our-own"')
  expect((await look([request], '--model', 'gpt-5.4')).code).toBe(0)
})

test('what is no request ends with 2', async () => {
  const file = join(folder, 'no.json')
  await writeFile(file, 'hello')
  expect((await runTool(folder, ['doctor/index.ts', file])).code).toBe(2)
  expect((await runTool(folder, ['doctor/index.ts'])).code).toBe(2)
})
