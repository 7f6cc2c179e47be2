import { SignJWT } from 'jose'
import { beforeAll, expect, test } from 'vitest'
import { MetricsReport } from '../../shared/schema/metrics.ts'
import { rateBindings } from '../../worker/adapters/rate-bindings.ts'
import { metricTable } from '../../worker/adapters/metric-table.ts'
import { createHarness, keysOf, someone, testKey, tokenFor, type Harness } from './harness.ts'
import { migrate } from './migrate.ts'
import { chatBody } from './people.ts'

beforeAll(migrate)

const METRICS_TOKEN = 'reads-the-metrics-of-all-orgs-0123456789'
const vars = { EDGEWISE_METRICS_TOKEN: METRICS_TOKEN }

const adminToken = (scope = 'org:admin'): Promise<string> =>
  new SignJWT({ org: 'demo', scope })
    .setProtectedHeader({ alg: 'HS256', kid: 'development' })
    .setSubject('admin')
    .setAudience('edgewise')
    .setExpirationTime('5m')
    .sign(new TextEncoder().encode(testKey))

const bearer = (token: string) => ({ authorization: `Bearer ${token}` })

async function report(harness: Harness, query = ''): Promise<Response> {
  const { now } = harness.time
  const range = query || `from=${now - 3600_000}&to=${now + 60_000}&step=60`
  return harness.fetch(`/v1/admin/reports/metrics?${range}`, {
    headers: bearer(await adminToken()),
  })
}
const countsOf = async (harness: Harness) =>
  MetricsReport.parse(await (await report(harness)).json()).groups[0]?.counts ?? {}

const scrape = (harness: Harness, token: string) =>
  harness.fetch('/metrics', token === '' ? { as: '' } : { headers: bearer(token) })

test('what was asked, refused and erased stands in the report within seconds', async () => {
  const harness = createHarness({ vars })
  const before = await countsOf(harness)
  const added = async () => {
    const after = await countsOf(harness)
    return (name: string) => (after[name] ?? 0) - (before[name] ?? 0)
  }
  const ada = someone()
  await harness.chat(chatBody('What is the capital of France?'), { as: ada })
  await harness.chat(chatBody('And of Spain?'), { as: ada })
  await harness.fetch('/v1/self-model/facts/none', { method: 'DELETE', as: ada })
  await harness.fetch('/v1/self-model', { method: 'DELETE', as: ada })
  await expect.poll(async () => (await added())('requests'), { timeout: 8000 }).toBe(2)
  const count = await added()
  expect(count('erasures')).toBe(1)
  expect(count('error:fact_not_found')).toBe(1)
  expect(count('tokens:output')).toBeGreaterThan(0)
  const { groups, points } = MetricsReport.parse(await (await report(harness)).json())
  expect(points.length).toBeGreaterThan(0)
  expect(groups[0]?.quantiles).toHaveProperty('provider')
})

test('a dashboard that looks every ten seconds, in two tabs, is not refused', async () => {
  // As many as wrangler.toml lets a user ask for: in eighths.
  const limit = { limit: async () => ({ success: ++counted <= 15 }) }
  let counted = 0
  const rates = rateBindings({ user: limit, org: undefined }, Date.now)
  const harness = createHarness({ vars, ports: () => ({ rates }) })
  // Metrics, experiments and one of them, six times a minute.
  for (let i = 0; i < 36; i++) expect((await report(harness)).status).toBe(200)
  expect(counted).toBeGreaterThan(0)
})

test('the report is for admins of the org alone', async () => {
  const harness = createHarness({ vars })
  const path = '/v1/admin/reports/metrics?from=0&to=1&step=60'
  const asked = async (headers: Record<string, string>) =>
    (await harness.fetch(path, { as: '', headers })).status
  expect(await asked({})).toBe(401)
  expect(await asked(bearer(await tokenFor('ada')))).toBe(403)
  expect(await asked(bearer(await adminToken('openid')))).toBe(403)
  // Whoever scrapes the deployment is no admin of an org.
  expect(await asked(bearer(METRICS_TOKEN))).toBe(401)
})

