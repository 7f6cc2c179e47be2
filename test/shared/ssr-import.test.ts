import { decodeJwt, decodeProtectedHeader, exportJWK, generateKeyPair, jwtVerify } from 'jose'
import { expect, test } from 'vitest'

test('every entry can be imported, and an instance made, where there is no page', async () => {
  expect(globalThis).not.toHaveProperty('window')
  const { createEdgewise } = await import('../../client/index.ts')
  await import('../../client/embed.ts')
  await import('../../client/panel/define.ts')
  const edgewise = createEdgewise({ endpoint: '/', token: 'none' })
  expect(edgewise.state.value).toMatchObject({ consent: 'memory', storage: 'unused', gate: 'cold' })
  edgewise.stop()
})

test('on a server the client answers too: without a page, without storage, without an exception', async () => {
  const { createEdgewise } = await import('../../client/index.ts')
  const sent: string[] = []
  const edgewise = createEdgewise({
    endpoint: 'https://edge.test/base/v1/',
    token: 'a-token',
    storage: 'device',
    fetch: async (input) => {
      sent.push(input instanceof Request ? input.url : new URL(input).href)
      return new Response('{}', { status: 500 })
    },
  })
  expect((await edgewise.decide({ text: 'hello' })).gate).toMatch(/failed|late/)
  await edgewise.fetch('https://edge.test/base/v1/chat/completions', {
    method: 'POST',
    body: '{"messages":[{"role":"user","content":"hello"}]}',
  })
  expect(sent).toContain('https://edge.test/base/v1/sessions')
  expect(sent).toContain('https://edge.test/base/v1/chat/completions')
})

test('a back end mints tokens that say who asks, for ten minutes unless told otherwise', async () => {
  const { mintToken } = await import('../../client/server.ts')
  const key = { kid: 'k1', alg: 'HS256', secret: 'x'.repeat(32) } as const
  const token = await mintToken({ key, org: 'demo', user: 'ada' })
  const { payload } = await jwtVerify(token, new TextEncoder().encode(key.secret), {
    audience: 'edgewise',
    algorithms: ['HS256'],
  })
  expect(payload).toMatchObject({
    org: 'demo',
    sub: 'ada',
    aud: 'edgewise',
    jti: expect.any(String),
  })
  expect((payload.exp ?? 0) - (payload.iat ?? 0)).toBe(600)
  const short = await mintToken({ key, org: 'demo', user: 'ada', ttl: 60, audience: 'other' })
  expect(decodeJwt(short)).toMatchObject({ aud: 'other' })
  expect(decodeProtectedHeader(short)).toMatchObject({ alg: 'HS256', kid: 'k1' })
})

test('a back end signs with an Ed25519 key as well', async () => {
  const { mintToken } = await import('../../client/server.ts')
  const { privateKey, publicKey } = await generateKeyPair('EdDSA', { extractable: true })
  const key = { kid: 'k2', alg: 'EdDSA', jwk: await exportJWK(privateKey) } as const
  const token = await mintToken({ key, org: 'demo', user: 'ada' })
  const { payload } = await jwtVerify(token, publicKey, { audience: 'edgewise' })
  expect(payload.sub).toBe('ada')
})

test('a back end forwards what the page sent for Edgewise, and the token only when told to', async () => {
  const { forwardHeaders } = await import('../../client/server.ts')
  const sent = {
    'edgewise-context': '{"v":1}',
    'edgewise-feature': 'search',
    authorization: 'Bearer t',
    cookie: 'secret',
  }
  const forwarded = { 'Edgewise-Context': '{"v":1}', 'Edgewise-Feature': 'search' }
  expect(forwardHeaders({ headers: sent })).toEqual(forwarded)
  expect(forwardHeaders(new Request('https://app.test', { headers: sent }))).toEqual(forwarded)
  // Another package's class of the same name, as polyfills and test environments bring one.
  const other = new Map(Object.entries(sent))
  const headers = { get: (name: string) => other.get(name.toLowerCase()) ?? null }
  expect(forwardHeaders({ headers })).toEqual(forwarded)
  expect(forwardHeaders({ headers: sent }, { authorization: true })).toEqual({
    ...forwarded,
    Authorization: 'Bearer t',
  })
  expect(forwardHeaders({ headers: {} })).toEqual({})
})
