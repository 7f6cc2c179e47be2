/** What is assumed of metrics: see `capacity.json`. */
type MetricAssumptions = Record<
  | 'daysAMonth'
  | 'requestsADay'
  | 'attached'
  | 'usersAnOrg'
  | 'seriesAnOrg'
  | 'isolatesAnOrg'
  | 'flushesAMinute'
  | 'countersARequest'
  | 'countersAttached'
  | 'spreadsARequest'
  | 'spreadsAttached'
  | 'bucketsASpread'
  | 'minuteDays'
  | 'hourDays'
  | 'rowBytes'
  | 'cellBytes',
  number
>

/** How many of `places` are hit at least once by `balls` that fall at random. */
const hits = (places: number, balls: number): number => places * (1 - Math.exp(-balls / places))

/**
 * Numbers in the row of one series after so many requests: one for each counter that is not 0, and for
 * each distribution its sum and the buckets that were hit.
 */
export function cellsOf(requests: number, a: MetricAssumptions): number {
  const any = 1 - (1 - a.attached) ** requests
  const buckets = (values: number) => hits(a.bucketsASpread, values)
  return (
    a.countersARequest +
    any * a.countersAttached +
    a.spreadsARequest * (1 + buckets(requests)) +
    a.spreadsAttached * (any + buckets(requests * a.attached))
  )
}

/**
 * Rows that a month's metrics write to D1, and bytes that lie there at its end. Each isolate writes its own
 * part of a minute, as often as it hands over: a row for each series that had a request.
 */
export function metricRows(
  users: number,
  a: MetricAssumptions,
): { written: number; bytes: number } {
  const orgs = Math.max(1, users / a.usersAnOrg)
  const aMinute = (users * a.requestsADay) / orgs / (24 * 60)
  const bytesOf = (rows: number, requests: number) =>
    rows === 0 ? 0 : rows * (a.rowBytes + a.cellBytes * cellsOf(requests / rows, a))
  const parts = hits(a.seriesAnOrg * a.isolatesAnOrg * a.flushesAMinute, aMinute)
  const hour = hits(a.seriesAnOrg, aMinute * 60)
  const all = hits(a.seriesAnOrg, aMinute * 60 * 24 * a.daysAMonth)
  return {
    // Added and deleted as a part of a minute; an hour is added and deleted, and joins the sum of all time.
    written: orgs * a.daysAMonth * 24 * (60 * 2 * parts + 3 * hour),
    bytes:
      orgs *
      (bytesOf(parts, aMinute) * 60 * 24 * a.minuteDays +
        bytesOf(hour, aMinute * 60) * 24 * a.hourDays +
        bytesOf(all, aMinute * 60 * 24 * a.daysAMonth)),
  }
}
