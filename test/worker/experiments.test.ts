import { runDurableObjectAlarm } from 'cloudflare:test'
import { env } from 'cloudflare:workers'
import { beforeAll, describe, expect, test } from 'vitest'
import { acme, keysOf, receiptOf, someone, type Harness } from './harness.ts'
import { migrate } from './migrate.ts'
import { chatBody, context, decision, introduce, twelve } from './people.ts'
import {
  ask,
  bearer,
  experiment,
  exposuresOf,
  measured,
  table,
  withExperiments,
} from './experiments.ts'

/* Who is in which arm, what the arm does, and what is written down of it. */

beforeAll(migrate)

const armOf = async (harness: Harness, user: string, asked = {}) =>
  receiptOf(await ask(harness, user, asked)).arm

/** A user of whom the edge knows twelve facts, and who is in this arm. */
async function knownIn(harness: Harness, arm: string): Promise<string> {
  for (let i = 0; i < 60; i++) {
    const user = someone()
    if ((await armOf(harness, user)) === arm) {
      await introduceAs(harness, user)
      return user
    }
  }
  throw new Error(`nobody is in ${arm}`)
}

async function introduceAs(harness: Harness, user: string): Promise<void> {
  const headers = await bearer(user)
  const fetch: Harness['fetch'] = (path, init = {}) =>
    harness.fetch(path, { ...init, headers: { 'content-type': 'application/json', ...headers } })
  await introduce({ ...harness, fetch }, user, twelve)
  const { userKey } = await keysOf(user, 'acme')
  await runDurableObjectAlarm(env.SELF_MODELS.getByName(userKey))
}

/** The edge decides, so that it needs the persona: what a request without the script is like. */
const undecided = { given: context({ device: { store: 'edge', gate: 'off' } }) }
const three = experiment({
  arms: [
    { arm: 'none', weight: 1 },
    { arm: 'summary', weight: 1 },
    { arm: 'full', weight: 1 },
  ],
})
const food = chatBody('What should I cook for dinner tonight?')

describe('arms', { timeout: 20_000 }, () => {
  test('are kept by a user, in every request and session, and told at session open', async () => {
    const harness = withExperiments()
    for (let i = 0; i < 5; i++) {
      const user = someone()
      const arm = await armOf(harness, user)
      expect(['none', 'summary']).toContain(arm)
      expect(await armOf(withExperiments(), user, { given: null })).toBe(arm)
      const opened = await harness.fetch('/v1/sessions', {
        method: 'POST',
        headers: { ...(await bearer(user)), 'content-type': 'application/json' },
        body: '{}',
      })
      expect(await opened.json()).toMatchObject({ experiment: 'e1', arm })
    }
  })

  test('are as wide as their weights', async () => {
    const arms = [
      { arm: 'none' as const, weight: 1 },
      { arm: 'summary' as const, weight: 3 },
    ]
    const harness = withExperiments({ experiments: [experiment({ arms })] })
    let none = 0
    for (let i = 0; i < 80; i++) if ((await armOf(harness, someone())) === 'none') none += 1
    // 20 are expected; five standard errors either way.
    expect(none).toBeGreaterThan(0)
    expect(none).toBeLessThan(40)
  })

  test('are of the feature’s experiment, while it runs', async () => {
    const harness = withExperiments({
      experiments: [experiment({ feature: 'search', start: 1000, end: 2000 })],
    })
    const user = someone()
    const headers = { 'edgewise-feature': 'search' }
    harness.time.now = 1500
    expect(receiptOf(await ask(harness, user, { headers })).experiment).toBe('e1')
    expect(receiptOf(await ask(harness, user)).experiment).toBeUndefined()
    harness.time.now = 2000
    expect(receiptOf(await ask(harness, user, { headers })).experiment).toBeUndefined()
  })

  test('are not for users who are left out, who get what they always get', async () => {
    const [inside, outside] = [someone(), someone()]
    const all = [
      { arm: 'none' as const, weight: 1000 },
      { arm: 'full' as const, weight: 1 },
    ]
    const harness = withExperiments({
      experiments: [experiment({ arms: all, exclude: [outside] })],
    })
    await introduceAs(harness, outside)
    const receipt = receiptOf(await ask(harness, outside, { ...undecided, body: food }))
    expect(receipt).not.toHaveProperty('arm')
    expect(receipt.why).toBe('attached')
    expect(await armOf(harness, inside)).toBeDefined()
    expect(await exposuresOf(outside)).toEqual([])
  })
})

