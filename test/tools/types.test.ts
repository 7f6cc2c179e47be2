import { spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { emitTypes } from '../../tools/emit-types.ts'

const app = mkdtempSync(join(tmpdir(), 'edgewise-app-'))
afterAll(() => rmSync(app, { recursive: true }))

beforeAll(() => {
  emitTypes()
  mkdirSync(join(app, 'node_modules'))
  symlinkSync(resolve('.'), join(app, 'node_modules/edgewise'))
  writeFileSync(join(app, 'package.json'), '{"type":"module"}')
}, 120_000)

const right = `
import { createEdgewise, type Edgewise, type EdgewisePanel } from 'edgewise'
import { forwardHeaders, mintToken } from 'edgewise/server'
import { edgewiseMiddleware } from 'edgewise/ai-sdk'

const edgewise: Edgewise = createEdgewise({ endpoint: 'https://edge.test/v1', token: async () => 't' })
const added = await edgewise.facts.add({ category: 'diet', text: 'eats no meat' })
export const words: string = added.ok ? added.value.text : added.problem.code
const key = { kid: 'k1', alg: 'HS256', secret: 's' } as const
export const token: string = await mintToken({ key, org: 'acme', user: 'ada' })
export const { specificationVersion } = edgewiseMiddleware({
  endpoint: 'https://edge.test',
  token: () => mintToken({ key, org: 'acme', user: 'ada' }),
  request: new Request('https://app.test'),
  onReceipt: ({ why, tokens }) => console.debug(why, tokens),
})
export const sent: Record<string, string> = forwardHeaders({ headers: {} })
export const panel: EdgewisePanel = document.createElement('edgewise-panel')
panel.edgewise = edgewise
panel.texts = { title: 'Your pantry' }
document.createElement('edgewise-receipt').entry = window.edgewise?.receipts()[0]
`
const wrong = `
import { createEdgewise } from 'edgewise'
import { mintToken } from 'edgewise/server'
import { edgewiseMiddleware } from 'edgewise/ai-sdk'
await createEdgewise({ endpoint: '/', token: 't' }).facts.add({ category: 'mood', text: 'x' })
await mintToken({ org: 'acme' })
edgewiseMiddleware({ token: 't' })
document.createElement('edgewise-panel').texts = { titel: 'Your pantry' }
`

test('an app that imports all entries compiles, and what is wrong in it is found', () => {
  writeFileSync(join(app, 'right.ts'), right)
  writeFileSync(join(app, 'wrong.ts'), wrong)
  const options = ['--noEmit', '--strict', '--module', 'nodenext', '--target', 'es2024']
  const { stdout } = spawnSync('tsc', [...options, 'right.ts', 'wrong.ts'], {
    cwd: app,
    encoding: 'utf8',
  })
  const errors = stdout.split('\n').filter((line) => line.includes('error TS'))
  expect(errors).toEqual([
    expect.stringMatching(/^wrong\.ts\(5,.*"mood"/),
    expect.stringMatching(/^wrong\.ts\(6,/),
    expect.stringMatching(/^wrong\.ts\(7,.*AiSdkOptions/),
    expect.stringMatching(/^wrong\.ts\(8,.*'titel'/),
  ])
}, 120_000)
