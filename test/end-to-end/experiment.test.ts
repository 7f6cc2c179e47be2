import type { Browser } from 'playwright'
import { afterAll, beforeAll, expect, inject, test } from 'vitest'
import type { ExperimentResults } from '../../shared/schema/experiment-report.ts'
import { newUser } from './demo-page.ts'
import { openBrowser } from './start.ts'

let browser: Browser

beforeAll(async () => {
  browser = await openBrowser()
})

afterAll(async () => {
  // The demo's org is everybody's.
  await setExperiments([])
  await browser?.close()
})

const base = () => inject('edgewise')
/** A place in the app that no other test asks from. */
const feature = 'a-place-of-its-own'
const experiment = {
  id: 'context-end-to-end',
  feature,
  arms: [
    { arm: 'none', weight: 1 },
    { arm: 'summary', weight: 1 },
  ],
  outcomes: [{ name: 'solved', kind: 'yes' }],
  // Ten seconds: a user counts once they are over.
  windowHours: 10 / 3600,
}

async function bearer(user: string, scope = ''): Promise<{ authorization: string }> {
  const query = scope === '' ? '' : `&scope=${scope}`
  const response = await fetch(`${base()}/demo/token?user=${user}${query}`)
  const { token } = await response.json()
  return { authorization: `Bearer ${token}` }
}

const json = { 'content-type': 'application/json' }

/** Gives the demo's org these experiments, whatever its record holds. */
async function setExperiments(experiments: readonly object[]): Promise<void> {
  const headers = await bearer(newUser(), 'org:admin')
  const url = `${base()}/v1/admin/orgs/demo`
  const record = await (await fetch(url, { headers })).json()
  const written = await fetch(url, {
    method: 'PUT',
    headers: { ...headers, ...json, 'if-match': '*' },
    body: JSON.stringify({ ...record, experiments }),
  })
  expect(written.status).toBe(200)
}

/** A question as the page asks it: the device has found need, or none, and its user agreed to the edge. */
async function ask(user: string, needed: boolean): Promise<string | undefined> {
  const context = {
    v: 1,
    session: `session-of-${user}`,
    device: { store: 'edge', gate: 'ready' },
    decision: {
      tier: 'lite',
      mode: 'balanced',
      slices: { style: false, session: false, profile: needed },
      facts: needed ? ['f1'] : [],
      stakes: 'none',
      language: 'en',
      inherited: 0,
      ms: 0.1,
      reason: 'end-to-end',
    },
    facts: [{ id: 'f1', category: 'diet', text: 'Vegetarian since 2019' }],
  }
  const response = await fetch(`${base()}/v1/chat/completions`, {
    method: 'POST',
    headers: {
      ...(await bearer(user)),
      ...json,
      'edgewise-feature': feature,
      'edgewise-context': JSON.stringify(context),
    },
    body: JSON.stringify({ model: 'm', messages: [{ role: 'user', content: 'Dinner ideas?' }] }),
  })
  expect(response.status).toBe(200)
  await response.text()
  return /arm="?(\w+)/.exec(response.headers.get('edgewise-receipt') ?? '')?.[1]
}

async function tellSolved(user: string): Promise<void> {
  const response = await fetch(`${base()}/v1/outcomes`, {
    method: 'POST',
    headers: { ...(await bearer(user)), ...json },
    body: JSON.stringify({
      id: `solved-by-${user}`,
      name: 'solved',
      value: 1,
      session: `session-of-${user}`,
      consent: 'edge',
    }),
  })
  expect(await response.json()).toMatchObject({ counted: true })
}

async function results(): Promise<ExperimentResults> {
  const headers = await bearer(newUser(), 'org:admin')
  const path = `/v1/admin/reports/experiments/${experiment.id}`
  return (await fetch(`${base()}${path}`, { headers })).json()
}

test(
  'what users of an experiment do shows on the dashboard, arm by arm',
  { timeout: 150_000 },
  async () => {
    await setExperiments([experiment])
    const arms = new Map<string, string | undefined>()
    const visit = async (needed: boolean) => {
      const user = newUser()
      const arm = await ask(user, needed)
      if (arm !== undefined) arms.set(user, arm)
      // Context helps all who have it.
      if (arm === 'summary') await tellSolved(user)
      return arm
    }
    // A Worker remembers an org's record for half a minute.
    const untilItIsRead = { timeout: 45_000, interval: 2000 }
    await expect.poll(() => visit(false), untilItIsRead).toBeDefined()
    for (let i = 0; i < 16; i += 1) await visit(i % 2 === 0)
    expect(arms.size).toBe(17)
    const inArm = (arm: string) => [...arms.values()].filter((name) => name === arm).length
    expect(inArm('none') + inArm('summary')).toBe(arms.size)
    const counted = async () => (await results()).arms.reduce((sum, { n }) => sum + n, 0)
    await expect.poll(counted, { timeout: 45_000, interval: 2000 }).toBe(arms.size)

    const page = await browser.newPage({ viewport: { width: 1280, height: 900 } })
    await page.goto(`${base()}/dashboard/`)
    await page.getByRole('button', { name: 'Use a development token' }).click()
    await page.locator('#arms').waitFor()
    expect(await page.locator('#arms-note').innerText()).toContain(`${experiment.id}, by solved`)
    const { arms: shown, classes } = await results()
    const row = (table: string, n: number) =>
      page.locator(`#${table}-table tbody tr`).nth(n).locator('th, td').allInnerTexts()
    for (const [i, { arm, n, mean }] of shown.entries()) {
      expect((await row('arms', i)).slice(0, 3)).toEqual([
        arm,
        String(n),
        String(Number(mean?.toPrecision(3))),
      ])
    }
    expect(shown.map(({ arm, n, mean }) => ({ arm, n, mean }))).toEqual([
      { arm: 'none', n: inArm('none'), mean: 0 },
      { arm: 'summary', n: inArm('summary'), mean: 1 },
    ])
    expect((await row('steps', 0))[0]).toBe('none to summary')
    expect((await row('guards', 0))[0]).toBe('latency')
    // Half of the later visits needed something.
    const needed = classes[0]?.arms.reduce((sum, { n }) => sum + n, 0)
    expect(needed).toBe(8)
    expect((await row('classes', 0)).slice(0, 2)).toEqual(['needed it', 'none'])
    expect(await page.locator('#arms-plot canvas').count()).toBe(1)
    await page.close()
  },
)
