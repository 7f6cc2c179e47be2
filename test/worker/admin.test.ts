import { runDurableObjectAlarm } from 'cloudflare:test'
import { env } from 'cloudflare:workers'
import { SignJWT } from 'jose'
import { expect, test } from 'vitest'
import { MASK } from '../../shared/org-secrets.ts'
import type { Org } from '../../shared/schema/org.ts'
import { kvOrgs, orgEntry } from '../../worker/adapters/kv-orgs.ts'
import { createNames } from '../../worker/adapters/names.ts'
import { createVault } from '../../worker/adapters/vault.ts'
import { readConfig } from '../../worker/config.ts'
import { bindings, createHarness, orgSecret, receiptOf, type Harness } from './harness.ts'
import { chatBody } from './people.ts'

const { secrets } = readConfig(bindings())
if (!secrets) throw new Error('no secrets')
const sealing = { names: createNames(secrets.naming), vault: createVault(secrets.roots) }

let orgs = 0
const named = (rest: Partial<Org> = {}): Org => ({
  v: 1,
  id: `org-${++orgs}-${crypto.randomUUID()}`,
  keys: [{ kid: 'k1', alg: 'HS256', secret: orgSecret }],
  revision: 1,
  ...rest,
})

/** Writes a record into KV, as an operator's command does. */
async function bootstrap(org: Org): Promise<Org> {
  const { key, value } = await orgEntry(org, sealing)
  await env.ORGS.put(key, value)
  return org
}

/** Lets a written record reach KV now, as its alarm would within a second. */
async function publish({ id }: Org): Promise<Org | undefined> {
  const { orgKey } = await sealing.names.orgKeys(id)
  await runDurableObjectAlarm(env.ORG_RECORDS.getByName(orgKey))
  return kvOrgs(env.ORGS, sealing).load(id)
}

const token = (org: string, scope?: string): Promise<string> =>
  new SignJWT({ org, ...(scope === undefined ? {} : { scope }) })
    .setProtectedHeader({ alg: 'HS256', kid: 'k1' })
    .setSubject('admin')
    .setAudience('edgewise')
    .setExpirationTime('5m')
    .sign(new TextEncoder().encode(orgSecret))

type Sent = { as?: Org; scope?: string; match?: string; body?: unknown }

