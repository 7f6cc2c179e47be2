import { spawnSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'

const root = fileURLToPath(new URL('../../../', import.meta.url))

const run = (input: string, ...args: string[]) =>
  spawnSync(
    process.execPath,
    ['--disable-warning=ExperimentalWarning', 'tools/extract.ts', ...args],
    {
      cwd: root,
      input,
      encoding: 'utf8',
    },
  )

test(
  'each line is answered in its order, a bad one with what was expected',
  { timeout: 30_000 },
  () => {
    const lines = [
      '{"id":"a","text":"I am a vegetarian, what can I cook?"}',
      'no json',
      '{"id":"b"}',
      '{"text":"no id"}',
      '',
      '{"id":7,"text":""}',
    ]
    const { stdout, status } = run(`${lines.join('\n')}\n`)
    expect(status).toBe(0)
    const answers: unknown[] = stdout
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line))
    expect(answers).toEqual([
      { id: 'a', facts: expect.any(Array) },
      { error: { code: 'bad_json', field: '', expected: 'one JSON object a line' } },
      { id: 'b', error: { code: 'bad_request', field: 'text', expected: 'string' } },
      { error: { code: 'bad_request', field: 'id', expected: 'string or number' } },
      { id: 7, facts: [] },
    ])
  },
)

test(
  'help says what goes in and out; an unknown tier is refused with it',
  { timeout: 30_000 },
  () => {
    expect(run('', '--help')).toMatchObject({
      status: 0,
      stdout: expect.stringContaining('"span"'),
    })
    expect(run('', '--tier', 'huge')).toMatchObject({
      status: 2,
      stderr: expect.stringContaining('--tier'),
    })
  },
)
