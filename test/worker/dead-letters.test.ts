import { env } from 'cloudflare:workers'
import { beforeAll, expect, test, vi } from 'vitest'
import { SignJWT } from 'jose'
import type { DeadLetterList, Lesson } from '../../shared/schema/learning.ts'
import { createHarness, keysOf, someone, testKey, type Harness } from './harness.ts'
import { bodyOf, consumersOf, delivered, realNow } from './learners.ts'
import { migrate } from './migrate.ts'

beforeAll(migrate)

const lesson = (text: string): Lesson => ({
  v: 1,
  made: realNow(),
  cause: 'learned',
  blocked: [],
  messages: [{ id: text, facts: [{ category: 'tool', text, source: 'typed', at: realNow() }] }],
})

/** Brings lessons to the dead letters, as the queue does with what failed too often. */
async function bury(user: string, texts: string[], org = 'demo') {
  const keys = await keysOf(user, org)
  const bodies = await Promise.all(texts.map((text) => bodyOf(keys, lesson(text))))
  await consumersOf().bury(bodies.map((body) => delivered(body)))
  return keys
}

async function call(harness: Harness, path: string, { body, scope = 'org:admin' }: Sent = {}) {
  const token = await new SignJWT({ org: 'demo', scope })
    .setProtectedHeader({ alg: 'HS256', kid: 'development' })
    .setSubject('admin')
    .setAudience('edgewise')
    .setExpirationTime('5m')
    .sign(new TextEncoder().encode(testKey))
  return harness.fetch(`/v1/admin/orgs/${path}`, {
    method: body === undefined ? 'GET' : 'POST',
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  })
}
type Sent = { body?: unknown; scope?: string }

const listed = async (harness: Harness) =>
  (await (await call(harness, 'demo/dead-letters')).json<DeadLetterList>()).letters

test('an admin sees what could not be learned in their org, and nothing of what it says', async () => {
  const harness = createHarness()
  const [mine, other] = [someone(), someone()]
  const keys = await bury(mine, ['Uses Vim'])
  await bury(other, ['Uses Emacs'], 'acme')
  await consumersOf().bury([delivered({ why: 'unreadable', body: { v: 9 } })])
  const response = await call(harness, 'demo/dead-letters')
  expect([response.status, response.headers.get('cache-control')]).toEqual([200, 'no-store'])
  const text = await response.text()
  expect(text).not.toMatch(/Vim|Emacs/)
  expect(JSON.parse(text)).toEqual({
    letters: [
      {
        id: expect.any(String),
        at: expect.any(Number),
        why: 'failed_too_often',
        subject: keys.userKey,
        bytes: expect.any(Number),
      },
    ],
    more: false,
  })
})

test('what is sent again is learned, and leaves the list', async () => {
  const harness = createHarness()
  const user = someone()
  const keys = await bury(user, ['Uses Kakoune', 'Uses Helix'])
  const own = (await listed(harness)).filter(({ subject }) => subject === keys.userKey)
  const body = { ids: own.slice(0, 1).map(({ id }) => id) }
  const one = await call(harness, 'demo/dead-letters/replay', { body })
  expect(await one.json()).toMatchObject({ count: 1 })
  const all = await call(harness, 'demo/dead-letters/replay', { body: { all: true } })
  expect(await all.json()).toMatchObject({ left: 0 })
  await vi.waitFor(
    async () => {
      const view = await (await harness.fetch('/v1/self-model', { as: user })).text()
      expect(view).toMatch(/Kakoune/)
      expect(view).toMatch(/Helix/)
    },
    { timeout: 15_000, interval: 200 },
  )
}, 30_000)

test('what is dropped is gone; a letter of another org cannot be named', async () => {
  const harness = createHarness()
  await bury(someone(), ['Uses Nano'], 'acme')
  const theirs = (await consumersOf().ports.deadLetters.list(100)).at(-1)?.id
  const stranger = await call(harness, 'demo/dead-letters/drop', { body: { ids: [theirs] } })
  expect([stranger.status, await stranger.json()]).toMatchObject([404, { field: 'ids' }])
  await bury(someone(), ['Uses Ed'])
  // What is buried while others are taken can come back again and again: it is not taken with them.
  const older = await call(harness, 'demo/dead-letters/drop', { body: { all: true, until: 0 } })
  expect(await older.json()).toEqual({ count: 0, left: 1 })
  const dropped = await call(harness, 'demo/dead-letters/drop', { body: { all: true } })
  expect(await dropped.json()).toEqual({ count: 1, left: 0 })
  expect(await listed(harness)).toEqual([])
  expect((await consumersOf().ports.deadLetters.list(100)).map(({ id }) => id)).toContain(theirs)
})

test.each([
  ['without the scope', 'demo/dead-letters', { scope: 'openid' }, 403],
  ['of another org', 'acme/dead-letters', {}, 403],
  ['without a choice', 'demo/dead-letters/replay', { body: {} }, 400],
  ['with an empty choice', 'demo/dead-letters/drop', { body: { ids: [] } }, 400],
])('%s it is refused', async (...[, path, sent, status]) => {
  expect((await call(createHarness(), path, sent)).status).toBe(status)
})

test('a report from before its user forgot everything is not kept, a later one is', async () => {
  const harness = createHarness()
  const user = someone()
  const keys = await keysOf(user, 'demo')
  const [before, unreadable] = [await bodyOf(keys, lesson('Uses Joe')), { ...keys, v: 9 }]
  expect((await harness.fetch('/v1/self-model', { as: user, method: 'DELETE' })).status).toBe(200)
  await vi.waitFor(async () => {
    const remembered = env.METRICS?.prepare('SELECT at FROM erased WHERE user_key = ?')
    expect(await remembered?.bind(keys.userKey).first('at')).toEqual(expect.any(Number))
  })
  const after = { ...lesson('Uses Micro'), made: realNow() + 60_000 }
  const bodies = [before, unreadable, await bodyOf(keys, after)]
  const deliveries = bodies.map((body) => delivered(body))
  await consumersOf().bury(deliveries)
  expect(deliveries.map(({ state }) => state)).toEqual(['acked', 'acked', 'acked'])
  const kept = await consumersOf().ports.deadLetters.list(100)
  const bodiesKept = kept.filter(({ userKey }) => userKey === keys.userKey).map(({ body }) => body)
  expect(bodiesKept).toEqual([JSON.stringify(bodies[2])])
  await call(harness, 'demo/dead-letters/drop', { body: { all: true } })
})

test('a queue that fails keeps the letters', async () => {
  const harness = createHarness({
    ports: (real) => ({
      learning: { ...real.learning, resend: () => Promise.reject(new Error('no queue')) },
    }),
  })
  await bury(someone(), ['Uses Acme'])
  const response = await call(harness, 'demo/dead-letters/replay', { body: { all: true } })
  expect([response.status, response.headers.get('retry-after')]).toEqual([503, '5'])
  expect(await listed(harness)).toHaveLength(1)
})