describe('an arm', { timeout: 20_000 }, () => {
  test('none sends what the app sent, byte for byte, and says so', async () => {
    const harness = withExperiments({ experiments: [three] })
    const user = await knownIn(harness, 'none')
    for (const asked of [undecided, {}, { given: null }]) {
      const response = await ask(harness, user, { ...asked, body: food })
      expect(receiptOf(response)).toMatchObject({
        why: 'experiment',
        experiment: 'e1',
        arm: 'none',
        tokens: 0,
        facts: [],
      })
      expect(harness.provider.last()).toBe(food)
    }
  })

  test('none keeps what the device wanted in the receipt, and the org’s own words', async () => {
    const harness = withExperiments({
      experiments: [three],
      org: { terminology: { 'Q-fit': 'our fitting service' } },
    })
    const user = await knownIn(harness, 'none')
    const given = measured({ decision: decision({ stakes: 'medical', facts: ['f1'] }) })
    const response = await ask(harness, user, { given, body: chatBody('Is Q-fit open?') })
    expect(receiptOf(response)).toMatchObject({
      why: 'experiment',
      decidedBy: 'device',
      stakes: 'medical',
      slices: ['terms'],
    })
  })

  test('summary does what happens without an experiment, full attaches all that is known', async () => {
    const harness = withExperiments({ experiments: [three] })
    const plain = withExperiments({ experiments: [] })
    const gated = await knownIn(harness, 'summary')
    const asked = { ...undecided, body: food }
    const receipt = receiptOf(await ask(harness, gated, asked))
    const usual = receiptOf(await ask(plain, gated, asked))
    expect(receipt.arm).toBe('summary')
    expect([receipt.why, receipt.tokens, receipt.facts]).toEqual([
      usual.why,
      usual.tokens,
      usual.facts,
    ])

    const full = await knownIn(harness, 'full')
    const body = chatBody('What is the capital of France?')
    const everything = receiptOf(await ask(harness, full, { ...undecided, body }))
    expect(everything).toMatchObject({ why: 'attached', arm: 'full' })
    // All but the opinion, which makes answers agree instead of being right.
    expect(everything.facts).toHaveLength(twelve.length - 1)
    expect(everything.facts.map(({ category }) => category)).not.toContain('belief')
    expect(receiptOf(await ask(plain, full, { ...undecided, body })).why).not.toBe('attached')
    // Also where the device needs nothing.
    expect(receiptOf(await ask(harness, full, { body })).facts).toHaveLength(twelve.length - 1)
  })

  test('holds for the block alone, too', async () => {
    const harness = withExperiments({ experiments: [three] })
    const user = await knownIn(harness, 'none')
    const response = await harness.fetch('/v1/context', {
      method: 'POST',
      headers: { ...(await bearer(user)), 'content-type': 'application/json' },
      body: JSON.stringify({ query: 'What should I cook for dinner tonight?' }),
    })
    expect(await response.json()).toMatchObject({
      block: '',
      receipt: { why: 'experiment', arm: 'none', experiment: 'e1' },
    })
  })

  test('with a budget stays within it', async () => {
    const step = experiment({
      arms: [
        { arm: 'full', weight: 1000, budget: 120 },
        { arm: 'none', weight: 1 },
      ],
    })
    const harness = withExperiments({ experiments: [step] })
    const user = await knownIn(harness, 'full-120')
    const receipt = receiptOf(await ask(harness, user, { ...undecided, body: food }))
    expect(receipt.tokens).toBeLessThanOrEqual(120)
    expect(receipt.facts.length).toBeGreaterThan(1)
  })
})

