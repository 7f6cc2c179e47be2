import { beforeAll, describe, expect, test } from 'vitest'
import { ExperimentList, ExperimentResults } from '../../shared/schema/experiment-report.ts'
import { differenceInterval, sampleOf } from '../../shared/experiment/sequence.ts'
import type { ExposureRow } from '../../worker/experiment-ports.ts'
import { acme, keysOf, someone, type Harness } from './harness.ts'
import { migrate } from './migrate.ts'
import {
  HOUR,
  ask,
  bearer,
  experiment,
  exposuresOf,
  outcomesOf,
  report,
  table,
  tell,
  withExperiments,
} from './experiments.ts'

/* What apps report of answers, and what experiments show of it. */

beforeAll(migrate)

const replyOf = async (response: Promise<Response>) => (await response).json()

describe('an outcome', { timeout: 40_000 }, () => {
  test('counts once, however often it is sent', async () => {
    const harness = withExperiments()
    const user = someone()
    const id = 'the-same-report'
    expect(await replyOf(tell(harness, user, { id }))).toEqual({ id, counted: true })
    expect(await replyOf(tell(harness, user, { id, value: 5 }))).toEqual({ id, counted: true })
    expect(await outcomesOf(user)).toMatchObject([{ id, value: 1, session: 'session-of-a-test' }])
    const other = someone()
    expect(await replyOf(tell(harness, other, { id }))).toEqual({ id, counted: true })
    expect(await outcomesOf(other)).toHaveLength(1)
  })

  test('is about a session or an answer, and keeps no more than names and numbers', async () => {
    const harness = withExperiments()
    const user = someone()
    await tell(harness, user, { session: undefined, receipt: 'receipt-1', text: 'my secret' })
    const [row] = await outcomesOf(user)
    expect(row).toMatchObject({ name: 'done', session: '', receipt: 'receipt-1' })
    expect(JSON.stringify(row)).not.toContain('secret')
    expect(JSON.stringify(row)).not.toContain(user)
  })

  test.each([
    ['without consent', { consent: undefined }, 'no_consent'],
    ['with consent to the device alone', { consent: 'device' }, 'no_consent'],
    [
      'against a browser’s refusal',
      { consent: undefined, headers: { 'sec-gpc': '1' } },
      'global_privacy_control',
    ],
    ['that no experiment counts', { name: 'bought' }, 'no_experiment'],
  ])('%s is not kept', async (_, change, refused) => {
    const user = someone()
    const reply = await replyOf(tell(withExperiments(), user, change))
    expect(reply).toMatchObject({ counted: false, refused })
    expect(await outcomesOf(user)).toEqual([])
  })

  test('counts until the last user’s window has passed, and not before the start', async () => {
    const harness = withExperiments({
      experiments: [experiment({ start: 10 * HOUR, end: 20 * HOUR, windowHours: 2 })],
    })
    const at = async (hour: number) => {
      harness.time.now = hour * HOUR
      return replyOf(tell(harness, someone()))
    }
    expect(await at(9)).toMatchObject({ refused: 'no_experiment' })
    expect(await at(10)).toMatchObject({ counted: true })
    expect(await at(21)).toMatchObject({ counted: true })
    expect(await at(22)).toMatchObject({ refused: 'no_experiment' })
  })

  test('is held at 500 a day for each user', async () => {
    const harness = withExperiments()
    const user = someone()
    const keys = await keysOf(user, 'acme')
    const now = harness.time.now
    const limit = { most: 500, since: now - 24 * HOUR }
    const row = { ...keys, name: 'done', value: 1, session: 's', receipt: '', at: now, kept: now }
    for (let i = 0; i < 500; i++) await table.keep({ ...row, id: `earlier-${i}` }, limit)
    expect(await replyOf(tell(harness, user))).toMatchObject({ refused: 'too_many' })
    // One that is known already is counted still.
    expect(await replyOf(tell(harness, user, { id: 'earlier-7' }))).toMatchObject({ counted: true })
    // What the page measures takes nothing from the app.
    const page = { name: 'edgewise.used', value: 0.5 }
    expect(await replyOf(tell(harness, user, page))).toMatchObject({ counted: true })
    harness.time.now = now + 25 * HOUR
    expect(await replyOf(tell(harness, user))).toMatchObject({ counted: true })
  })

  test.each([
    ['no id', { id: undefined }, 'id'],
    ['a short id', { id: 'x' }, 'id'],
    ['a name with a space', { name: 'my outcome' }, 'name'],
    ['a reserved name that is none', { name: 'edgewise.mine' }, 'name'],
    ['a value that is no number', { value: 'much' }, 'value'],
    ['a value without bounds', { value: 1e7 }, 'value'],
    ['neither session nor receipt', { session: undefined }, 'receipt'],
    ['a session that is none', { session: '../../etc' }, 'session'],
  ])('with %s is a bad request', async (_, change, field) => {
    const response = await tell(withExperiments(), someone(), change)
    expect(response.status).toBe(400)
    expect(await response.json()).toMatchObject({ code: 'bad_request', field })
  })

  test('needs a token, and can be sent again where the database is away', async () => {
    const keep: typeof table.keep = () => Promise.reject(new Error('away'))
    const harness = withExperiments({ ports: { experiments: { ...table, keep } } })
    const response = await tell(harness, someone())
    expect(response.status).toBe(503)
    expect(await response.json()).toMatchObject({ code: 'storage_unavailable' })
    const bare = await harness.fetch('/v1/outcomes', { method: 'POST', body: '{}', as: '' })
    expect(bare.status).toBe(401)
  })

  test('is exported with all else', async () => {
    const harness = withExperiments()
    const user = someone()
    await tell(harness, user, { id: 'the-only-report' })
    await ask(harness, user)
    await expect.poll(() => exposuresOf(user), { timeout: 15_000 }).toHaveLength(1)
    const headers = await bearer(user)
    const all = await (await harness.fetch('/v1/self-model/export', { headers })).json()
    expect(all).toMatchObject({
      experiments: {
        exposures: [{ session: 'session-of-a-test', requests: 1 }],
        outcomes: [{ id: 'the-only-report', name: 'done', value: 1 }],
      },
    })
    expect(JSON.stringify(all)).not.toMatch(/user_?key|org_?key/i)
  })

  test('is forgotten with all else', async () => {
    const harness = withExperiments()
    const user = someone()
    await tell(harness, user)
    await ask(harness, user)
    await expect.poll(() => exposuresOf(user), { timeout: 15_000 }).toHaveLength(1)
    await harness.fetch('/v1/self-model', { method: 'DELETE', headers: await bearer(user) })
    await expect.poll(() => exposuresOf(user), { timeout: 15_000 }).toEqual([])
    expect(await outcomesOf(user)).toEqual([])
  })
})

