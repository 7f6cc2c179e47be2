import { adminRoutes } from '../shared/contract.ts'
import { MetricsReport, type GroupBy } from '../shared/schema/metrics.ts'

/** A time to look at, and the length of one point in it, seconds. */
export const ranges = {
  '15m': { label: '15 minutes', length: 900, step: 60 },
  '1h': { label: '1 hour', length: 3600, step: 60 },
  '24h': { label: '24 hours', length: 24 * 3600, step: 900 },
  '7d': { label: '7 days', length: 7 * 24 * 3600, step: 3 * 3600 },
  '30d': { label: '30 days', length: 30 * 24 * 3600, step: 12 * 3600 },
  '90d': { label: '90 days', length: 90 * 24 * 3600, step: 24 * 3600 },
} as const
export type RangeName = keyof typeof ranges
export const isRange = (name: string): name is RangeName => Object.hasOwn(ranges, name)

/** Milliseconds after which an answer is no longer waited for. */
export const PATIENCE = 60_000

export type Loaded =
  | { status: 'ready'; report: MetricsReport }
  /** The token is missing, has expired or is not an admin's. */
  | { status: 'refused'; why: string }
  | { status: 'failed'; why: string }

/** Asks for the report of the token's org, until now. */
export async function loadReport(
  token: string,
  { range, by, now }: { range: RangeName; by: GroupBy; now: number },
): Promise<Loaded> {
  const { length, step } = ranges[range]
  const to = (Math.floor(now / 1000 / step) + 1) * step * 1000
  const query = new URLSearchParams({
    from: String(to - length * 1000),
    to: String(to),
    step: String(step),
    by,
  })
  try {
    const response = await fetch(`${adminRoutes.metrics.path}?${query}`, {
      headers: { authorization: `Bearer ${token}` },
      signal: AbortSignal.timeout(PATIENCE),
    })
    const body: unknown = await response.json()
    if (response.status === 401 || response.status === 403) {
      return { status: 'refused', why: textOf(body) }
    }
    if (!response.ok) return { status: 'failed', why: textOf(body) }
    const read = MetricsReport.safeParse(body)
    return read.success
      ? { status: 'ready', report: read.data }
      : { status: 'failed', why: 'The answer was not as expected: is the Worker of this version?' }
  } catch {
    return { status: 'failed', why: 'The Worker cannot be reached.' }
  }
}

/** A problem in words: its title, and what was expected where. */
function textOf(body: unknown): string {
  if (typeof body !== 'object' || body === null) return 'Something went wrong.'
  const read = (name: string) => {
    const value: unknown = Reflect.get(body, name)
    return typeof value === 'string' ? value : undefined
  }
  const [title = 'Something went wrong', field, expected] = ['title', 'field', 'expected'].map(read)
  return `${title}${field ? ` (${field}${expected ? `: ${expected}` : ''})` : ''}.`
}
