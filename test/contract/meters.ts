import { expect, test } from 'vitest'
import type { Meter, Report } from '../../worker/ports.ts'

const report = (rest: Partial<Report> = {}): Report => ({
  day: 100,
  now: 8_640_000_000,
  holder: 'a',
  limit: 100,
  used: 0,
  want: 10,
  ...rest,
})

const subject = () => `u:${crypto.randomUUID()}`

/** What every meter does. */
export function metersContract(name: string, meter: Meter): void {
  test(`meter ${name}: a holder is granted what it wants while there is enough`, async () => {
    expect(await meter.report(subject(), report())).toEqual({ granted: 10, rest: 90 })
  })

  test(`meter ${name}: what was spent is gone for all holders`, async () => {
    const id = subject()
    await meter.report(id, report({ used: 60, want: 0 }))
    expect(await meter.report(id, report({ holder: 'b', want: 100 }))).toEqual({
      granted: 40,
      rest: 0,
    })
  })

  test(`meter ${name}: what one holder was granted is not granted to another`, async () => {
    const id = subject()
    await meter.report(id, report({ want: 70 }))
    expect(await meter.report(id, report({ holder: 'b', want: 70 }))).toEqual({
      granted: 30,
      rest: 0,
    })
  })

  test(`meter ${name}: a report gives back what was granted before`, async () => {
    const id = subject()
    await meter.report(id, report({ want: 70 }))
    expect(await meter.report(id, report({ used: 20, want: 10 }))).toEqual({
      granted: 10,
      rest: 70,
    })
  })

  test(`meter ${name}: a holder that falls silent loses its grant after a minute`, async () => {
    const id = subject()
    await meter.report(id, report({ want: 100 }))
    const later = report({ holder: 'b', now: report().now + 60_000 })
    expect(await meter.report(id, later)).toEqual({ granted: 10, rest: 90 })
  })

  test(`meter ${name}: every day starts with all of it`, async () => {
    const id = subject()
    await meter.report(id, report({ used: 150 }))
    expect(await meter.report(id, report())).toEqual({ granted: 0, rest: 0 })
    expect(await meter.report(id, report({ day: 101 }))).toEqual({ granted: 10, rest: 90 })
  })

  test(`meter ${name}: never more than the limit is granted, whoever asks at once`, async () => {
    const id = subject()
    const holders = Array.from({ length: 20 }, (_, i) => `h${i}`)
    const leases = await Promise.all(
      holders.map((holder) => meter.report(id, report({ holder, want: 9 }))),
    )
    expect(leases.reduce((sum, { granted }) => sum + granted, 0)).toBe(100)
  })
}
