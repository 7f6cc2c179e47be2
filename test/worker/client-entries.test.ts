import { expect, test } from 'vitest'

test('the entries of the client can be imported, and used, in workerd', async () => {
  const { createEdgewise } = await import('../../client/index.ts')
  const { mintToken } = await import('../../client/server.ts')
  const key = { kid: 'k', alg: 'HS256', secret: 'x'.repeat(32) } as const
  const token = await mintToken({ key, org: 'demo', user: 'ada' })
  const edgewise = createEdgewise({
    endpoint: 'https://edge.test',
    token,
    fetch: async () => new Response('{}', { status: 500 }),
  })
  const { Authorization, ...headers } = await edgewise.headers(
    { text: 'hello' },
    { authorization: true },
  )
  expect(Authorization).toBe(`Bearer ${token}`)
  expect(headers).toHaveProperty('Edgewise-Context')
})
