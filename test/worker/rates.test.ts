import { expect, test } from 'vitest'
import { rateBindings } from '../../worker/adapters/rate-bindings.ts'

const keys = { userKey: 'ada', orgKey: 'acme' }
const MINUTE = 60_000

function setUp(answer: (key: string) => Promise<{ success: boolean }>) {
  const asked: string[] = []
  const work: Promise<unknown>[] = []
  const time = { now: 10 * MINUTE + 15_000 }
  const limit = ({ key }: { key: string }) => {
    asked.push(key)
    return answer(key)
  }
  const rates = rateBindings({ user: { limit }, org: { limit } }, () => time.now)
  const call = (who = keys) => rates.refusedFor(who, (promise) => void work.push(promise))
  return { asked, time, call, settle: () => Promise.all(work) }
}

const yes = async () => ({ success: true })

test('every eighth request of a key is reported, and none waits for it', () => {
  const { asked, call } = setUp(() => new Promise(() => {}))
  for (let i = 0; i < 17; i++) expect(call()).toBe(0)
  expect(asked.filter((key) => key === 'u:ada')).toHaveLength(3)
  expect(asked.filter((key) => key === 'o:acme')).toHaveLength(3)
})

test('a key that is refused stays so for the rest of the minute, and others do not suffer', async () => {
  const { time, call, settle } = setUp(async (key) => ({ success: key !== 'u:ada' }))
  expect(call()).toBe(0)
  await settle()
  expect(call()).toBe(45)
  time.now += 44_000
  expect(call()).toBe(1)
  expect(call({ ...keys, userKey: 'bob' })).toBe(0)
  time.now += 1000
  expect(call()).toBe(0)
})

test('an org that is refused is so for all its users', async () => {
  const { call, settle } = setUp(async (key) => ({ success: key !== 'o:acme' }))
  call()
  await settle()
  expect(call({ ...keys, userKey: 'bob' })).toBe(45)
  expect(call({ userKey: 'ada', orgKey: 'other' })).toBe(0)
})

test.each([
  ['fails', () => Promise.reject(new Error('down'))],
  ['allows', yes],
])('a counter that %s lets everybody in', async (_, answer) => {
  const { call, settle } = setUp(answer)
  call()
  await settle()
  expect(call()).toBe(0)
})

test('without counters nobody is refused', () => {
  const rates = rateBindings({ user: undefined, org: undefined }, () => 0)
  expect(rates.refusedFor(keys, () => {})).toBe(0)
})
