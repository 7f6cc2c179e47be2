import { expect, test } from 'vitest'
import { createHarness, type Harness } from './harness.ts'

const words = 'words of a user'

test.each([
  ['/v1/chat/completions', { error: { code: 'internal', type: 'api_error' } }],
  ['/v1/messages', { type: 'error', error: { type: 'api_error' } }],
  ['/v1/context', { code: 'internal' }],
])('a fault of ours at %s is told in its dialect, and its words nowhere', async (path, body) => {
  const harness = failing(new TypeError(words))
  const response = await harness.fetch(path, { method: 'POST', headers, body: '{}' })
  expect(response.status).toBe(500)
  expect(response.headers.has('x-should-retry')).toBe(false)
  const text = await response.text()
  expect(JSON.parse(text)).toMatchObject(body)
  expect(harness.logs).toContainEqual(
    expect.objectContaining({ code: 'internal', cause: 'TypeError' }),
  )
  expect(text + JSON.stringify(harness.logs)).not.toContain(words)
})

test('so is what was thrown and is no error', async () => {
  const harness = failing(words)
  const init = { method: 'POST', headers, body: '{}' }
  const response = await harness.fetch('/v1/chat/completions', init)
  expect([response.status, (await response.text()).includes(words)]).toEqual([500, false])
  expect(harness.logs).toContainEqual(
    expect.objectContaining({ code: 'internal', cause: 'unknown' }),
  )
})

const headers = { 'content-type': 'application/json' }

function failing(cause: unknown): Harness {
  const refusedFor = () => {
    throw cause
  }
  return createHarness({ ports: () => ({ rates: { refusedFor } }) })
}
