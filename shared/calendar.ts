/** Milliseconds of a day. */
export const DAY = 24 * 3600 * 1000

export type Civil = { year: number; month: number; day: number }

/** Start of the day (UTC) in which a time lies, ms. */
export const dayOf = (time: number): number => Math.floor(time / DAY) * DAY

/** Start of a calendar day (UTC) in ms, by the days-from-civil algorithm (Howard Hinnant, 2013). */
export function timeOf({ year, month, day }: Civil): number {
  const y = month <= 2 ? year - 1 : year
  const era = Math.floor(y / 400)
  const yoe = y - era * 400
  const doy = Math.floor((153 * (month + (month > 2 ? -3 : 9)) + 2) / 5) + day - 1
  const doe = yoe * 365 + Math.floor(yoe / 4) - Math.floor(yoe / 100) + doy
  return (era * 146_097 + doe - 719_468) * DAY
}

/** Calendar day (UTC) of a time in ms. */
export function civilOf(time: number): Civil {
  const z = Math.floor(time / DAY) + 719_468
  const era = Math.floor(z / 146_097)
  const doe = z - era * 146_097
  const yoe = Math.floor(
    (doe - Math.floor(doe / 1460) + Math.floor(doe / 36_524) - Math.floor(doe / 146_096)) / 365,
  )
  const doy = doe - (365 * yoe + Math.floor(yoe / 4) - Math.floor(yoe / 100))
  const mp = Math.floor((5 * doy + 2) / 153)
  const month = mp < 10 ? mp + 3 : mp - 9
  return {
    year: yoe + era * 400 + (month <= 2 ? 1 : 0),
    month,
    day: doy - Math.floor((153 * mp + 2) / 5) + 1,
  }
}

/** The last millisecond of a month (1-12; beyond it runs into the next years). */
export function endOfMonth(year: number, month: number): number {
  const [y, m] = [year + Math.floor(month / 12), (month % 12) + 1]
  return timeOf({ year: y, month: m, day: 1 }) - 1
}

/** 0 is Sunday. */
export const weekdayOf = (time: number): number => (((Math.floor(time / DAY) + 4) % 7) + 7) % 7
