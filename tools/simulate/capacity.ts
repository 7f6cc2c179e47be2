import { readFileSync } from 'node:fs'
import * as z from 'zod/mini'
import { metricRows } from './metric-rows.ts'
import { renderMarkdown, renderTable, dollars, short, whole } from './table.ts'

const Meter = z.object({ label: z.string(), included: z.number(), perMillion: z.number() })
const meterNames = [
  'workerRequests',
  'cpuMs',
  'kvReads',
  'kvWrites',
  'kvStored',
  'doRequests',
  'doDuration',
  'doWrites',
  'doStored',
  'queueOperations',
  'd1Writes',
  'd1Stored',
] as const
type MeterName = (typeof meterNames)[number]

const PlatformPrices = z.object({
  date: z.string(),
  source: z.string(),
  plan: z.number(),
  meters: z.record(z.enum(meterNames), Meter),
  limits: z.object({ queueMessagesPerSecond: z.number(), d1Megabytes: z.number() }),
})
type PlatformPrices = z.infer<typeof PlatformPrices>

const fields = [
  'daysAMonth',
  'requestsADay',
  'sessionsADay',
  'learnedADay',
  'peak',
  'cpuMsARequest',
  'orgReadsARequest',
  'decidedOnDevice',
  'attached',
  'personaChanges',
  'meterReportsASession',
  'rowsAReport',
  'objectCallsALearned',
  'rowsALearned',
  'objectMsACall',
  'queueOperationsAMessage',
  'usersAnOrg',
  'seriesAnOrg',
  'isolatesAnOrg',
  'flushesAMinute',
  'countersARequest',
  'countersAttached',
  'spreadsARequest',
  'spreadsAttached',
  'bucketsASpread',
  'minuteDays',
  'hourDays',
  'auditRowsALearned',
  'rowBytes',
  'cellBytes',
  'selfModelKilobytes',
  'personaKilobytes',
] as const
const Assumptions = z.record(z.enum(fields), z.number())
export type Assumptions = z.infer<typeof Assumptions>

const readJson = (name: string): unknown =>
  JSON.parse(readFileSync(new URL(name, import.meta.url), 'utf8'))
export const readPrices = (): PlatformPrices =>
  PlatformPrices.parse(readJson('platform-prices.json'))
export const readAssumptions = (): Assumptions => Assumptions.parse(readJson('capacity.json'))

/** Gigabytes that a Durable Object is billed for while it works. */
const OBJECT_GIGABYTES = 0.128

/** What a month of so many daily users uses. Upper bounds: each self-model is full, all series are used. */
export function usageOf(users: number, a: Assumptions): Record<MeterName, number> {
  const days = users * a.daysAMonth
  const requests = days * a.requestsADay
  const sessions = days * a.sessionsADay
  const learned = days * a.learnedADay
  const reports = sessions * a.meterReportsASession
  // Without a decision of the device the edge must see the persona to make one.
  const personaReads =
    requests * (a.decidedOnDevice * a.attached + 1 - a.decidedOnDevice) + sessions
  const workerRequests = requests + sessions + learned
  const objectCalls = learned * a.objectCallsALearned + reports
  const metrics = metricRows(users, a)
  return {
    workerRequests,
    cpuMs: workerRequests * a.cpuMsARequest,
    kvReads: workerRequests * a.orgReadsARequest + personaReads,
    kvWrites: learned * a.personaChanges,
    kvStored: (users * a.personaKilobytes) / 1000,
    doRequests: objectCalls,
    doDuration: (objectCalls * a.objectMsACall * OBJECT_GIGABYTES) / 1000,
    doWrites: learned * a.rowsALearned + reports * a.rowsAReport,
    doStored: (users * a.selfModelKilobytes) / 1000,
    queueOperations: learned * a.queueOperationsAMessage,
    d1Writes: metrics.written + learned * a.auditRowsALearned,
    d1Stored: metrics.bytes / 1_000_000,
  }
}

export function costOfMonth(
  usage: Record<MeterName, number>,
  { plan, meters }: PlatformPrices,
): number {
  return meterNames.reduce((sum, name) => {
    const { included, perMillion } = meters[name]
    return sum + (Math.max(0, usage[name] - included) * perMillion) / 1_000_000
  }, plan)
}

/** Limits of one queue and one database that the traffic would break. */
function limitsBroken(users: number, a: Assumptions, { limits }: PlatformPrices): string {
  const messages = ((users * a.learnedADay) / 86_400) * a.peak
  const broken = [
    messages > limits.queueMessagesPerSecond ? 'queue' : '',
    usageOf(users, a).d1Stored > limits.d1Megabytes ? 'D1' : '',
  ].filter((name) => name !== '')
  return broken.length > 0 ? broken.join(', ') : '-'
}

const SIZES = [1e3, 1e4, 1e5, 1e6, 1e7, 1e8]

const decimals = (value: number): string => (value < 10 ? value.toFixed(2) : whole(value))

/** The table by number of daily users, a column each. */
export function capacityRows(a: Assumptions, prices: PlatformPrices): string[][] {
  const row = (label: string, cell: (users: number) => string) => [label, ...SIZES.map(cell)]
  const usage = SIZES.map((users) => usageOf(users, a))
  const cost = (users: number) => costOfMonth(usageOf(users, a), prices)
  const perSecond = (users: number) => (users * a.requestsADay) / 86_400
  return [
    row('users a day', (users) => `1e${Math.log10(users)}`),
    row('requests a second, mean', (users) => decimals(perSecond(users))),
    row('requests a second, peak', (users) => decimals(perSecond(users) * a.peak)),
    ...meterNames.map((name) => [
      prices.meters[name].label,
      ...usage.map((month) => short(month[name])),
    ]),
    row('cost a month', (users) => dollars(cost(users))),
    row('cost of a million requests', (users) =>
      dollars(cost(users) / ((users * a.daysAMonth * a.requestsADay) / 1e6)),
    ),
    row('beyond one queue or database', (users) => limitsBroken(users, a, prices)),
  ]
}

/** Updates of self-models in a day, one after the other, as reported elsewhere and as it is. */
export const updateSum = `50,000 updates a day x 0.2-0.5 s = ${whole(50_000 * 0.2)}-${whole(50_000 * 0.5)} s, that is ${((50_000 * 0.2) / 3600).toFixed(1)}-${((50_000 * 0.5) / 3600).toFixed(1)} hours of work one after the other.
The figure of 7-25 s that goes around is off by a factor of 1,000. Here an update is a deterministic merge in
the user's own Durable Object: they run side by side, and no model is called.`

export function renderCapacity({ markdown = false } = {}): string {
  const prices = readPrices()
  const rows = capacityRows(readAssumptions(), prices)
  if (markdown) return renderMarkdown(rows)
  return `A month at the platform's list prices of ${prices.date}
(${prices.source})

${renderTable(rows)}

${updateSum}`
}
