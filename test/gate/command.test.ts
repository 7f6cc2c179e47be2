import { spawn } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'

const command = fileURLToPath(new URL('../../tools/gate.ts', import.meta.url))

/** What `npm run -s gate` prints for some lines; the exit code. */
function run(
  lines: string | Uint8Array,
  ...args: string[]
): Promise<{ out: string[]; err: string; code: number | null }> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [command, ...args])
    const [out, err]: [Buffer[], Buffer[]] = [[], []]
    child.stdout.on('data', (bytes: Buffer) => out.push(bytes))
    child.stderr.on('data', (bytes: Buffer) => err.push(bytes))
    child.on('error', reject)
    child.on('close', (code) => {
      const text = Buffer.concat(out).toString()
      resolve({ out: text.split('\n').filter(Boolean), err: Buffer.concat(err).toString(), code })
    })
    child.stdin.on('error', () => undefined)
    child.stdin.end(lines)
  })
}

const request = {
  id: 'a',
  query: 'dinner ideas for tonight?',
  facts: [
    { id: 'f1', category: 'diet', text: 'Vegetarian.' },
    { id: 'f2', text: 'Works at a bank.' },
    { id: 'f3', category: 'health', text: 'Allergic to peanuts.', vital: true },
  ],
}

describe('npm run gate', { timeout: 60_000 }, () => {
  it.each(['lite', 'full'])('answers each line in the form that is promised: %s', async (tier) => {
    const { out, code } = await run(`${JSON.stringify(request)}\n`, '--tier', tier)
    expect(code).toBe(0)
    const number: unknown = expect.any(Number)
    const yesOrNo: unknown = expect.any(Boolean)
    expect(JSON.parse(out[0] ?? '')).toEqual({
      id: 'a',
      style: number,
      session: number,
      profile: number,
      stakes: { medical: number, legal: number, financial: number, safety: number },
      attach: { style: yesOrNo, session: yesOrNo, profile: yesOrNo },
      facts: ['f1', 'f2', 'f3'].map((id) => ({ id, score: number, attach: yesOrNo })),
      ms: number,
    })
  })

  it('says what is wrong with a bad line, and goes on', async () => {
    const lines = [
      'not json',
      '{"id":"b"}',
      '{"id":"c","query":"x","facts":[{"id":"1","text":2}]}',
      '[]',
      '',
      '{"id":4,"query":""}',
    ]
    const { out, code } = await run(lines.join('\n'))
    expect(code).toBe(0)
    expect(out.map((line): unknown => JSON.parse(line))).toEqual([
      { error: { code: 'bad_json', field: 'line', expected: 'one JSON object a line' } },
      { id: 'b', error: { code: 'bad_request', field: 'query', expected: 'string' } },
      { id: 'c', error: { code: 'bad_request', field: 'facts[0].text', expected: 'string' } },
      { error: { code: 'bad_request', field: '', expected: 'object' } },
      expect.objectContaining({ id: 4, attach: { style: false, session: false, profile: false } }),
    ])
  })

  it('outlives bytes that are no text, a megabyte, and two thousand facts', async () => {
    const facts = Array.from({ length: 2000 }, (_, i) => ({ id: `f${i}`, text: `Fact ${i}.` }))
    const noise = Buffer.from(Array.from({ length: 5000 }, (_, i) => (i * 89) % 256))
    const long = JSON.stringify({ id: 'long', query: 'a word '.repeat(150_000) })
    const many = JSON.stringify({ id: 'many', query: 'dinner ideas?', facts })
    const { out, code } = await run(Buffer.concat([noise, Buffer.from(`\n${long}\n${many}\n`)]))
    expect(code).toBe(0)
    const answers = out.map((line): { id?: string; facts?: unknown[]; error?: unknown } =>
      JSON.parse(line),
    )
    expect(answers.find(({ id }) => id === 'long')?.error).toBeUndefined()
    expect(answers.find(({ id }) => id === 'many')?.facts).toHaveLength(2000)
  })

  it('explains its options, and refuses others', async () => {
    expect((await run('', '--help')).out.join('\n')).toContain('--tier')
    const { code, err } = await run('', '--tier', 'huge')
    expect(code).toBe(2)
    expect(err).toContain('--tier')
  })
})
