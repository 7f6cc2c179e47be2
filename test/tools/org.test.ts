import { chmod, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { delimiter, join } from 'node:path'
import { tmpdir } from 'node:os'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { runTool } from './support/run-tool.ts'

/**
 * As wrangler behaves for a deployed namespace: a value that is not there is a failure like any other. Of the
 * commands named in FAILING it answers none.
 */
const wrangler = `#!${process.execPath}
const { existsSync, readdirSync, readFileSync, writeFileSync } = require('node:fs')
const [, , command, name] = process.argv.slice(2)
const fail = (why) => {
  process.stderr.write('\\u001b[31mX \\u001b[41;31m[\\u001b[41;97mERROR\\u001b[41;31m]\\u001b[0m ' + why + '\\n\\n')
  process.exit(1)
}
if ((process.env.FAILING ?? '').includes(command)) fail('You are not logged in.')
const file = 'kv/' + encodeURIComponent(name)
if (command === 'list') console.log(JSON.stringify(readdirSync('kv').map((n) => ({ name: decodeURIComponent(n) }))))
if (command === 'put') writeFileSync(file, readFileSync(process.argv[process.argv.indexOf('--path') + 1]))
if (command === 'get') existsSync(file) ? process.stdout.write(readFileSync(file)) : fail('404: Not Found')
`

vi.setConfig({ testTimeout: 60_000 })

let folder: string

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'edgewise-org-test-'))
  await Promise.all([mkdir(join(folder, 'kv')), mkdir(join(folder, 'bin'))])
  await writeFile(join(folder, 'bin/wrangler'), wrangler)
  await chmod(join(folder, 'bin/wrangler'), 0o755)
  vi.stubEnv('PATH', `${join(folder, 'bin')}${delimiter}${process.env['PATH']}`)
  await runTool(folder, ['setup.ts'])
})

afterEach(async () => {
  vi.unstubAllEnvs()
  await rm(folder, { recursive: true, force: true })
})

const org = (...args: string[]) => runTool(folder, ['org.ts', ...args])

async function put(record: object): ReturnType<typeof org> {
  await writeFile(join(folder, 'acme.json'), JSON.stringify(record))
  return org('put', 'acme.json')
}
const acme = { v: 1, id: 'acme', keys: [{ kid: '1', alg: 'HS256', secret: 's'.repeat(32) }] }

const stored = async (): Promise<string[]> =>
  Promise.all(
    (await readdir(join(folder, 'kv'))).map((name) => readFile(join(folder, 'kv', name), 'hex')),
  )

test('the first record of an org is written, read with its secrets masked, and changed on its revision', async () => {
  expect(await org('get', 'acme')).toMatchObject({
    code: 1,
    err: expect.stringContaining('nothing here'),
  })
  expect(await put(acme)).toMatchObject({ code: 0, out: expect.stringContaining('revision 1') })
  const { out } = await org('get', 'acme')
  expect(out).not.toContain('ssss')
  expect(await put({ ...JSON.parse(out), tone: 'warm' })).toMatchObject({ code: 0 })
  expect(await put({ ...JSON.parse(out), tone: 'cold' })).toMatchObject({ code: 1 })
  expect((await org('list')).out).toBe('acme\trevision 2\n')
})

test('where wrangler fails nothing counts as missing: its words are told, and no record is written anew', async () => {
  await put(acme)
  const before = await stored()
  for (const failing of ['get', 'get list', 'put']) {
    vi.stubEnv('FAILING', failing)
    const done = await put({ ...acme, tone: 'warm' })
    expect([done.code, done.err]).toEqual([
      1,
      expect.stringMatching(/available just now\. You are not logged in\.\n$/),
    ])
  }
  vi.stubEnv('FAILING', 'get list')
  expect((await org('get', 'acme')).err).toContain('You are not logged in.')
  expect((await org('list')).err).toContain('You are not logged in.')
  expect(await stored()).toEqual(before)
})

test('a record that was sealed with other secrets is neither hidden nor overwritten', async () => {
  await put(acme)
  const before = await stored()
  const secrets = JSON.parse(await readFile(join(folder, '.secrets.json'), 'utf8'))
  const others = { ...secrets, EDGEWISE_ROOT_SECRETS: 'o'.repeat(32) }
  await writeFile(join(folder, '.secrets.json'), JSON.stringify(others))
  for (const done of [await org('get', 'acme'), await org('list'), await put(acme)]) {
    expect([done.code, done.err]).toEqual([1, expect.stringContaining('cannot be opened')])
  }
  expect(await stored()).toEqual(before)
})

test('through the API a file that names no org is refused as such', async () => {
  await writeFile(join(folder, 'list.json'), '[]')
  const done = await org('put', 'list.json', '--endpoint', 'http://localhost:9', '--token', 'any')
  expect([done.code, done.err]).toEqual([1, expect.stringContaining('(id)')])
})
