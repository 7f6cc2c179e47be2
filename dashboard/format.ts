/** Numbers as people read them; `undefined` is a dash. */
const dash = '–'

const whole = new Intl.NumberFormat('en', { maximumFractionDigits: 0 })
const short = new Intl.NumberFormat('en', { notation: 'compact', maximumFractionDigits: 1 })

export const count = (value: number | undefined): string =>
  value === undefined ? dash : value < 100_000 ? whole.format(value) : short.format(value)

export function percent(share: number | undefined): string {
  if (share === undefined) return dash
  const digits = share > 0 && share < 0.1 ? 1 : 0
  return `${(share * 100).toFixed(digits)}%`
}

/** Millionths of a US dollar. */
export function money(micro: number | undefined): string {
  if (micro === undefined) return dash
  const dollars = Math.abs(micro) / 1e6
  const sign = micro < 0 ? '−' : ''
  if (dollars === 0) return '$0'
  if (dollars >= 1000) return `${sign}$${short.format(dollars)}`
  return `${sign}$${dollars >= 1 ? dollars.toFixed(2) : trim(dollars.toFixed(dollars >= 0.01 ? 4 : 6))}`
}

const trim = (digits: string) => digits.replace(/0+$/, '').replace(/\.$/, '')

export function milliseconds(value: number | undefined): string {
  if (value === undefined) return dash
  if (value >= 10_000) return `${trim((value / 1000).toFixed(1))} s`
  return `${value >= 10 ? Math.round(value) : trim(value.toFixed(2))} ms`
}

/** A point's time; the day as well where a point is hours long. Points of a day are days of UTC. */
export function time(at: number, step: number): string {
  const clock: Intl.DateTimeFormatOptions = { hour: '2-digit', minute: '2-digit', hour12: false }
  const day: Intl.DateTimeFormatOptions = { month: 'short', day: 'numeric' }
  const options = isOfDays(step)
    ? { ...day, timeZone: 'UTC' }
    : step >= 3600
      ? { ...day, ...clock }
      : clock
  return new Intl.DateTimeFormat('en', options).format(at)
}

export const isOfDays = (step: number): boolean => step >= 24 * 3600

/** `why:persona_late` as words. */
export const words = (name: string): string => {
  const text = name.slice(name.indexOf(':') + 1).replaceAll('_', ' ')
  return text.charAt(0).toUpperCase() + text.slice(1)
}
