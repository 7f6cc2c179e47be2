import { beforeAll, expect, test } from 'vitest'
import { ExperimentResults } from '../../shared/schema/experiment-report.ts'
import type { ExposureRow } from '../../worker/experiment-ports.ts'
import { HOUR, report, table, withExperiments } from './experiments.ts'
import { keysOf } from './harness.ts'
import { migrate } from './migrate.ts'

/* Whether context helps those who need it: they are told apart by what the gate found in every arm. */

beforeAll(migrate)

type Group = { arm: string; users: number; done: number; decided: number; needed: number }

async function fill(org: string, groups: readonly Group[], now: number): Promise<void> {
  const { orgKey } = await keysOf('', org)
  const first = now - 48 * HOUR
  const common = { orgKey, experiment: 'e1', requests: 2, attached: 0, tokens: 0, waited: 0 }
  const rows: ExposureRow[] = []
  for (const [g, { arm, users, done, decided, needed }] of groups.entries()) {
    for (let i = 0; i < users; i++) {
      const userKey = `${org}-${g}-${i}`
      const row = { ...common, userKey, arm, followed: 0 }
      rows.push({ ...row, session: 'session-1', at: first, decided, needed })
      // What a later visit needs may follow from the arm: it does not count.
      rows.push({ ...row, session: 'session-2', at: first + HOUR, decided: 2, needed: 2 })
      if (i >= done) continue
      const said = { orgKey, userKey, session: 'session-1', receipt: '', kept: now }
      const outcome = { ...said, id: `done-${i}`, name: 'done', value: 1, at: first + HOUR }
      await table.keep(outcome, { most: 10, since: 0 })
    }
  }
  await table.expose(rows)
}

test('outcomes are told apart by whether the first visit needed context', async () => {
  const harness = withExperiments({ org: { id: 'classes' } })
  const gate = { decided: 2, needed: 0 }
  await fill(
    'classes',
    [
      { arm: 'none', users: 120, done: 24, decided: 2, needed: 1 },
      { arm: 'summary', users: 110, done: 88, decided: 2, needed: 1 },
      { arm: 'none', users: 20, done: 10, ...gate },
      { arm: 'summary', users: 30, done: 15, ...gate },
      // Nobody's device decided: they are in no class.
      { arm: 'none', users: 5, done: 5, decided: 0, needed: 0 },
    ],
    harness.time.now,
  )
  const shown = await report(harness, '/e1', { org: 'classes' })
  const { arms, classes } = ExperimentResults.parse(await shown.json())
  expect(arms.map(({ n }) => n)).toEqual([145, 140])
  const [needed, rest] = classes
  const meansOf = (one: typeof needed) => one?.arms.map(({ arm, n, mean }) => [arm, n, mean])
  expect(meansOf(needed)).toEqual([
    ['none', 120, 0.2],
    ['summary', 110, 0.8],
  ])
  expect(meansOf(rest)).toEqual([
    ['none', 20, 0.5],
    ['summary', 30, 0.5],
  ])
  expect(needed?.difference[0]?.low).toBeGreaterThan(0.2)
  expect(rest?.difference[0]).toMatchObject({ value: 0, low: null, high: null })
})