describe('an arm chosen by hand', () => {
  const headers = { 'edgewise-arm': 'none' }

  test('holds in development, and is in no experiment', async () => {
    const harness = withExperiments()
    const user = someone()
    const receipt = receiptOf(await ask(harness, user, { headers }))
    expect(receipt).toMatchObject({ why: 'experiment', arm: 'none' })
    expect(receipt).not.toHaveProperty('experiment')
    const none = withExperiments({ experiments: [] })
    expect(await armOf(none, user, { headers })).toBe('none')
    expect(harness.provider.sent.at(-1)?.headers.has('edgewise-arm')).toBe(false)
  })

  test('holds elsewhere only where the org says so', async () => {
    const ports = { development: false }
    const user = someone()
    const closed = withExperiments({ ports, experiments: [] })
    expect(await armOf(closed, user, { headers })).toBeUndefined()
    const open = withExperiments({ ports, experiments: [], org: { forcedArms: true } })
    expect(await armOf(open, user, { headers })).toBe('none')
  })

  test('that does not exist changes nothing', async () => {
    const user = someone()
    const harness = withExperiments()
    const usual = await armOf(harness, user)
    const strange = { 'edgewise-arm': 'everything' }
    expect(await armOf(harness, user, { headers: strange })).toBe(usual)
  })
})

describe('an exposure', { timeout: 40_000 }, () => {
  const written = (user: string, org = 'acme') =>
    expect.poll(() => exposuresOf(user, org), { timeout: 15_000 })

  test('is one row a session, to which its answers are added', async () => {
    const harness = withExperiments()
    const user = someone()
    const follow = measured({ decision: decision({ inherited: 1, facts: ['f1'] }) })
    const arm = await armOf(harness, user)
    await ask(harness, user, { given: follow })
    await written(user).toHaveLength(1)
    await ask(harness, user)
    await ask(harness, user, { given: measured({ session: 'another-session' }) })
    await ask(harness, user, { given: null })
    await written(user).toHaveLength(3)
    const rows = await exposuresOf(user)
    expect(rows.map(({ session }) => session)).toEqual([
      'another-session',
      expect.stringMatching(/^day-\d+$/),
      'session-of-a-test',
    ])
    expect(rows[2]).toMatchObject({
      experiment: 'e1',
      arm,
      requests: 3,
      decided: 3,
      needed: 1,
      followed: 1,
    })
    expect(JSON.stringify(rows)).not.toContain(user)
  })

  test('is not kept without consent, against a browser’s refusal, or for an arm by hand', async () => {
    const harness = withExperiments()
    const users = [someone(), someone(), someone(), someone()]
    const [device = '', refused = '', forced = '', counted = ''] = users
    const memory = measured({ device: { store: 'memory', gate: 'ready' } })
    await ask(harness, device, { given: memory })
    await ask(harness, refused, { given: null, headers: { 'sec-gpc': '1' } })
    await ask(harness, forced, { headers: { 'edgewise-arm': 'none' } })
    await ask(harness, counted)
    await written(counted).toHaveLength(1)
    expect(await Promise.all([device, refused, forced].map((user) => exposuresOf(user)))).toEqual([
      [],
      [],
      [],
    ])
  })

  test('is kept for later while the database is away, and no answer waits for it', async () => {
    let away = true
    const experiments: typeof table = {
      ...table,
      expose: (rows) => (away ? Promise.reject(new Error('away')) : table.expose(rows)),
    }
    const harness = withExperiments({ ports: { experiments } })
    const user = someone()
    expect((await ask(harness, user)).status).toBe(200)
    await expect.poll(() => harness.logs.length, { timeout: 15_000 }).toBeGreaterThan(0)
    expect(await exposuresOf(user)).toEqual([])
    away = false
    await ask(harness, user)
    await written(user).toMatchObject([{ requests: 2 }])
  })

  test('is the org’s own: the same user of another org has another arm and other rows', async () => {
    const other = { ...acme(), id: 'other', experiments: [experiment()] }
    const orgs = { load: async () => other, any: async () => true }
    const user = someone()
    await ask(withExperiments(), user)
    await written(user).toHaveLength(1)
    expect(await exposuresOf(user, 'other')).toEqual([])
    await ask(withExperiments({ ports: { orgs } }), user, { org: 'other' })
    await written(user, 'other').toHaveLength(1)
    expect(await exposuresOf(user)).toMatchObject([{ requests: 1 }])
  })
})
