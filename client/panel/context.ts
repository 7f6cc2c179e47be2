import type { Problem } from '../types.ts'
import type { Edgewise } from '../edgewise.ts'
import { limits } from '../../shared/limits.ts'
import { fill, type TextKey, type Texts } from './texts.ts'

/** What every part of the panel is given. */
export type PanelContext = {
  edgewise: Edgewise
  texts: Texts
  locale: string
  now: () => number
  /** Says a result: shown at the bottom, and read out by screen readers. */
  announce: (text: string) => void
  /** Draw again from what the client holds now. */
  refresh: () => void
}

/** What the last reading of the facts gave. */
export type Known = Awaited<ReturnType<Edgewise['facts']['list']>>

/** A part of the panel: an element that can be drawn again. */
export type Section = {
  element: HTMLElement
  update(): void
  /** Shows nothing of a user who has left. */
  forget?(): void
}

/** The text for a count, by the plural rules of the language. */
export function plural(
  { texts, locale }: Pick<PanelContext, 'texts' | 'locale'>,
  key: 'count' | 'tokens_note',
  count: number,
): string {
  const form = new Intl.PluralRules(locale).select(count) === 'one' ? 'one' : 'other'
  return fill(texts[`${key}_${form}`], { count })
}

/** What went wrong, in words. */
export function problemText(texts: Texts, problem: Problem): string {
  const known: Partial<Record<Problem['code'], TextKey>> = {
    fact_rejected: 'problem_fact_rejected',
    fact_not_found: 'problem_fact_not_found',
    not_found: 'problem_fact_not_found',
    too_many_pins: 'problem_too_many_pins',
    rate_limited: 'problem_rate_limited',
    storage_unavailable: 'problem_storage',
  }
  const key = known[problem.code] ?? 'problem_offline'
  return fill(texts.problem, { reason: fill(texts[key], { bytes: limits.factBytes }) })
}

/** How long ago, in days of the user's calendar at most: "today", "3 days ago". */
export function age({ locale, now }: PanelContext, time: number): string {
  const days = Math.max(0, Math.round((midnightOf(now()) - midnightOf(time)) / 86_400_000))
  const format = new Intl.RelativeTimeFormat(locale, { numeric: 'auto' })
  if (days < 60) return format.format(-days, 'day')
  if (days < 700) return format.format(-Math.round(days / 30.4), 'month')
  return format.format(-Math.round(days / 365), 'year')
}

// oxlint-disable-next-line no-restricted-globals -- the day where the user is
const midnightOf = (time: number): number => new Date(time).setHours(0, 0, 0, 0)

export const dayOf = ({ locale }: PanelContext, time: number): string =>
  new Intl.DateTimeFormat(locale, { dateStyle: 'long' }).format(time)

export const number = ({ locale }: Pick<PanelContext, 'locale'>, value: number): string =>
  new Intl.NumberFormat(locale, { maximumFractionDigits: 1 }).format(value)
