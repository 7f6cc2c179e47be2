import { expect, test } from 'vitest'
import { createHarness } from './harness.ts'
import { chatBody } from './people.ts'

const asked = (headers: Record<string, string> = {}) => ({
  method: 'POST',
  headers: { 'content-type': 'application/json', ...headers },
  body: chatBody('hello'),
})

test.each([
  ['/chat/completions', '/v1/chat/completions'],
  ['//chat/completions', '/v1/chat/completions'],
  ['/v1/v1/responses', '/v1/responses'],
  ['/api/v1/chat/completions', '/v1/chat/completions'],
])('OpenAI’s SDK shows for %s that %s was meant', async (path, meant) => {
  const response = await createHarness().fetch(path, asked())
  expect([response.status, response.headers.get('x-should-retry')]).toEqual([404, 'false'])
  const { error } = await response.json<{ error: { code: string; message: string } }>()
  expect(error).toMatchObject({ code: 'not_found', type: 'not_found_error' })
  expect(error.message).toContain(` ${meant}: look at the base address`)
})

test.each([
  ['/v1/v1/messages', '/v1/messages'],
  ['/messages/count_tokens', '/v1/messages/count_tokens'],
])('Anthropic’s SDK shows for %s that %s was meant', async (path, meant) => {
  const response = await createHarness().fetch(path, asked())
  const body = await response.json<{ error: { message: string } }>()
  expect(body).toMatchObject({ type: 'error', error: { type: 'not_found_error' } })
  expect(body.error.message).toContain(` ${meant}: look at the base address`)
})

test('a page may read that, and everything else beside the API stays for pages of this origin', async () => {
  const origin = 'https://app.test'
  const harness = createHarness()
  const preflight = { origin, 'access-control-request-method': 'POST' }
  const given = async (path: string, method: string, headers: Record<string, string>) => {
    const { status, headers: answered } = await harness.fetch(path, { method, headers })
    return [status, answered.get('access-control-allow-origin')]
  }
  expect(await given('/chat/completions', 'OPTIONS', preflight)).toEqual([204, origin])
  expect(await given('/chat/completions', 'POST', { origin })).toEqual([404, origin])
  expect(await given('/demo/token', 'OPTIONS', preflight)).toEqual([405, null])
  expect(await given('/demo/token', 'GET', { origin })).toEqual([200, null])
  expect(await given('/nowhere', 'GET', { origin })).toEqual([404, null])
})
