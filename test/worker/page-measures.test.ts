import { beforeAll, expect, test } from 'vitest'
import type { Experiment } from '../../shared/schema/experiment.ts'
import { byPages } from '../../shared/experiment/results.ts'
import { ExperimentResults } from '../../shared/schema/experiment-report.ts'
import {
  HOUR,
  ask,
  experiment,
  exposuresOf,
  measured,
  report,
  table,
  tell,
  withExperiments,
} from './experiments.ts'
import { keysOf, someone, type Harness } from './harness.ts'
import { migrate } from './migrate.ts'

/* What pages measure by themselves in an experiment, and that what is gathered is written once. */

beforeAll(migrate)

const org = 'measured'
const resultsFor = async (harness: Harness, path: string, of = org) =>
  ExperimentResults.parse(await (await report(harness, path, { org: of })).json())

test('measures of pages are guardrails of each experiment, unless it counts them its own way', async () => {
  const outcomes: Experiment['outcomes'] = [
    { name: 'done', kind: 'yes' },
    { name: 'edgewise.again', kind: 'sum', better: 'lower', guardrail: true },
  ]
  const as = { org }
  const harness = withExperiments({
    org: { id: as.org, experiments: [experiment({ outcomes })] },
  })
  const user = someone()
  await ask(harness, user, as)
  await expect.poll(() => exposuresOf(user, as.org), { timeout: 15_000 }).toHaveLength(1)
  for (const value of [1, 0, 1, 0]) {
    const sent = tell(harness, user, { ...as, name: 'edgewise.agreement', value })
    expect(await (await sent).json()).toMatchObject({ counted: true })
  }
  for (const { name } of byPages) {
    const sent = await tell(harness, someone(), { ...as, name, value: 1 })
    expect([name, await sent.json()]).toMatchObject([name, { counted: true }])
  }
  await tell(harness, user, { ...as, name: 'edgewise.used', value: 0.25 })
  harness.time.now += 30 * HOUR
  const { guardrails } = await resultsFor(harness, '/e1')
  expect(guardrails.map(({ name }) => name)).toEqual([
    'latency',
    'follow-ups',
    'returned',
    'edgewise.again',
    'edgewise.refusal',
    'edgewise.agreement',
    'edgewise.stopped',
  ])
  // The user is in one of the arms; nobody is in the other.
  const sums = async (name: string) => {
    const { arms } = await resultsFor(harness, `/e1?outcome=${name}`)
    return arms.map(({ n, mean }) => n * mean).toSorted((x, y) => x - y)
  }
  expect(await sums('edgewise.agreement')).toEqual([0, 0.5])
  expect(await sums('edgewise.used')).toEqual([0, 0.25])
})

test('who came back, and how long sessions are, is known without a report', async () => {
  const harness = withExperiments({ org: { id: 'back' } })
  const { orgKey } = await keysOf('', 'back')
  const since = harness.time.now - 30 * HOUR
  const none = { attached: 0, tokens: 0, waited: 0, decided: 0, needed: 0, followed: 0 }
  const visit = (userKey: string, session: string, { at = 0, requests = 1 }) => {
    const who = { orgKey, userKey, experiment: 'e1', arm: 'none' }
    return { ...who, ...none, session: `session-${session}`, at: since + at * HOUR, requests }
  }
  await table.expose([
    visit('stays away', '1', { requests: 4 }),
    // A second tab of the same visit, and somebody who came after the window.
    visit('two tabs', '1', {}),
    visit('two tabs', '2', { at: 0.5 }),
    visit('late', '1', {}),
    visit('late', '2', { at: 25 }),
    visit('comes back', '1', {}),
    visit('comes back', '2', { at: 20, requests: 2 }),
    // A back end's calls have no sessions.
    { ...visit('a server', '1', {}), session: 'day-1' },
  ])
  const meanOf = async (name: string) =>
    (await resultsFor(harness, `/e1?outcome=${name}`, 'back')).arms[0]
  expect(await meanOf('returned')).toMatchObject({ n: 4, mean: 0.25 })
  expect(await meanOf('session-length')).toMatchObject({ n: 4, mean: (4 + 1 + 1 + 1.5) / 4 })
})

test('an answer counts once where the database took a part of what was gathered', async () => {
  let calls = 0
  const experiments: typeof table = {
    ...table,
    expose(rows) {
      calls += 1
      return calls === 2 ? Promise.reject(new Error('away')) : table.expose(rows)
    },
  }
  const harness = withExperiments({ ports: { experiments } })
  const user = someone()
  const visit = (i: number) =>
    ask(harness, user, { given: measured({ session: `visit-${i}-of-many` }) })
  for (let i = 0; i < 55; i++) await visit(i)
  await expect.poll(() => harness.logs.length, { timeout: 15_000 }).toBeGreaterThan(0)
  expect(await exposuresOf(user)).toHaveLength(50)
  await visit(55)
  await expect.poll(() => exposuresOf(user), { timeout: 15_000 }).toHaveLength(56)
  expect((await exposuresOf(user)).map(({ requests }) => requests)).toEqual(Array(56).fill(1))
})