test('two dashboards that stay open are let in all the time; who asks without end is told when to come again', async () => {
  // As wrangler.toml has it: each report stands for eight requests.
  let left = 15
  const limit = async () => ({ success: left-- > 0 })
  const harness = createHarness({ vars: { USER_RATE: { limit } } })
  harness.time.now -= harness.time.now % 60_000
  const ask = async () => (await report(harness)).status
  // Each looks every ten seconds: at the report, at the experiments and at the results of one.
  for (let i = 0; i < 36; i++) expect(await ask()).toBe(200)
  for (let i = 36; i < 120; i++) await ask()
  expect(await ask()).toBe(200)
  const refused = await report(harness)
  expect([refused.status, refused.headers.get('retry-after')]).toEqual([429, '60'])
})

test.each([
  ['from=0&to=3600000', 'step'],
  ['from=0&to=3600000&step=90', 'step'],
  ['from=x&to=3600000&step=60', 'from'],
  ['from=3600000&to=0&step=60', 'to'],
  ['from=0&to=8640000000&step=3600', 'to'],
  ['from=0&to=864000000&step=60', 'step'],
  ['from=0&to=3600000&step=60&by=user', 'by'],
])('the report for %s is refused, and says that it is for the %s', async (query, field) => {
  const response = await report(createHarness(), query)
  expect(response.status).toBe(400)
  expect(await response.json()).toMatchObject({ code: 'bad_request', field })
})

test('Prometheus reads its own org with an admin’s token, and all with the metrics token', async () => {
  const harness = createHarness({ vars })
  await harness.chat(chatBody('What is the capital of Italy?'), { as: someone() })
  // Refused before it is known whose it is.
  await harness.fetch('/v1/models', { headers: bearer('none') })
  const { orgKey } = await keysOf('admin')
  const readAll = async () => (await scrape(harness, METRICS_TOKEN)).text()
  const refused = 'edgewise_errors_total{org="",arm="-",tier="-",cohort="-",code="token_invalid"}'
  await expect.poll(async () => (await readAll()).includes(refused), { timeout: 8000 }).toBe(true)
  const text = await (await scrape(harness, await adminToken())).text()
  expect(text).toMatch(
    new RegExp(`edgewise_requests_total{org="${orgKey}",arm="-",tier="\\w+",cohort="-"} \\d`),
  )
  expect(text).not.toContain('org=""')
  const response = await scrape(harness, METRICS_TOKEN)
  expect(response.headers.get('content-type')).toBe('text/plain; version=0.0.4; charset=utf-8')
  const all = await response.text()
  expect(all).toContain('# TYPE edgewise_edge_seconds histogram')
  // Every line is a comment or a sample, and a histogram's last bucket is its count.
  for (const line of all.trim().split('\n')) {
    expect(line).toMatch(/^(# (HELP|TYPE) \w+ .+|[a-z_]+{\w+="[^"]*"(,\w+="[^"]*")*} [\d.e+-]+)$/)
  }
  const labels = `org="${orgKey}",arm="-"`
  const edges = all
    .split('\n')
    .filter((line) => line.startsWith('edgewise_edge') && line.includes(labels))
  const last = edges.filter((line) => line.includes('+Inf')).map((line) => line.split(' ').at(-1))
  const count = edges
    .filter((line) => line.includes('_count'))
    .map((line) => line.split(' ').at(-1))
  expect(last).toEqual(count)
})

test('nobody reads metrics without a token, with another, or with a short one', async () => {
  const harness = createHarness({ vars })
  expect((await scrape(harness, '')).status).toBe(401)
  expect((await scrape(harness, 'guess')).status).toBe(401)
  expect((await scrape(harness, await tokenFor('ada'))).status).toBe(403)
  const short = createHarness({ vars: { EDGEWISE_METRICS_TOKEN: 'short' } })
  expect((await scrape(short, 'short')).status).toBe(401)
})

test('where the database is away everything else goes on, and the report says so', async () => {
  const harness = createHarness({
    ports: () => ({
      metrics: metricTable(() => {
        throw new Error('away')
      }),
    }),
  })
  expect((await harness.chat(chatBody('hello'))).status).toBe(200)
  expect((await report(harness)).status).toBe(503)
})