const resultsFor = async (harness: Harness, path = '/e1', options = {}) =>
  ExperimentResults.parse(await (await report(harness, path, options)).json())

type Group = { arm: string; users: number; done: number; tokens: number; waited: number }

/** Users of the past, as the tables hold them: so many in an arm, so many of whom have the outcome. */
async function fill(orgId: string, groups: readonly Group[], now: number): Promise<void> {
  const { orgKey } = await keysOf('', orgId)
  const since = now - 48 * HOUR
  const rows: ExposureRow[] = []
  for (const { arm, users, done, tokens, waited } of groups) {
    for (let i = 0; i < users; i++) {
      const userKey = `${orgId}-${arm}-${i}`
      rows.push({
        orgKey,
        userKey,
        experiment: 'e1',
        arm,
        session: 'session-1',
        at: since,
        requests: 2,
        attached: 1,
        tokens: 2 * tokens,
        waited: 2 * waited + (i % 2),
        decided: 2,
        needed: 1,
        followed: i % 2,
      })
      if (i >= done) continue
      const row = { orgKey, userKey, session: 'session-1', receipt: '', kept: now }
      const outcome = { ...row, id: `done-${i}`, name: 'done', value: 1, at: since + HOUR }
      await table.keep(outcome, { most: 10, since: 0 })
    }
  }
  await table.expose(rows)
}

