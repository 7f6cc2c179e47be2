import { figuresOf, gather, type Cell, type Gathered } from '../../shared/metrics/cells.ts'
import { shareUpTo } from '../../shared/metrics/histogram.ts'
import { fail, ok, type Result } from '../../shared/problem.ts'
import type { MetricsQuery, MetricsReport } from '../../shared/schema/metrics.ts'
import type { MetricStore } from '../ports.ts'
import type { Admin } from './admin.ts'
import type { Call } from './admit.ts'
import { prometheusText } from './prometheus.ts'

export type MetricReports = {
  /** Whose metrics a token may read: of its `org`, or of all. Errors: those of `Admin.admit`. */
  admit(request: Request, call: Call): Promise<Result<{ org?: string }>>
  /** One org's. Errors: `bad_request`, `storage_unavailable`. */
  report(org: string, query: MetricsQuery): Promise<Result<MetricsReport>>
  /** All counters so far as Prometheus reads them, of one org or of all. Errors: `storage_unavailable`. */
  text(org?: string): Promise<Result<string>>
}

const POINTS = 1500
const LONGEST = 92 * 24 * 3600
/** Block sizes of the curve, tokens: the steps in which budgets are set. */
const BLOCKS = [25, 50, 75, 100, 150, 200, 300, 500]

type Deps = {
  metrics?: MetricStore
  metricsToken?: string
  admin: Pick<Admin, 'admit'>
}

export function createMetricReports({ metrics, metricsToken, admin }: Deps): MetricReports {
  function open(): MetricStore {
    if (!metrics) throw new Error('this deployment has no database')
    return metrics
  }
  return {
    async admit(request, call) {
      const given = /^Bearer (.+)$/i.exec(request.headers.get('authorization') ?? '')?.[1]
      if (metricsToken && given && (await isSame(given, metricsToken))) return ok({})
      const admitted = await admin.admit(request, { call })
      return admitted.ok ? ok({ org: admitted.value.orgKey }) : admitted
    },
    report: (org, query) =>
      reach(async () => {
        const checked = rangeOf(org, query)
        if (!checked.ok) return checked
        const [range, store] = [checked.value, open()]
        const by = query.by ?? 'none'
        const [points, groups] = await Promise.all([
          store.points(range),
          store.groups(range, by === 'none' ? 'arm' : by),
        ])
        const all = gather(groups)
        const named = by === 'none' ? [['all', all] as const] : gatherBy(groups, ({ name }) => name)
        return ok({
          org,
          from: query.from,
          to: query.to,
          step: range.step,
          by,
          points: gatherBy(points, ({ start }) => start)
            .map(([start, of]) => ({ at: start * 1000, ...figuresOf(of) }))
            .toSorted((a, b) => a.at - b.at),
          groups: named.map(([name, of]) => ({ name, ...figuresOf(of) })),
          blocks: blockCurve(all),
        })
      }),
    text: (org) => reach(async () => ok(prometheusText(await open().totals(org)))),
  }
}

function rangeOf(org: string, { from, to, step }: MetricsQuery) {
  const range = { org, from: Math.floor(from / 1000), to: Math.ceil(to / 1000), step }
  const length = range.to - range.from
  if (step < 60 || step % 60 !== 0) {
    return fail('bad_request', { field: 'step', expected: 'seconds, a whole number of minutes' })
  }
  if (length <= 0 || length > LONGEST) {
    return fail('bad_request', { field: 'to', expected: 'after from, by 92 days at most' })
  }
  if (length / step > POINTS) {
    const expected = `at least ${Math.ceil(length / POINTS / 60) * 60} for this time`
    return fail('bad_request', { field: 'step', expected })
  }
  return ok(range)
}

function gatherBy<C extends Cell, K>(cells: readonly C[], key: (cell: C) => K): [K, Gathered][] {
  return [...Map.groupBy(cells, key)].map(([name, of]) => [name, gather(of)])
}

function blockCurve({ distributions }: Gathered): MetricsReport['blocks'] {
  const blocks = distributions.get('block')
  if (!blocks) return []
  return BLOCKS.map((tokens) => ({ tokens, share: shareUpTo(blocks.histogram, tokens) }))
}

/** Takes as long for a wrong token as for the right one. */
async function isSame(a: string, b: string): Promise<boolean> {
  const encoder = new TextEncoder()
  const [x, y] = await Promise.all(
    [a, b].map(async (text) => crypto.subtle.digest('SHA-256', encoder.encode(text))),
  )
  return x !== undefined && y !== undefined && crypto.subtle.timingSafeEqual(x, y)
}

async function reach<T>(work: () => Promise<Result<T>>): Promise<Result<T>> {
  try {
    return await work()
  } catch {
    return fail('storage_unavailable', { retryAfter: 1 })
  }
}