async function call(harness: Harness, org: Org, sent: Sent = {}): Promise<Response> {
  const { as = org, scope = 'openid org:admin', match, body } = sent
  return harness.fetch(`/v1/admin/orgs/${encodeURIComponent(org.id)}`, {
    method: body === undefined ? 'GET' : 'PUT',
    headers: {
      authorization: `Bearer ${await token(as.id, scope)}`,
      'content-type': 'application/json',
      ...(match === undefined ? {} : { 'if-match': match }),
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  })
}

test('an admin reads their org’s record, no secret in clear, and knows its revision', async () => {
  const org = await bootstrap(named({ tone: 'warm' }))
  const response = await call(createHarness(), org)
  expect(response.status).toBe(200)
  expect(response.headers.get('etag')).toBe('"1"')
  expect(response.headers.get('cache-control')).toBe('no-store')
  const text = await response.text()
  expect(text).not.toContain(orgSecret)
  expect(JSON.parse(text)).toEqual({
    ...org,
    keys: [{ kid: 'k1', alg: 'HS256', secret: MASK }],
  })
})

test.each([
  ['without the scope', 'openid', 'scope'],
  ['with a scope that only begins like it', 'org:administer', 'scope'],
])('%s nothing is shown', async (_, scope, field) => {
  const org = await bootstrap(named())
  const response = await call(createHarness(), org, { scope })
  expect(response.status).toBe(403)
  expect(await response.json()).toMatchObject({ code: 'forbidden', field })
})

test('an admin of one org is nobody in another', async () => {
  const [org, other] = [await bootstrap(named()), await bootstrap(named())]
  const harness = createHarness()
  for (const sent of [{ as: other }, { as: other, match: '*', body: org }]) {
    const response = await call(harness, org, sent)
    expect(response.status).toBe(403)
    expect(await response.json()).toMatchObject({ code: 'forbidden', field: 'org' })
  }
})

test('a change on the state that was read is written, and holds for the next request', async () => {
  const org = await bootstrap(named())
  const read = await (await call(createHarness(), org)).json<Org>()
  const body = { ...read, compliance: ['Never promise a refund.'] }
  const response = await call(createHarness(), org, { match: '"1"', body })
  expect(response.status).toBe(200)
  expect(response.headers.get('etag')).toBe('"2"')
  expect(await response.json()).toMatchObject({ revision: 2, keys: [{ secret: MASK }] })
  expect(await publish(org)).toMatchObject({ revision: 2, keys: org.keys })

  // The mask was sent, the stored secret stayed: tokens still verify.
  const harness = createHarness()
  const answer = await harness.fetch('/v1/chat/completions', {
    method: 'POST',
    headers: { authorization: `Bearer ${await token(org.id)}`, 'content-type': 'application/json' },
    body: chatBody('hello'),
  })
  expect(receiptOf(answer).slices).toEqual(['org'])
  expect(harness.provider.last()).toContain('Never promise a refund.')
})

test('of changes made on the same state at the same time one is written, the others hear of it', async () => {
  const org = await bootstrap(named())
  const changes = ['a', 'b', 'c', 'd'].map((tone) =>
    call(createHarness(), org, { match: '"1"', body: { ...org, tone } }),
  )
  const answers = await Promise.all(changes)
  expect(answers.map(({ status }) => status).toSorted((a, b) => a - b)).toEqual([
    200, 412, 412, 412,
  ])
  const conflict = answers.find(({ status }) => status === 412)
  expect(await conflict?.json()).toMatchObject({
    code: 'revision_conflict',
    field: 'If-Match',
    expected: '"2"',
  })
  const won = await answers.find(({ status }) => status === 200)?.json<Org>()
  expect(await publish(org)).toMatchObject({ revision: 2, tone: won?.tone })
})

test('a change says on which state it was made: in If-Match, or in the record itself', async () => {
  const org = await bootstrap(named())
  const harness = createHarness()
  const { revision: _, ...without } = org
  const missing = await call(harness, org, { body: without })
  expect(missing.status).toBe(428)
  expect(await missing.json()).toMatchObject({ code: 'revision_missing', field: 'If-Match' })
  const put = async (sent: Sent) => (await call(harness, org, sent)).status
  expect(await put({ body: { ...org, tone: 'a' } })).toBe(200)
  expect(await put({ body: { ...org, tone: 'b' } })).toBe(412)
  expect(await put({ match: 'W/"2"', body: { ...without, tone: 'c' } })).toBe(200)
  expect(await put({ match: '*', body: { ...without, tone: 'd' } })).toBe(200)
  expect(await put({ match: '"four"', body: { ...without, tone: 'e' } })).toBe(412)
})

test('the same change sent again after a lost answer is answered as before', async () => {
  const org = await bootstrap(named())
  const harness = createHarness()
  const sent = { match: '"1"', body: { ...org, tone: 'dry' } }
  for (const time of ['first', 'again']) {
    const response = await call(harness, org, sent)
    expect([time, response.status, response.headers.get('etag')]).toEqual([time, 200, '"2"'])
  }
})

test.each([
  [
    { settings: { mode: 'reckless' } },
    { status: 400, code: 'bad_request', field: 'settings.mode' },
  ],
  [{ settings: { blokced: [] } }, { status: 400, code: 'bad_request', field: 'settings.blokced' }],
  [{ id: 'another' }, { status: 400, code: 'bad_request', field: 'id' }],
  [{ parent: 'nobody' }, { status: 400, code: 'bad_request', field: 'parent' }],
  [{ tokensPerDay: 1e12 }, { status: 403, code: 'forbidden', field: 'tokensPerDay' }],
  [{ sourceHosts: ['evil.test'] }, { status: 403, code: 'forbidden', field: 'sourceHosts' }],
  [
    { keys: [{ kid: 'k9', alg: 'HS256', secret: MASK }] },
    { status: 400, code: 'bad_request', field: 'keys[0].secret' },
  ],
])('%j is refused with %j', async (change, problem) => {
  const org = await bootstrap(named())
  const response = await call(createHarness(), org, { match: '"1"', body: { ...org, ...change } })
  expect(response.status).toBe(problem.status)
  expect(await response.json()).toMatchObject(problem)
  expect(await kvOrgs(env.ORGS, sealing).load(org.id)).toEqual(org)
})

test('an org that is switched off answers nobody but its admin, who switches it on again', async () => {
  const org = await bootstrap(named({ disabled: true }))
  const user = await createHarness().fetch('/v1/models', {
    headers: { authorization: `Bearer ${await token(org.id)}` },
  })
  expect(await user.json()).toMatchObject({ error: { code: 'org_disabled' } })
  const { disabled: _, ...on } = org
  expect((await call(createHarness(), org, { match: '"1"', body: on })).status).toBe(200)
  expect(await publish(org)).not.toHaveProperty('disabled')
})

test('a rule of a parent holds for the orgs under it from the next request on', async () => {
  const ids = [crypto.randomUUID(), crypto.randomUUID(), crypto.randomUUID()]
  const [top, middle, low] = ids
  if (!top || !middle || !low) throw new Error('no ids')
  const a = await bootstrap(named({ id: top, children: [middle] }))
  const b = await bootstrap(named({ id: middle, children: [low] }))
  const c = await bootstrap(named({ id: low, tone: 'dry' }))
  const harness = createHarness()
  const put = async (org: Org, change: Partial<Org>) =>
    (await call(harness, org, { match: '*', body: { ...org, ...change } })).status
  expect(await put(b, { parent: top })).toBe(200)
  expect(await put(c, { parent: middle })).toBe(200)
  expect(await put(a, { compliance: ['No gambling.'] })).toBe(200)
  await publish(a)
  await publish(b)
  expect(await publish(c)).toMatchObject({ compliance: ['No gambling.'], tone: 'dry', revision: 2 })
  // What its admins see and send back is their own part.
  const own = await (await call(harness, c)).json<Org>()
  expect(own).not.toHaveProperty('compliance')
  expect(own.parent).toBe(middle)
})

test('an org that its parent no longer names stands alone', async () => {
  const child = named()
  const parent = await bootstrap(named({ children: [child.id], compliance: ['No gambling.'] }))
  await bootstrap(child)
  const harness = createHarness()
  const put = async (org: Org, change: Partial<Org>) =>
    (await call(harness, org, { match: '*', body: { ...org, ...change } })).status
  expect(await put(child, { parent: parent.id })).toBe(200)
  expect(await publish(child)).toMatchObject({ compliance: ['No gambling.'] })
  expect(await put(parent, { children: [] })).toBe(200)
  const left = await publish(child)
  expect(left).not.toHaveProperty('compliance')
  expect(left).not.toHaveProperty('parent')
})

test('an admin of an org under another can neither leave it nor move; the operator can', async () => {
  const child = named()
  const parent = await bootstrap(named({ children: [child.id], compliance: ['No gambling.'] }))
  const wider = await bootstrap(named({ children: [child.id] }))
  await bootstrap(child)
  const harness = createHarness()
  const put = (change: Partial<Org>) =>
    call(harness, child, { match: '*', body: { ...child, ...change } })
  expect((await put({ parent: parent.id })).status).toBe(200)
  for (const change of [{}, { parent: wider.id }]) {
    const response = await put(change)
    expect(response.status).toBe(403)
    expect(await response.json()).toMatchObject({
      code: 'forbidden',
      field: 'parent',
      expected: 'no change: the operator sets it',
    })
  }
  expect((await put({ parent: parent.id, tone: 'dry' })).status).toBe(200)
  expect(await publish(child)).toMatchObject({ compliance: ['No gambling.'], tone: 'dry' })
  await bootstrap({ ...child, revision: 4 })
  expect(await (await call(harness, child)).json()).not.toHaveProperty('parent')
  expect((await put({ tone: 'warm' })).status).toBe(200)
})

test('a child’s change that was merged before its parent changed does not undo the parent’s rule', async () => {
  const child = named()
  const parent = await bootstrap(named({ children: [child.id] }))
  await bootstrap(child)
  const harness = createHarness()
  const put = (org: Org, change: Partial<Org>) =>
    call(harness, org, { match: '*', body: { ...org, ...change } })
  await put(child, { parent: parent.id })
  const both = await Promise.all([
    put(parent, { compliance: ['No gambling.'] }),
    put(child, { parent: parent.id, tone: 'dry' }),
  ])
  expect(both.map(({ status }) => status)).toEqual([200, 200])
  expect(await publish(child)).toMatchObject({ compliance: ['No gambling.'], tone: 'dry' })
})

test('the largest record that the rules allow can be changed by its admins, in any script', async () => {
  const terms = Array.from({ length: 500 }, (_, i) => [`${i}`.padStart(64, '語'), '説'.repeat(300)])
  const org = await bootstrap(named())
  const body = { ...org, terminology: Object.fromEntries(terms) }
  expect((await call(createHarness(), org, { match: '"1"', body })).status).toBe(200)
  expect((await publish(org))?.terminology).toEqual(body.terminology)
  const larger = { ...body, revision: 2, tone: 'x'.repeat(200_000) }
  expect((await call(createHarness(), org, { body: larger })).status).toBe(413)
})

test('storage that fails is a problem that may be tried again', async () => {
  const org = await bootstrap(named())
  const broken = () => Promise.reject(new Error('down'))
  const harness = createHarness({
    ports: () => ({ orgRecords: { read: broken, write: broken } }),
  })
  for (const sent of [{}, { match: '"1"', body: org }]) {
    const response = await call(harness, org, sent)
    expect(response.status).toBe(503)
    expect(response.headers.get('retry-after')).toBe('1')
  }
})
