import { fail, ok } from '../../shared/problem.ts'
import { boundedCache } from '../bounded-cache.ts'
import type { Allowances, Clock, Meter, NewId, WaitUntil } from '../ports.ts'

const DAY = 24 * 3600 * 1000
/** Part of a day's limit that an isolate takes in advance: a user is on few isolates, an org on hundreds. */
const USER_SHARE = 1 / 20
const ORG_SHARE = 1 / 1000
/** Milliseconds after which spending is reported, and a refusal is asked about again. */
const REPORT_AFTER = 10_000

const spent = fail('allowance_spent')
/** Seconds after which requests that are under way may have ended. */
const busy = fail('rate_limited', { retryAfter: 10 })

type Limited = { subject: string; limit: number; share: number }

/** What this isolate knows of one subject's day. `rest` is unknown until the meter has answered. */
type Account = Limited & {
  day: number
  granted: number
  used: number
  reserved: number
  rest: number | undefined
  /** When the last report was sent. */
  asked: number
  waiting: boolean
}

/**
 * Spends from leases held in this isolate. The meter is told behind the request, so a user can overdraw
 * by what is in flight before its first answer, never by more than the isolates' leases after it.
 */
export function createAllowances(options: {
  meter: Meter
  clock: Clock
  newId: NewId
}): Allowances {
  const { meter, clock, newId } = options
  // Names this isolate to the meter. Made when first needed: at start-up there is no randomness yet.
  let holder: string | undefined
  const accounts = boundedCache<Account>({ max: 10_000, ttl: DAY, clock })

  function accountOf({ subject, limit, share }: Limited, now: number): Account {
    const day = Math.floor(now / DAY)
    const known = accounts.get(subject, now)
    if (known?.day === day) {
      known.limit = limit
      return known
    }
    const fresh = { granted: 0, used: 0, reserved: 0, rest: undefined, asked: 0, waiting: false }
    const account: Account = { subject, day, limit, share, ...fresh }
    accounts.set(subject, account)
    return account
  }

  /**
   * Tells the meter what was spent, and takes the next lease; again where that is urgent once more by what
   * was spent meanwhile, or was all that this isolate has spent so far: it may not live to serve another
   * request. The rest of that goes with the next report.
   */
  async function report(account: Account): Promise<void> {
    account.waiting = true
    try {
      let isFirst = false
      do {
        isFirst = account.rest === undefined
        account.asked = clock()
        const { subject, day, limit, share, used } = account
        const want = Math.ceil(limit * share)
        holder ??= newId()
        const lease = await meter.report(subject, { day, now: clock(), holder, limit, used, want })
        account.used -= used
        account.granted = lease.granted
        account.rest = lease.rest
      } while (isUrgent(account) || (isFirst && account.used > 0))
    } catch {
      // The meter could not be reached: spending goes on and is reported with the next request.
    } finally {
      account.waiting = false
    }
  }

  function reportIfDue(account: Account, now: number, waitUntil: WaitUntil): void {
    const age = now - account.asked
    // A report whose request was cut off never comes back: it counts as lost after a while.
    if (account.waiting && age < REPORT_AFTER) return
    const old = age >= REPORT_AFTER && (account.used > 0 || isSpent(account))
    if (account.rest === undefined || old || isUrgent(account)) waitUntil(report(account))
  }

  return {
    take({ orgKey, orgLimit, user }, tokens, waitUntil) {
      const now = clock()
      const ofOrg = { subject: `o:${orgKey}`, limit: orgLimit, share: ORG_SHARE }
      const both = [accountOf(ofOrg, now)]
      if (user) {
        const ofUser = { subject: `u:${user.userKey}`, limit: user.userLimit, share: USER_SHARE }
        both.unshift(accountOf(ofUser, now))
      }
      for (const account of both) reportIfDue(account, now, waitUntil)
      if (both.some(isUsedUp)) return spent
      if (both.some(isSpent)) return busy
      for (const account of both) account.reserved += tokens
      let settled = false
      return ok({
        settle(used) {
          if (settled) return
          settled = true
          const at = clock()
          for (const account of both) {
            account.reserved -= tokens
            account.used += used
            reportIfDue(account, at, waitUntil)
          }
        },
      })
    },
  }
}

/**
 * Whether a report cannot wait: something was spent, and of the lease less than a quarter is left or of the
 * day nothing. What is only reserved counts for the day alone: no report makes room for it.
 */
function isUrgent(account: Account): boolean {
  const { granted, used, limit, share, rest = 0 } = account
  const isLow = granted - used < (limit * share) / 4 && rest > 0
  return used > 0 && (isLow || isSpent(account))
}

/** Nothing of the day is left, with what is reserved. */
const isSpent = (account: Account): boolean => isOver(account, account.used + account.reserved)

/** The same without what is only reserved. */
const isUsedUp = (account: Account): boolean => isOver(account, account.used)

const isOver = ({ limit, granted, rest }: Account, used: number): boolean =>
  limit <= 0 || (rest !== undefined && granted - used + rest <= 0)
