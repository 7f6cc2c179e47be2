import { exportJWK, generateKeyPair, SignJWT } from 'jose'
import { expect, test } from 'vitest'
import type { Org } from '../../shared/schema/org.ts'
import {
  acme,
  acmeToken,
  createHarness,
  orgsOf,
  someone,
  testKey,
  tokenFor,
  unsignedToken,
  type Harness,
} from './harness.ts'
import { chatBody } from './people.ts'

const bearer = (token: string) => ({ headers: { authorization: `Bearer ${token}` } })
const view = (harness: Harness, token: string) => harness.fetch('/v1/self-model', bearer(token))
const withAcme = (rest: Partial<Org> = {}) =>
  createHarness({ ports: () => ({ orgs: orgsOf(acme(rest)) }) })

const refused = async (response: Response) => {
  const problem = await response.json<{ code: string; field?: string; requestId: string }>()
  expect(response.headers.get('content-type')).toBe('application/problem+json')
  expect(response.headers.get('x-should-retry')).toBe('false')
  expect(problem.requestId).not.toBe('')
  const { code, field } = problem
  return { status: response.status, code, ...(field === undefined ? {} : { field }) }
}

test('a good token lets its user in, in either header', async () => {
  const harness = createHarness()
  const token = await tokenFor(someone())
  expect((await view(harness, token)).status).toBe(200)
  const own = await harness.fetch('/v1/self-model', { headers: { 'x-api-key': token } })
  expect(own.status).toBe(200)
})

test('no token is a problem that says where it belongs', async () => {
  const response = await createHarness().fetch('/v1/self-model', { as: '' })
  expect(await refused(response)).toEqual({
    status: 401,
    code: 'token_missing',
    field: 'Authorization',
  })
})

test.each([
  ['with alg none', async () => unsignedToken('ada'), 'signature'],
  ['with a wrong key', () => tokenFor('ada', { key: 'x'.repeat(40) }), 'signature'],
  ['of an unknown org', () => tokenFor('ada', { org: 'nobody' }), 'signature'],
  ['with an unknown key id', () => tokenFor('ada', { kid: 'other' }), 'signature'],
  ['with another algorithm', () => tokenFor('ada', { alg: 'HS512' }), 'signature'],
  ['for another audience', () => tokenFor('ada', { aud: 'elsewhere' }), 'aud'],
  ['without a user', () => tokenFor(''), 'sub'],
  ['with an overlong user', () => tokenFor('u'.repeat(257)), 'sub'],
])('a token %s is not valid', async (_, token, field) => {
  const response = await view(createHarness(), await token())
  expect(await refused(response)).toEqual({ status: 401, code: 'token_invalid', field })
})

test.each(['x', 'a.b.c', 'a.b', '..', `${'a'.repeat(5000)}.e30.x`])(
  'what is no token is not valid: %.20s',
  async (text) => {
    expect(await refused(await view(createHarness(), text))).toMatchObject({
      code: 'token_invalid',
    })
  },
)

test('a token that never expires is not valid', async () => {
  const token = await new SignJWT({ org: 'demo' })
    .setProtectedHeader({ alg: 'HS256', kid: 'development' })
    .setSubject('ada')
    .setAudience('edgewise')
    .sign(new TextEncoder().encode(testKey))
  expect(await refused(await view(createHarness(), token))).toMatchObject({ field: 'exp' })
})

test('a token that has expired says so, also where it was good a moment ago', async () => {
  const harness = createHarness()
  const token = await tokenFor(someone(), { ttl: 30 })
  expect((await view(harness, token)).status).toBe(200)
  harness.time.now += 40_000
  expect(await refused(await view(harness, token))).toMatchObject({ code: 'token_expired' })
})

