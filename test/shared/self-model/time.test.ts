import fc from 'fast-check'
import { expect, test } from 'vitest'
import { civilOf, DAY, endOfMonth, timeOf, weekdayOf } from '../../../shared/calendar.ts'
import { addFact, emptyModel, letGo, nextToGo } from '../../../shared/self-model.ts'
import { dueOf } from '../../../shared/self-model/due.ts'
import { valueOf } from '../../../shared/value.ts'

/** A Wednesday. */
const said = Date.UTC(2026, 5, 10, 15)
const day = (iso: string) => Date.parse(`${iso}T23:59:59.999Z`)

test('the calendar is that of the runtime', () => {
  fc.assert(
    fc.property(fc.integer({ min: -1e12, max: 4e12 }), (time) => {
      const date = new Date(time)
      const civil = {
        year: date.getUTCFullYear(),
        month: date.getUTCMonth() + 1,
        day: date.getUTCDate(),
      }
      expect(civilOf(time)).toEqual(civil)
      expect(timeOf(civil)).toBe(Math.floor(time / DAY) * DAY)
      expect(weekdayOf(time)).toBe(date.getUTCDay())
      expect(endOfMonth(civil.year, civil.month)).toBe(Date.UTC(civil.year, civil.month, 1) - 1)
    }),
  )
})

test.each([
  ['Run a marathon by October 2026', '2026-10-31'],
  ['Run a marathon on 12 September', '2026-09-12'],
  ['Submit the thesis before March 3rd, 2027', '2027-03-03'],
  ['Go to Lisbon in May', '2027-05-31'],
  ['Exam on 2026-07-01', '2026-07-01'],
  ['Umzug am 03.08.2026', '2026-08-03'],
  ['Save for a house until 2028', '2028-12-31'],
  ['On call for the next two weeks', '2026-06-24'],
  ['Finish the boat in three weeks', '2026-07-01'],
  ['Travel to Rome next week', '2026-06-21'],
  ['Deliver the report by Friday', '2026-06-12'],
  ['Visit Kyoto this summer', '2026-08-31'],
  ['Learn to ski next winter', '2027-02-28'],
  ['Leave tomorrow', '2026-06-11'],
])('"%s" is over at the end of %s', (text, end) => {
  expect(dueOf('goal', text, said)).toBe(day(end))
})

test.each([
  ['Run a marathon one day'],
  ['Has run since May 2020'],
  ['Runs every Monday'],
  ['May want to learn piano'],
  ['Finished it on 2025-01-01'],
  ['Meet on 2026-13-45'],
  ['Travel through Japan for two weeks'],
  ['Has yoga on Tuesday evenings'],
  ['Usually works from home on Friday'],
])('"%s" has no end', (text) => {
  expect(dueOf('goal', text, said)).toBeUndefined()
})

test('only goals, plans and projects end', () => {
  expect(dueOf('preference', 'Likes the concert on 12 September', said)).toBeUndefined()
})

test('a trip fades in weeks, an allergy never', () => {
  const factOf = (category: 'schedule' | 'health', text: string) => {
    const added = addFact(emptyModel(), { category, text }, { id: 'a', now: said })
    if (!added.ok) throw new Error(added.problem.code)
    return added.value.fact
  }
  expect(valueOf(factOf('schedule', 'On a trip to Rome'), said + 21 * DAY)).toBeCloseTo(0.45)
  expect(valueOf(factOf('schedule', 'Works on Fridays'), said + 21 * DAY)).toBeGreaterThan(0.65)
  expect(valueOf(factOf('health', 'Allergic to peanuts'), said + 9000 * DAY)).toBe(0.9)
})

test('what has expired can be seen for 30 days more, what an org retains no longer goes with all its pins', () => {
  const added = addFact(
    emptyModel(),
    { category: 'goal', text: 'Run', expires: said + DAY, pinned: true },
    { id: 'a', now: said },
  )
  const model = added.ok ? added.value.model : emptyModel()
  expect(letGo(model, said + 30 * DAY)).toBe(model)
  expect(letGo(model, said + 31 * DAY)).toMatchObject({ version: 2, facts: [] })
  expect(nextToGo(model)).toBe(said + 31 * DAY)
  expect(letGo(model, said + 7 * DAY, 7)).toMatchObject({ facts: [] })
  expect(nextToGo(model, 7)).toBe(said + 7 * DAY)
  expect(nextToGo(emptyModel(), 7)).toBe(Infinity)
})
