/** What is assumed of metrics: see `capacity.json`. */
export type MetricAssumptions = Record<
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
  | 'hourDays',
  number
>

/** How many of `places` are hit at least once by `balls` that fall at random. */
const hits = (places: number, balls: number): number => places * (1 - Math.exp(-balls / places))

/**
 * Rows of one series after so many requests: a row for each counter that is not 0, and for each
 * distribution its sum and the buckets that were hit.
 */
export function rowsOfSeries(requests: number, a: MetricAssumptions): number {
  const attached = requests * a.attached
  const any = 1 - (1 - a.attached) ** requests
  const buckets = (values: number) => hits(a.bucketsASpread, values)
  return (
    a.countersARequest +
    any * a.countersAttached +
    a.spreadsARequest * (1 + buckets(requests)) +
    a.spreadsAttached * (any + buckets(attached))
  )
}

/**
 * Rows of D1 that a month's metrics write, and that lie there at its end. Each isolate writes its own part
 * of a minute, as often as it hands over; a row that is deleted or folded into its hour is billed again.
 */
export function metricRows(
  users: number,
  a: MetricAssumptions,
): { written: number; stored: number } {
  const orgs = Math.max(1, users / a.usersAnOrg)
  const aMinute = (users * a.requestsADay) / orgs / (24 * 60)
  const rowsOf = (places: number, requests: number) => {
    const hit = hits(places, requests)
    return hit * rowsOfSeries(requests / hit, a)
  }
  const added = rowsOf(a.seriesAnOrg * a.isolatesAnOrg * a.flushesAMinute, aMinute)
  const minute = rowsOf(a.seriesAnOrg, aMinute)
  const hour = rowsOf(a.seriesAnOrg, aMinute * 60)
  const all = rowsOf(a.seriesAnOrg, aMinute * 60 * 24 * a.daysAMonth)
  const hours = a.daysAMonth * 24
  return {
    // Added, and deleted as minutes; folded into the hour and into the sum of all time, deleted as hours.
    written: orgs * hours * (60 * (added + minute) + 3 * hour),
    stored: orgs * (minute * 60 * 24 * a.minuteDays + hour * 24 * a.hourDays + all),
  }
}