test('an org signs with EdDSA, and its public key is no shared secret', async () => {
  const { publicKey, privateKey } = await generateKeyPair('EdDSA', { extractable: true })
  const { kty, crv, x } = await exportJWK(publicKey)
  const jwk = { kty, crv, x } as { kty: 'OKP'; crv: 'Ed25519'; x: string }
  const harness = withAcme({ keys: [{ kid: 'ed', alg: 'EdDSA', jwk }] })
  const sign = (alg: string, key: CryptoKey | Uint8Array) =>
    new SignJWT({ org: 'acme' })
      .setProtectedHeader({ alg, kid: 'ed' })
      .setSubject('ada')
      .setAudience('edgewise')
      .setExpirationTime('5m')
      .sign(key)
  expect((await view(harness, await sign('EdDSA', privateKey))).status).toBe(200)
  const confused = await sign('HS256', new TextEncoder().encode(jwk.x))
  expect(await refused(await view(harness, confused))).toMatchObject({ code: 'token_invalid' })
})

test('a token that names no org is told so', async () => {
  const token = await new SignJWT({})
    .setProtectedHeader({ alg: 'HS256', kid: 'k1' })
    .setSubject('ada')
    .sign(new TextEncoder().encode('s'.repeat(32)))
  const response = await view(createHarness(), token)
  expect(await response.json()).toMatchObject({
    code: 'token_invalid',
    expected: expect.stringContaining('the claim org'),
  })
})

test('without a key id an org with one key is verified, and one with two is not', async () => {
  const token = await acmeToken('ada', { kid: undefined })
  expect((await view(withAcme(), token)).status).toBe(200)
  const [key] = acme().keys
  const two = withAcme({ keys: key ? [key, { ...key, kid: 'k2' }] : [] })
  expect(await refused(await view(two, token))).toMatchObject({ code: 'token_invalid' })
})

test('a key that the org has dropped is good for half a minute at most', async () => {
  let org = acme()
  const harness = createHarness({
    ports: () => ({ orgs: { load: async () => org, any: async () => true } }),
  })
  const token = await acmeToken('ada')
  expect((await view(harness, token)).status).toBe(200)
  org = acme({ keys: [] })
  harness.time.now += 30_000
  expect(await refused(await view(harness, token))).toMatchObject({ code: 'token_invalid' })
})

test('the development key is worth nothing in production', async () => {
  const secrets = { EDGEWISE_NAMING_SECRET: 'n'.repeat(32), EDGEWISE_ROOT_SECRETS: 'r'.repeat(32) }
  const harness = createHarness({
    vars: { ENVIRONMENT: 'production', ...secrets },
    ports: () => ({ orgs: orgsOf(acme()) }),
  })
  expect(await refused(await view(harness, await tokenFor('ada')))).toEqual({
    status: 401,
    code: 'token_invalid',
    field: 'signature',
  })
})

test('a deployment without an org says that it has no key', async () => {
  const secrets = { EDGEWISE_NAMING_SECRET: 'n'.repeat(32), EDGEWISE_ROOT_SECRETS: 'r'.repeat(32) }
  const harness = createHarness({ vars: { ENVIRONMENT: 'production', ...secrets } })
  expect(await refused(await view(harness, await tokenFor('ada')))).toEqual({
    status: 503,
    code: 'no_keys_configured',
  })
})

test('whether there is any org is asked until there is one, not for each name that somebody makes up', async () => {
  const secrets = { EDGEWISE_NAMING_SECRET: 'n'.repeat(32), EDGEWISE_ROOT_SECRETS: 'r'.repeat(32) }
  let listings = 0
  let known = false
  const any = async () => {
    listings++
    return known
  }
  const harness = createHarness({
    vars: { ENVIRONMENT: 'production', ...secrets },
    ports: () => ({ orgs: { load: async () => undefined, any } }),
  })
  const asked = async (org: string) =>
    (await refused(await view(harness, await tokenFor('ada', { org })))).code
  expect(await asked('a')).toBe('no_keys_configured')
  known = true
  expect([await asked('b'), await asked('c'), await asked('d')]).toEqual([
    'token_invalid',
    'token_invalid',
    'token_invalid',
  ])
  expect(listings).toBe(2)
})

