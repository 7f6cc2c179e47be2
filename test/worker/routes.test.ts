import { expect, test } from 'vitest'
import { acme, acmeToken, createHarness, orgsOf, someone, type Harness } from './harness.ts'
import { context } from './people.ts'

const json = { 'content-type': 'application/json' }
const post = (path: string, body: unknown) =>
  [path, { method: 'POST', headers: json, body: JSON.stringify(body) }] as const

test('the panel adds, changes, exports and deletes a fact', async () => {
  const harness = createHarness()
  const as = someone()
  const call = async (path: string, init: RequestInit = {}) =>
    (await harness.fetch(path, { as, headers: json, ...init })).json<Record<string, never>>()
  const added = await call('/v1/self-model/facts', {
    method: 'POST',
    body: '{"category":"diet","text":"I eat vegetarian food"}',
  })
  const { id } = added['fact'] as unknown as { id: string }
  const changed = await call(`/v1/self-model/facts/${id}`, {
    method: 'PATCH',
    body: '{"text":"I eat vegan food","pinned":true}',
  })
  const { id: other } = changed['fact'] as unknown as { id: string }
  expect(changed).toMatchObject({
    fact: { id: other, text: 'I eat vegan food', pinned: true },
    persona: { version: 2, facts: [{ id: other, text: 'I eat vegan food' }] },
  })
  const file = await harness.fetch('/v1/self-model/export', { as })
  expect(file.headers.get('content-disposition')).toMatch(/^attachment; filename=".*\.json"$/)
  expect(await file.json()).toMatchObject({ version: 2, facts: [{ id: other }] })
  expect(await call(`/v1/self-model/facts/${other}`, { method: 'DELETE' })).toMatchObject({
    persona: { version: 3, facts: [] },
  })
  expect(await call('/v1/self-model')).toMatchObject({ version: 3, epoch: 0, facts: [] })
})

test('what facts have brought is told by numbers; of the facts of others nothing is known', async () => {
  const harness = createHarness()
  const [as, other] = [someone(), someone()]
  const [, add] = post('/v1/self-model/facts', { category: 'diet', text: 'I eat vegetarian food' })
  const added = await harness.fetch('/v1/self-model/facts', { as, ...add })
  const { fact } = await added.json<{ fact: { id: string } }>()
  const report = { consent: 'edge', facts: { [fact.id]: { attached: 3, used: 2, corrected: 1 } } }
  const [path, told] = post('/v1/self-model/earned', report)
  expect(await (await harness.fetch(path, { as, ...told })).json()).toEqual({ counted: 1 })
  expect(await (await harness.fetch(path, { as: other, ...told })).json()).toEqual({ counted: 0 })
  const seen = await harness.fetch('/v1/self-model', { as })
  expect(await seen.json()).toMatchObject({
    version: 1,
    facts: [{ earned: report.facts[fact.id] }],
  })
  const [, wrong] = post(path, {
    ...report,
    facts: { [fact.id]: { attached: -1, used: 0, corrected: 0 } },
  })
  const refused = await harness.fetch(path, { as, ...wrong })
  expect(refused.status).toBe(400)
  expect(await refused.json()).toMatchObject({ code: 'bad_request', field: expect.any(String) })
  const [, unasked] = post(path, { facts: report.facts })
  const silent = await harness.fetch(path, { as, ...unasked })
  expect(await silent.json()).toMatchObject({ code: 'bad_request', field: 'consent' })
})

test('what one user keeps is seen by nobody else, not even of the same name in another org', async () => {
  const harness = createHarness({
    ports: (real) => ({
      orgs: { ...real.orgs, load: async (id) => (id === 'acme' ? acme() : real.orgs.load(id)) },
    }),
  })
  const as = someone()
  await harness.fetch(
    ...withUser(as, post('/v1/self-model/facts', { category: 'diet', text: 'No fish' })),
  )
  const others = [
    harness.fetch('/v1/self-model', { as: someone() }),
    harness.fetch('/v1/self-model', {
      headers: { authorization: `Bearer ${await acmeToken(as)}` },
    }),
  ]
  for (const other of others) expect(await (await other).json()).toMatchObject({ facts: [] })
})

const withUser = (as: string, [path, init]: readonly [string, RequestInit]) =>
  [path, { as, ...init }] as const

test.each([
  { body: { category: 'mood', text: 'x' }, field: 'category', expected: /^one of belief/ },
  { body: { category: 'diet' }, field: 'text', expected: /^string$/ },
  { body: { category: 'diet', text: 'x'.repeat(300) }, field: 'text', expected: /256 bytes/ },
  { body: [], field: 'body', expected: /object/ },
])('a problem names the field ($field) and what was expected there', async (given) => {
  const { body, field, expected } = given
  const response = await createHarness().fetch(...post('/v1/self-model/facts', body))
  expect(response.status).toBe(400)
  const problem = await response.json<{ code: string; field: string; expected: string }>()
  expect(problem).toMatchObject({ code: 'bad_request', field })
  expect(problem.expected).toMatch(expected)
})

