import { expect, test } from 'vitest'
import { createHarness } from './harness.ts'

test.each([
  ['/v1/chat/completions', { error: { code: 'internal', type: 'api_error' } }],
  ['/v1/messages', { type: 'error', error: { type: 'api_error' } }],
  ['/v1/context', { code: 'internal' }],
])('a fault of ours at %s is told in its dialect, and its words nowhere', async (path, body) => {
  const broken = () => {
    throw new TypeError('words of a user')
  }
  const harness = createHarness({ ports: () => ({ rates: { refusedFor: broken } }) })
  const headers = { 'content-type': 'application/json' }
  const response = await harness.fetch(path, { method: 'POST', headers, body: '{}' })
  expect(response.status).toBe(500)
  expect(response.headers.has('x-should-retry')).toBe(false)
  expect(await response.json()).toMatchObject(body)
  expect(harness.logs).toContainEqual(
    expect.objectContaining({ code: 'internal', cause: 'TypeError' }),
  )
  expect(JSON.stringify(harness.logs)).not.toContain('words of a user')
})