test.each([{}, { EDGEWISE_NAMING_SECRET: 'short', EDGEWISE_ROOT_SECRETS: 'short' }])(
  'a deployment without storage secrets refuses every call and is still healthy (%j)',
  async (secrets) => {
    const harness = createHarness({ vars: { ENVIRONMENT: 'production', ...secrets } })
    const token = await tokenFor('ada')
    expect(await refused(await view(harness, token))).toEqual({
      status: 503,
      code: 'no_secrets_configured',
    })
    const chat = await harness.chat(chatBody('hi'))
    expect(await chat.json()).toMatchObject({ error: { code: 'no_secrets_configured' } })
    expect(await (await harness.fetch('/healthz')).json()).toMatchObject({ status: 'ok' })
  },
)

test('a provider key in a page is refused, whichever header holds it', async () => {
  const harness = createHarness()
  const origin = { origin: 'https://app.test' }
  const token = await tokenFor('ada')
  for (const headers of [
    { ...origin, authorization: 'Bearer sk-live' },
    { ...origin, 'x-api-key': 'sk-live' },
    { ...origin, authorization: 'Bearer sk-live', 'edgewise-token': token },
  ]) {
    const response = await harness.chat(chatBody('hi'), { headers })
    expect(response.status).toBe(401)
    expect(await response.json()).toMatchObject({ error: { code: 'provider_key_in_browser' } })
  }
  expect(harness.provider.sent).toEqual([])
})

test('pages of other origins than the org names are refused, its own and this Worker pass', async () => {
  const harness = withAcme({ origins: ['https://app.test'] })
  const from = async (origin: string | undefined) => {
    const headers = {
      authorization: `Bearer ${await acmeToken('ada')}`,
      ...(origin ? { origin } : {}),
    }
    return (await harness.fetch('/v1/self-model', { headers })).status
  }
  expect(await from('https://evil.test')).toBe(403)
  expect(await from('https://app.test')).toBe(200)
  expect(await from('https://edge.test')).toBe(200)
  expect(await from(undefined)).toBe(200)
})

test('an org that is switched off, or does not allow the model, is told so', async () => {
  const off = await view(withAcme({ disabled: true }), await acmeToken('ada'))
  expect(await refused(off)).toEqual({ status: 403, code: 'org_disabled' })
  const harness = withAcme({ models: ['small'] })
  const headers = { authorization: `Bearer ${await acmeToken('ada')}` }
  const other = await harness.chat(chatBody('hi'), { headers })
  expect(await other.json()).toMatchObject({ error: { code: 'model_not_allowed', param: 'model' } })
  const allowed = await harness.chat(chatBody('hi', { model: 'small' }), { headers })
  expect(allowed.status).toBe(200)
})

test('too many calls are slowed down', async () => {
  const harness = createHarness({
    ports: () => ({ rates: { refusedFor: () => 17 } }),
  })
  const response = await harness.chat(chatBody('hi'))
  expect(response.status).toBe(429)
  expect(response.headers.get('retry-after')).toBe('17')
  expect(await response.json()).toMatchObject({ error: { type: 'rate_limit_error' } })
})

test('what is written down names nobody and holds nothing that was sent', async () => {
  const harness = createHarness()
  const user = someone()
  await harness.fetch('/v1/self-model/facts?secret=1', {
    as: user,
    method: 'POST',
    headers: { 'content-type': 'application/json', 'edgewise-context': 'private' },
    body: '{"category":"nonsense","text":"my secret"}',
  })
  expect(harness.logs).toHaveLength(1)
  expect(Object.keys(harness.logs[0] ?? {}).toSorted()).toEqual(['code', 'request', 'subject'])
  expect(JSON.stringify(harness.logs)).not.toMatch(/secret|private|nonsense|user-/)
})