test.each([
  { type: 'text/plain', body: '{"category":"diet"}', status: 415, code: 'wrong_content_type' },
  { type: 'application/json', body: '{"category":', status: 400, code: 'bad_json' },
  { type: 'application/json', body: 'x'.repeat(70_000), status: 413, code: 'body_too_large' },
])('an own route refuses a body with $code', async ({ type, body, status, code }) => {
  const response = await createHarness().fetch('/v1/self-model/facts', {
    method: 'POST',
    headers: { 'content-type': type },
    body,
  })
  expect(response.status).toBe(status)
  expect(await response.json()).toMatchObject({ code, status })
})

test('a chat request must say that it is JSON', async () => {
  const response = await createHarness().fetch('/v1/chat/completions', {
    method: 'POST',
    headers: { 'content-type': 'text/plain' },
    body: '{}',
  })
  expect(response.status).toBe(415)
  expect(await response.json()).toMatchObject({
    error: { code: 'wrong_content_type', type: 'invalid_request_error', param: 'Content-Type' },
  })
})

test('a fact that is not there is not found', async () => {
  const response = await createHarness().fetch('/v1/self-model/facts/nothing', {
    as: someone(),
    method: 'DELETE',
  })
  expect(response.status).toBe(404)
  expect(await response.json()).toMatchObject({ code: 'fact_not_found' })
})

test('a self-model that cannot be reached is a problem that may be tried again', async () => {
  const harness = createHarness({
    ports: (real) => ({
      selfModels: { ...real.selfModels, forget: () => Promise.reject(new Error('down')) },
    }),
  })
  const response = await harness.fetch('/v1/self-model', { method: 'DELETE' })
  expect(response.status).toBe(503)
  expect(response.headers.get('retry-after')).toBe('1')
})

test('paths and methods that do not exist are told apart', async () => {
  const harness = createHarness()
  const nowhere = await harness.fetch('/v1/nowhere')
  expect(nowhere.status).toBe(404)
  expect(await nowhere.json()).toMatchObject({ code: 'not_found' })
  const wrong = await harness.fetch('/v1/self-model', { method: 'PUT' })
  expect(wrong.status).toBe(405)
  expect(wrong.headers.get('allow')).toBe('GET, DELETE, HEAD')
  const dialect = await harness.fetch('/v1/chat/completions')
  expect(dialect.status).toBe(405)
  expect(await dialect.json()).toMatchObject({ error: { code: 'method_not_allowed' } })
  const head = await harness.fetch('/healthz', { method: 'HEAD' })
  expect([head.status, await head.text()]).toEqual([200, ''])
})

test.each([
  ['/v1/messages', 'openai', { type: 'error', error: { type: 'api_error' } }],
  ['/v1/responses', 'anthropic', { error: { code: 'no_provider_for_dialect' } }],
])('%s is not spoken by %s and says so in its dialect', async (path, provider, body) => {
  const key = provider === 'openai' ? 'sk-ours' : ''
  const harness = createHarness({ vars: { PROVIDER: provider, OPENAI_API_KEY: key } })
  const response = await harness.fetch(...post(path, {}))
  expect(response.status).toBe(501)
  expect(response.headers.get('x-should-retry')).toBe('false')
  expect(await response.json()).toMatchObject(body)
})

test('a preflight is answered without a token, and grants what was asked for', async () => {
  const response = await createHarness().fetch('/v1/chat/completions', {
    as: '',
    method: 'OPTIONS',
    headers: {
      origin: 'https://app.test',
      'access-control-request-method': 'POST',
      'access-control-request-headers': 'authorization,x-stainless-os,edgewise-context',
    },
  })
  expect(response.status).toBe(204)
  expect(Object.fromEntries(response.headers)).toMatchObject({
    'access-control-allow-origin': 'https://app.test',
    'access-control-allow-headers': 'authorization,x-stainless-os,edgewise-context',
    'access-control-max-age': '7200',
  })
  expect(response.headers.has('access-control-allow-credentials')).toBe(false)
})

test('a page of another origin may read answers, receipts and problems', async () => {
  const harness = createHarness()
  for (const as of ['ada', '']) {
    const response = await harness.fetch('/v1/models', {
      as,
      headers: { origin: 'https://app.test' },
    })
    expect(response.headers.get('access-control-allow-origin')).toBe('https://app.test')
    expect(response.headers.get('access-control-expose-headers')).toBe('*')
    expect(response.headers.get('vary')).toContain('Origin')
  }
})

