import { limits } from './limits.ts'
import { oneLine } from './normalise.ts'
import type { Signals } from './schema/context.ts'
import { estimateTokens } from './tokens.ts'

/** What a page can tell of a moment. `hour`: of the user's own clock, 0..23; `width` of the window, CSS pixels. */
export type Moment = {
  width?: number
  touch?: boolean
  page?: string
  locale?: string
  hour?: number
}

/** Signals of a moment, closed values all. What does not fit them is left out. */
export function readSignals({ width, touch = false, page, locale, hour }: Moment): Signals {
  const label =
    page === undefined
      ? ''
      : oneLine(page)
          .replace(/[^\p{L}\p{N} _.-]/gu, '')
          .trim()
  const fits = /^[\p{L}\p{N}][\p{L}\p{N} _.-]{0,39}$/u.test(label)
  const known = locale !== undefined && /^[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8}){0,2}$/.test(locale)
  return {
    ...(width === undefined ? {} : { device: deviceOf(width, touch) }),
    ...(fits ? { page: label } : {}),
    ...(known ? { locale } : {}),
    ...(hour === undefined ? {} : { daytime: daytimeOf(hour) }),
  }
}

const deviceOf = (width: number, touch: boolean): NonNullable<Signals['device']> => {
  if (width < 640) return 'phone'
  return touch && width < 1200 ? 'tablet' : 'desktop'
}

const daytimeOf = (hour: number): NonNullable<Signals['daytime']> => {
  if (hour < 5 || hour >= 22) return 'night'
  if (hour < 12) return 'morning'
  return hour < 18 ? 'afternoon' : 'evening'
}

/** One line of at most 30 tokens; whole signals, the most telling first. Empty where there are none. */
export function signalLine({ page, device, daytime, locale }: Signals): string {
  const parts = [
    page && `page ${page}`,
    device && `on a ${device}`,
    daytime,
    locale && `locale ${locale}`,
  ]
  let said = ''
  for (const part of parts) {
    if (!part) continue
    const longer = said === '' ? part : `${said}; ${part}`
    if (estimateTokens(longer) <= limits.signalTokens) said = longer
  }
  return said
}
