import { env } from 'cloudflare:workers'
import { expect, test } from 'vitest'
import { checkOrg } from '../../shared/check-org.ts'
import type { Org } from '../../shared/schema/org.ts'
import type { ContextSource } from '../../shared/schema/source.ts'
import { acme, acmeToken, createHarness, orgsOf, receiptOf, someone } from './harness.ts'
import { chatBody, context, decision } from './people.ts'

/* The edge asks a second Worker that is really bound to it (test/fakes/crm-worker.js). */

const CRM: unknown = 'CRM' in env ? env.CRM : undefined

const source = (name: string, rest: Partial<ContextSource> = {}): ContextSource => ({
  name,
  binding: 'CRM',
  token: 'token-of-the-source',
  timeoutMs: 80,
  cacheSeconds: 0,
  categories: [],
  maxTokens: 100,
  schema: [
    { name: 'plan', type: 'text' },
    { name: 'seats', type: 'number' },
  ],
  ...rest,
})

type Given = { name?: string; org?: Partial<Org>; listed?: string }

async function ask({ name = 'crm', org = {}, listed = 'CRM, OTHER' }: Given = {}) {
  const vars = { SOURCE_BINDINGS: listed, CRM } as Partial<Env>
  const record = acme({ sources: [source(name)], sourceBindings: ['CRM'], ...org })
  const harness = createHarness({ vars, ports: () => ({ orgs: orgsOf(record) }) })
  const slices = { style: false, session: true, profile: false }
  const body = chatBody('and the second one?')
  const started = performance.now()
  const response = await harness.chat(body, {
    headers: { authorization: `Bearer ${await acmeToken(someone())}` },
    context: context({ decision: decision({ slices }) }),
  })
  expect(response.status).toBe(200)
  const { slices: carried } = receiptOf(response)
  return { carried, sent: harness.provider.last(), body, ms: performance.now() - started }
}

/** On a busy machine the time of a source may be over before it was even reached: asks again then. */
async function askUntilTold(given: Given) {
  for (let i = 0; i < 20; i++) {
    const asking = await ask(given)
    if (asking.carried.includes('sources')) return asking
  }
  return expect.fail('the source never answered in time')
}

test('a Worker that is bound to the edge answers like any other source', async () => {
  const { sent } = await askUntilTold({})
  expect(sent).toContain('- crm: plan Pro; seats 12')
})

test('it is asked by pseudonym and with its own token, and told nothing else', async () => {
  const { sent } = await askUntilTold({ name: 'echo' })
  expect(sent).toContain('accept')
  expect(sent).toContain('edgewise-subject')
  expect(sent).toContain('GET Bearer token-of-the-source')
  expect(sent).not.toMatch(/content-type|edgewise-context|user-agent/)
})

test.each(['silent', 'huge', 'broken', 'failing', 'unknown'])(
  'one that is %s costs the request nothing but its line',
  async (name) => {
    const { carried, sent, body, ms } = await ask({ name })
    expect(carried).toEqual([])
    expect(sent).toBe(body)
    // 100 ms of waiting at the most; the rest is the request itself, on a machine that may be busy.
    expect(ms).toBeLessThan(5000)
  },
)

test.each<[string, Given]>([
  ['the deployment has not listed', { listed: '' }],
  ['the org may not ask', { org: { sourceBindings: ['OTHER'] } }],
  ['is not there', { org: { sources: [source('crm', { binding: 'OTHER' })] } }],
  [
    'is no source but the Worker’s own',
    { org: { sources: [source('crm', { binding: 'ASSETS' })], sourceBindings: ['ASSETS'] } },
  ],
])('a binding that %s is not asked', async (_, given) => {
  const { carried, sent, body } = await ask(given)
  expect(carried).toEqual([])
  expect(sent).toBe(body)
})

const problemOf = (org: Partial<Org>) => {
  const checked = checkOrg(acme(org), { development: false })
  return checked.ok ? undefined : checked.problem.field
}

test('a record names an address or a binding, and only one that the org may ask', () => {
  const sources = [source('crm')]
  expect(problemOf({ sources, sourceBindings: ['CRM'] })).toBeUndefined()
  expect(problemOf({ sources })).toBe('sources[0].binding')
  const both = [source('crm', { url: 'https://crm.acme.test/me' })]
  expect(problemOf({ sources: both, sourceBindings: ['CRM'] })).toBe('sources[0].url')
  const { binding: _, ...neither } = source('crm')
  expect(problemOf({ sources: [neither] })).toBe('sources[0].url')
})