test('what may be cached says that it depends on the origin; what answers a POST of a server goes as it is', async () => {
  const harness = createHarness()
  const listed = await harness.fetch('/v1/models', { as: 'ada' })
  expect(listed.headers.get('vary')).toContain('Origin')
  const [path, ask] = post('/v1/self-model/facts', { category: 'diet', text: 'I eat no fish' })
  const added = await harness.fetch(path, { as: someone(), ...ask })
  expect(added.headers.get('vary')).toBeNull()
  const headers = { ...json, origin: 'https://app.test' }
  const paged = await harness.fetch(path, { as: someone(), ...ask, headers })
  expect(paged.headers.get('vary')).toContain('Origin')
})

test('a session tells the device who asks, what is known, and how its gate is set', async () => {
  const harness = createHarness({
    ports: () => ({
      orgs: orgsOf(
        acme({ name: 'Acme', features: { search: { mode: 'cautious', blocked: ['belief'] } } }),
      ),
    }),
  })
  const as = someone()
  const headers = { ...json, authorization: `Bearer ${await acmeToken(as)}` }
  const fact = { method: 'POST', headers, body: '{"category":"diet","text":"No fish"}' }
  await harness.fetch('/v1/self-model/facts', fact)
  const open = { method: 'POST', headers, body: '{"feature":"search"}' }
  const response = await harness.fetch('/v1/sessions', open)
  const session = await response.json<{ session: string; subject: string; expires: number }>()
  expect(session).toMatchObject({
    org: { id: 'acme', name: 'Acme' },
    persona: { version: 1, facts: [{ text: 'No fish' }] },
    gate: { mode: 'cautious', off: false, maxFacts: 5, blocked: ['belief'] },
    expires: harness.time.now + 30 * 60 * 1000,
  })
  expect(session.session).toMatch(/^[A-Za-z0-9_-]{8,64}$/)
  expect(session.subject).not.toContain(as)
})

test('the block alone, for an app that calls its provider itself', async () => {
  const harness = createHarness()
  const as = someone()
  const fact = { id: 'f1', category: 'diet', text: 'I am allergic to peanuts', vital: true }
  const decided = context({
    facts: [{ ...fact, category: 'diet' }],
    decision: {
      tier: 'lite',
      mode: 'balanced',
      stakes: 'none',
      language: 'en',
      inherited: 0,
      ms: 0,
      slices: { style: false, session: false, profile: true },
      facts: ['f1'],
      reason: 'test',
    },
  })
  const response = await harness.fetch('/v1/context', {
    as,
    method: 'POST',
    headers: { ...json, 'edgewise-context': JSON.stringify(decided) },
    body: '{"query":"dinner?","maxTokens":150}',
  })
  expect(await response.json()).toMatchObject({
    block: expect.stringContaining('peanuts'),
    placement: { role: 'user', position: 'after_last_user_text' },
    receipt: { why: 'attached', decidedBy: 'device' },
  })
  expect(response.headers.get('edgewise-receipt')).toContain('why="attached"')
})

const blockOf = async (harness: Harness, body: unknown) => {
  const init = { method: 'POST', headers: json, body: JSON.stringify(body) }
  const response = await harness.fetch('/v1/context', { as: someone(), ...init })
  expect(response.status).toBe(200)
  return response.json<{ block: string; receipt: { why: string; tokens: number } }>()
}

test('a back end without the script may bring facts and ask for any size: the budget holds', async () => {
  const harness = createHarness()
  const facts = [{ id: 'f1', category: 'diet', text: 'I eat no pork and no shellfish' }]
  const asked = { query: 'dinner ideas for tonight?', facts }
  const { block: whole, receipt } = await blockOf(harness, { ...asked, maxTokens: 1000 })
  expect(whole).toContain("From the user's page, unverified:\n- diet: I eat no pork")
  expect(receipt.tokens).toBeLessThanOrEqual(200)
  expect(await blockOf(harness, { ...asked, maxTokens: 0 })).toMatchObject({
    block: '',
    receipt: { why: 'over_budget', tokens: 0 },
  })
})

test.each([
  { name: 'no JSON', value: '{', field: 'Edgewise-Context' },
  { name: 'forged', value: '{"v":2}', field: 'Edgewise-Context.v' },
  { name: 'too large', value: 'x'.repeat(5000), field: 'Edgewise-Context' },
])(
  'a context that is $name is a clear problem where nothing else is asked for',
  async ({ value, field }) => {
    const response = await createHarness().fetch('/v1/context', {
      method: 'POST',
      headers: { ...json, 'edgewise-context': value },
      body: '{"query":"dinner?"}',
    })
    expect(response.status).toBe(400)
    expect(await response.json()).toMatchObject({ code: 'bad_context', field })
  },
)
