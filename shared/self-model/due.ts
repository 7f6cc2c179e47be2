import { civilOf, DAY, dayOf, endOfMonth, timeOf, weekdayOf } from '../calendar.ts'
import type { Category } from '../schema/fact.ts'

const dated: readonly Category[] = ['goal', 'schedule', 'project']

const months =
  'january february march april may june july august september october november december'.split(' ')
const monthName =
  '(jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sep(?:t(?:ember)?)?|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?)'
const weekdays = 'sunday monday tuesday wednesday thursday friday saturday'.split(' ')

const isoDate = /(?<!\d)(20\d\d)-(\d\d)(?:-(\d\d))?(?!\d)/
const dottedDate = /(?<!\d)(\d{1,2})\.(\d{1,2})\.(20\d\d)(?!\d)/
const dayMonth = new RegExp(
  `(?<!\\d)(\\d{1,2})(?:st|nd|rd|th)? (?:of )?${monthName}\\b(?:,? (20\\d\\d))?`,
  'i',
)
const monthDay = new RegExp(
  `\\b${monthName} (\\d{1,2})(?:st|nd|rd|th)?(?!\\d)(?:,? (20\\d\\d))?`,
  'i',
)
const monthAlone = new RegExp(
  `\\b(?:in|by|until|till|before|this|next|end of|during) (?:early |mid |late |the end of )?${monthName}\\b(?: (20\\d\\d))?`,
  'i',
)
const yearAlone = /\b(?:in|by|until|till|before|end of|during) (20\d\d)\b/i
/** "for two weeks" is how long, not when. */
const inSome =
  /\b(?:(?:in|within) (?:the next )?|for the next )(\d{1,3}|a|an|two|three|four|five|six) (day|week|month)s?\b/i
const nextOne = /\b(next|this) (week|weekend|month|year|spring|summer|autumn|fall|winter)\b/i
const onWeekday = new RegExp(
  `\\b(?:by|until|till|before|on|this|next) (${weekdays.join('|')})\\b(?! (?:mornings|afternoons|evenings|nights)\\b)`,
  'i',
)
/** Happened before it was said, or happens again and again. */
const notAhead =
  /\b(?:since|ago|last|every|each|always|usually|normally|generally|regularly|weekly|often|never|used to|was|were)\b/i

const small: Record<string, number> = { a: 1, an: 1, two: 2, three: 3, four: 4, five: 5, six: 6 }

/**
 * When a goal, project or plan with a date in its words is over, ms (the end of that day, month or year,
 * UTC); undefined for what has no date. `at`: when it was said, which words such as "next week" count from.
 */
export function dueOf(category: Category, text: string, at: number): number | undefined {
  if (!dated.includes(category) || notAhead.test(text)) return undefined
  const due = stated(text, at) ?? relative(text, at)
  return due !== undefined && due > at ? due : undefined
}

function stated(text: string, at: number): number | undefined {
  const iso = isoDate.exec(text)
  if (iso) return endOf(Number(iso[1]), Number(iso[2]), Number(iso[3]))
  const dotted = dottedDate.exec(text)
  if (dotted) return endOf(Number(dotted[3]), Number(dotted[2]), Number(dotted[1]))
  const day = dayMonth.exec(text)
  if (day) return soonest({ month: day[2], day: day[1], year: day[3] }, at)
  const named = monthDay.exec(text)
  if (named) return soonest({ month: named[1], day: named[2], year: named[3] }, at)
  const month = monthAlone.exec(text)
  if (month) return soonest({ month: month[1], year: month[2] }, at)
  const year = yearAlone.exec(text)
  return year ? endOfMonth(Number(year[1]), 12) : undefined
}

type Named = { month?: string | undefined; day?: string | undefined; year?: string | undefined }

/** Without a year: the first such day that is not over when it is said. */
function soonest({ month = '', day, year }: Named, at: number): number | undefined {
  const number = months.findIndex((name) => name.startsWith(month.toLowerCase().slice(0, 3))) + 1
  const count = day === undefined ? Number.NaN : Number(day)
  if (year !== undefined) return endOf(Number(year), number, count)
  const { year: now } = civilOf(at)
  const due = endOf(now, number, count)
  return due !== undefined && due < at ? endOf(now + 1, number, count) : due
}

function endOf(year: number, month: number, day: number): number | undefined {
  if (month < 1 || month > 12 || day < 1 || day > 31) return undefined
  return Number.isNaN(day) ? endOfMonth(year, month) : timeOf({ year, month, day }) + DAY - 1
}

const seasonEnds: Record<string, number> = {
  spring: 5,
  summer: 8,
  autumn: 11,
  fall: 11,
  winter: 14,
}

function relative(text: string, at: number): number | undefined {
  const today = dayOf(at)
  const { year, month } = civilOf(at)
  if (/\btomorrow\b/i.test(text)) return today + 2 * DAY - 1
  const some = inSome.exec(text)
  if (some) {
    const count = small[(some[1] ?? '').toLowerCase()] ?? Number(some[1])
    const days = { day: 1, week: 7, month: 31 }[(some[2] ?? 'day').toLowerCase()] ?? 1
    return today + (count * days + 1) * DAY - 1
  }
  const weekday = onWeekday.exec(text)
  if (weekday) {
    const wanted = weekdays.indexOf((weekday[1] ?? '').toLowerCase())
    return today + (((wanted - weekdayOf(at) + 6) % 7) + 2) * DAY - 1
  }
  const [, which = '', unit = ''] = nextOne.exec(text) ?? []
  if (unit === '') return undefined
  const later = which.toLowerCase() === 'next' ? 1 : 0
  const sunday = today + (7 - (weekdayOf(at) || 7) + 1) * DAY - 1
  switch (unit.toLowerCase()) {
    case 'week':
    case 'weekend':
      return sunday + later * 7 * DAY
    case 'month':
      return endOfMonth(year, month + later)
    case 'year':
      return endOfMonth(year + later, 12)
    default: {
      const end = endOfMonth(year, seasonEnds[unit.toLowerCase()] ?? 12)
      return end < at || (later === 1 && end - at < 90 * DAY)
        ? endOfMonth(year + 1, seasonEnds[unit.toLowerCase()] ?? 12)
        : end
    }
  }
}
