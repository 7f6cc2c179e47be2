import type { Signals } from '../shared/schema/context.ts'
import { readSignals } from '../shared/signals.ts'

export type PageMoment = { now: number; page?: string | undefined; locale?: string | undefined }

/** Where the user is just now: kind of device, the app's label of the page, locale, time of day. Nothing else. */
export function pageSignals({ now, page, locale = navigator.language }: PageMoment): Signals {
  // oxlint-disable-next-line no-restricted-globals -- the hour where the user is; `now` is the root's clock
  const hour = new Date(now).getHours()
  return readSignals({
    width: innerWidth,
    touch: navigator.maxTouchPoints > 0,
    locale,
    hour,
    ...(page === undefined ? {} : { page }),
  })
}