describe('the results', { timeout: 60_000 }, () => {
  test('join outcomes to the users who were exposed, once their window has passed', async () => {
    const org = { id: 'joined' }
    const harness = withExperiments({ org })
    const [early, late, exposed] = [someone(), someone(), someone()]
    const as = { org: 'joined' }
    // Before the first answer it is none of the experiment's doing.
    await tell(harness, early, as)
    harness.time.now += HOUR
    for (const user of [early, late, exposed]) await ask(harness, user, as)
    await expect.poll(() => exposuresOf(exposed, 'joined'), { timeout: 15_000 }).toHaveLength(1)
    harness.time.now += HOUR
    await tell(harness, exposed, as)
    // Somebody who never had an answer.
    await tell(harness, someone(), as)
    const open = await resultsFor(harness, '/e1', as)
    expect(open.waiting).toBe(3)
    expect(open.arms.every(({ n }) => n === 0)).toBe(true)
    harness.time.now += 30 * HOUR
    await tell(harness, late, as)
    const { arms, waiting, outcome } = await resultsFor(harness, '/e1', as)
    expect([outcome, waiting]).toEqual(['done', 0])
    expect(arms.reduce((sum, { n }) => sum + n, 0)).toBe(3)
    expect(arms.reduce((sum, { n, mean }) => sum + n * mean, 0)).toBeCloseTo(1, 9)
  })

  test('have means, differences, ratio, steps and guardrails that follow from the tables', async () => {
    const harness = withExperiments({ org: { id: 'filled' } })
    const groups = [
      { arm: 'none', users: 150, done: 45, tokens: 0, waited: 400 },
      { arm: 'summary', users: 140, done: 98, tokens: 60, waited: 402 },
    ]
    await fill('filled', groups, harness.time.now)
    const results = await resultsFor(harness, '/e1', { org: 'filled' })
    const [none, summary] = results.arms
    expect([none?.n, none?.mean, summary?.n, summary?.mean]).toEqual([150, 0.3, 140, 0.7])
    const sample = (n: number, sum: number) => sampleOf({ n, sum, squares: sum })
    const expected = differenceInterval(sample(140, 98), sample(150, 45), {
      level: 0.05,
      planned: 10_000,
    })
    expect(results.difference).toMatchObject([{ arm: 'summary', against: 'none' }])
    expect(results.difference[0]?.value).toBeCloseTo(0.4, 9)
    expect(results.difference[0]?.low).toBeCloseTo(expected.low ?? Number.NaN, 9)
    expect(results.difference[0]?.high).toBeCloseTo(expected.high ?? Number.NaN, 9)
    expect(results.ratio.p).toBeCloseTo(0.557, 3)
    expect(results.steps).toMatchObject([{ from: 'none', to: 'summary', tokens: 60 }])
    expect(results.steps[0]?.perHundred).toBeCloseTo(0.4 / 0.6, 9)
    expect(results.guardrails.map(({ name, state }) => [name, state])).toEqual([
      ['latency', 'holds'],
      ['follow-ups', 'open'],
      ['returned', 'open'],
      ['refusals', 'open'],
      ['edgewise.refusal', 'open'],
      ['edgewise.agreement', 'open'],
      ['edgewise.again', 'open'],
      ['edgewise.stopped', 'open'],
    ])
  })

  test.each(['session-2', 'session-1'])(
    'leave out users who had two arms, and count them (%s)',
    async (session) => {
      const id = `crossed-${session}`
      const harness = withExperiments({ org: { id } })
      const group = { done: 1, tokens: 0, waited: 1 }
      await fill(id, [{ ...group, arm: 'none', users: 3 }], harness.time.now)
      const { orgKey } = await keysOf('', id)
      const sums = { attached: 0, tokens: 0, waited: 0, decided: 0, needed: 0, followed: 0 }
      const at = harness.time.now - HOUR
      const row = { orgKey, userKey: `${id}-none-0`, experiment: 'e1', arm: 'summary' }
      await table.expose([{ ...row, session, at, requests: 1, ...sums }])
      const { ratio, arms } = await resultsFor(harness, '/e1', { org: id })
      expect(ratio.crossed).toBe(1)
      expect(arms.map(({ n, mean }) => [n, mean])).toEqual([
        [2, 0],
        [0, 0],
      ])
    },
  )

  test('are an org’s own, also where another has an experiment of the same name', async () => {
    const harness = withExperiments({ org: { id: 'mine' } })
    const group = { done: 1, tokens: 0, waited: 1 }
    await fill('theirs', [{ ...group, arm: 'none', users: 5 }], harness.time.now)
    await fill('mine', [{ ...group, arm: 'none', users: 2 }], harness.time.now)
    const { arms } = await resultsFor(harness, '/e1', { org: 'mine' })
    expect(arms[0]?.n).toBe(2)
    const stranger = await report(harness, '/e1', { org: 'theirs' })
    expect(stranger.status).toBe(401)
  })

  test('are listed and shown to admins alone, by outcome', async () => {
    const harness = withExperiments()
    const list = ExperimentList.parse(await (await report(harness, '')).json())
    expect(list.experiments).toEqual([
      { id: 'e1', arms: ['none', 'summary'], outcomes: ['done', 'refusals'] },
    ])
    const by = await resultsFor(harness, '/e1?outcome=refusals')
    expect(by.outcome).toBe('refusals')
    expect((await report(harness, '/e1?outcome=bought')).status).toBe(400)
    expect((await report(harness, '/e2')).status).toBe(404)
    expect((await report(harness, '/e1', { scope: 'openid' })).status).toBe(403)
    const away = { people: () => Promise.reject(new Error('away')) }
    const broken = withExperiments({ ports: { experiments: { ...table, ...away } } })
    expect((await report(broken)).status).toBe(503)
  })

  test('go with what is older than 180 days', async () => {
    await fill('old', [{ arm: 'none', users: 1, done: 1, tokens: 0, waited: 1 }], 100 * HOUR)
    await table.dropUntil(60 * HOUR, 0)
    const { orgKey } = await keysOf('', acme({ id: 'old' }).id)
    const people = await table.people({ orgKey, experiment: 'e1', window: HOUR, now: 200 * HOUR })
    expect(people).toEqual({ exposed: [], crossed: 0, waiting: 0 })
  })
})
