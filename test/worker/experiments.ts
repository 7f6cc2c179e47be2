import { env } from 'cloudflare:workers'
import { SignJWT } from 'jose'
import type { Experiment } from '../../shared/schema/experiment.ts'
import type { Org } from '../../shared/schema/org.ts'
import { experimentTable } from '../../worker/adapters/experiment-table.ts'
import type { Ports } from '../../worker/flow/flows.ts'
import { acme, acmeToken, createHarness, keysOf, orgSecret, type Harness } from './harness.ts'
import { context, decision } from './people.ts'

/* What the tests of experiments share: an org that runs one, its users, and the tables. */

export const HOUR = 3600_000
/** Tokens hold while the tests move the clock. */
const LONG = 30 * 24 * 3600

export const table = experimentTable(() => {
  if (!env.METRICS) throw new Error('no database')
  return env.METRICS
})

export const experiment = (rest: Partial<Experiment> = {}): Experiment => ({
  id: 'e1',
  arms: [
    { arm: 'none', weight: 1 },
    { arm: 'summary', weight: 1 },
  ],
  outcomes: [
    { name: 'done', kind: 'yes' },
    { name: 'refusals', kind: 'sum', better: 'lower', guardrail: true },
  ],
  ...rest,
})

type Given = { org?: Partial<Org>; ports?: Partial<Ports>; experiments?: Experiment[] }

/** A Worker in which the org `acme` runs these experiments. */
export function withExperiments({
  org = {},
  ports = {},
  experiments = [experiment()],
}: Given = {}): Harness {
  const record = acme({ experiments, ...org })
  const orgs = {
    load: async (id: string) => (id === record.id ? record : undefined),
    any: async () => true,
  }
  const orgRecords = { read: orgs.load, write: async () => true }
  // Each Worker holds a twentieth of the day's tokens for a minute, and there are many in these files.
  const meter = { report: async () => ({ granted: 1e9, rest: 1e9 }) }
  return createHarness({ ports: () => ({ orgs, orgRecords, meter, ...ports }) })
}

export const bearer = async (user: string, org = 'acme') => ({
  authorization: `Bearer ${await acmeToken(user, { org, ttl: LONG })}`,
})

/** The device has decided, and its user agreed to the edge. */
export const measured = (rest: Parameters<typeof context>[0] = {}) =>
  context({ decision: decision(), ...rest })

/** `given`: the context that the page sends; null where there is no page. */
type Asked = { org?: string; given?: unknown; headers?: Record<string, string>; body?: string }

export async function ask(
  harness: Harness,
  user: string,
  { org = 'acme', given = measured(), headers = {}, body }: Asked = {},
): Promise<Response> {
  const chat = { model: 'test-model', messages: [{ role: 'user', content: 'What now?' }] }
  const response = await harness.chat(body ?? JSON.stringify(chat), {
    headers: { ...(await bearer(user, org)), ...headers },
    ...(given === null ? {} : { context: given }),
  })
  if (!response.ok) throw new Error(`refused: ${response.status}`)
  return response
}

type Report = { org?: string; headers?: Record<string, string>; [field: string]: unknown }

let reports = 0
/** One report of an outcome; what is given stands over the usual. */
export async function tell(
  harness: Harness,
  user: string,
  { org = 'acme', headers = {}, ...rest }: Report = {},
): Promise<Response> {
  const usual = { id: `report-${++reports}`, name: 'done', value: 1, consent: 'edge' }
  return harness.fetch('/v1/outcomes', {
    method: 'POST',
    headers: { ...(await bearer(user, org)), 'content-type': 'application/json', ...headers },
    body: JSON.stringify({ ...usual, session: 'session-of-a-test', ...rest }),
  })
}

export async function report(
  harness: Harness,
  path = '/e1',
  { org = 'acme', scope = 'org:admin' } = {},
): Promise<Response> {
  const token = await new SignJWT({ org, scope })
    .setProtectedHeader({ alg: 'HS256', kid: 'k1' })
    .setSubject('admin')
    .setAudience('edgewise')
    .setExpirationTime(`${LONG}s`)
    .sign(new TextEncoder().encode(orgSecret))
  return harness.fetch(`/v1/admin/reports/experiments${path}`, {
    headers: { authorization: `Bearer ${token}` },
  })
}

type Row = Record<string, string | number>

export async function exposuresOf(user: string, org = 'acme'): Promise<Row[]> {
  return rowsOf('SELECT * FROM exposures WHERE user_key = ? ORDER BY session', user, org)
}
export async function outcomesOf(user: string, org = 'acme'): Promise<Row[]> {
  return rowsOf('SELECT * FROM outcomes WHERE user_key = ?', user, org)
}
async function rowsOf(sql: string, user: string, org: string): Promise<Row[]> {
  const { userKey } = await keysOf(user, org)
  const found = await env.METRICS?.prepare(sql).bind(userKey).all<Row>()
  return found?.results ?? []
}
