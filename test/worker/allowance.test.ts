import { env } from 'cloudflare:workers'
import { expect, test, vi } from 'vitest'
import type { Org } from '../../shared/schema/org.ts'
import { durableMeter } from '../../worker/adapters/durable-meter.ts'
import { createAllowances } from '../../worker/flow/allowances.ts'
import type { Allowances, Meter, Spender } from '../../worker/ports.ts'
import { metersContract } from '../contract/meters.ts'
import { events } from '../fakes/recording-provider.ts'
import { acme, acmeToken, createHarness, orgsOf, someone, type Harness } from './harness.ts'
import { chatBody, context, decision } from './people.ts'

metersContract('as a Durable Object', durableMeter(env.ALLOWANCES))

const DAY = 24 * 3600 * 1000
const usage = (tokens: number) => ({
  choices: [{ message: { content: 'x' } }],
  usage: { prompt_tokens: tokens - 1, completion_tokens: 1 },
})

function limited(limits: Partial<Org>): Harness & { org: string } {
  const org = acme({ id: 'acme', ...limits })
  // Each test has an org of its own, so that they do not spend each other's tokens.
  const id = `acme-${crypto.randomUUID()}`
  const harness = createHarness({ ports: () => ({ orgs: orgsOf({ ...org, id }) }) })
  return Object.assign(harness, { org: id })
}

async function spend(
  harness: Harness & { org: string },
  user: string,
  tokens: number,
): Promise<Response> {
  harness.provider.answers.push(() => Response.json(usage(tokens)))
  const { org } = harness
  const token = await acmeToken(user, { org })
  const response = await harness.chat(chatBody('Hi'), {
    headers: { authorization: `Bearer ${token}` },
  })
  if (response.status !== 200) harness.provider.answers.pop()
  return response
}

const nothingWanted = context({ decision: decision() })

const taken = { ok: true }
function settle(reservation: ReturnType<Allowances['take']>, used: number): void {
  if (reservation.ok) reservation.value.settle(used)
}

/** Gives the reports behind the requests their time. */
const settled = () => new Promise((resolve) => setTimeout(resolve, 50))

test('after the allowance of a user is spent the next call is refused, until the day turns', async () => {
  const harness = limited({ userTokensPerDay: 1000 })
  const user = someone()
  expect((await spend(harness, user, 600)).status).toBe(200)
  await settled()
  expect((await spend(harness, user, 600)).status).toBe(200)
  await settled()
  const refused = await spend(harness, user, 600)
  expect(refused.status).toBe(402)
  expect(refused.headers.get('x-should-retry')).toBe('false')
  expect(await refused.json()).toMatchObject({ error: { code: 'allowance_spent' } })
  expect((await spend(harness, someone(), 600)).status).toBe(200)
  harness.time.now += DAY
  harness.time.now -= harness.time.now % DAY
  const { org } = harness
  const fresh = await acmeToken(user, { org, ttl: 3 * 24 * 3600 })
  const again = await harness.chat(chatBody('Hi'), {
    headers: { authorization: `Bearer ${fresh}` },
  })
  expect(again.status).toBe(200)
})

test('the allowance of an org is spent by all its users together', async () => {
  const harness = limited({ tokensPerDay: 1000 })
  for (const _ of [1, 2]) {
    expect((await spend(harness, someone(), 700)).status).toBe(200)
    await settled()
  }
  expect((await spend(harness, someone(), 700)).status).toBe(402)
})

test.each([
  { what: 'each of the answers that are asked for', asked: { n: 100 }, next: 402 },
  {
    what: 'each of them, however that is spelled',
    asked: { n: 100 },
    spelled: String.raw`"\u006e"`,
    next: 402,
  },
  { what: 'the most of them, in whatever case', asked: { n: 1, N: 100 }, next: 402 },
  {
    what: 'the longer limit where there are two',
    asked: { max_completion_tokens: 1, max_tokens: 100_000 },
    next: 402,
  },
  { what: 'one answer where one is asked for', asked: { n: 1 }, next: 200 },
  { what: 'a window at most, whatever is asked for', asked: { max_tokens: 1e12 }, next: 402 },
])(
  'a stream whose usage nobody states counts as $what',
  async ({ asked, spelled = '"n"', next }) => {
    const harness = limited({ userTokensPerDay: 50_000, tokensPerDay: 1_000_000 })
    async function stream(user: string): Promise<number> {
      const headers = { authorization: `Bearer ${await acmeToken(user, { org: harness.org })}` }
      harness.provider.answers.push(() => events(['[DONE]']))
      const body = chatBody('Hi', { stream: true, ...asked }).replace('"n"', spelled)
      // The device wants nothing attached: the body need not be parsed for that.
      const response = await harness.chat(body, { headers, context: nothingWanted })
      await response.text()
      await settled()
      return response.status
    }
    const user = someone()
    expect([await stream(user), await stream(user)]).toEqual([200, next])
    // One user's made-up number is not the end of the day for the others of the org.
    expect(await stream(someone())).toBe(200)
  },
)

test.each([
  { what: 'a page', headers: { origin: 'https://app.test' }, ownKey: false, streams: 3 },
  { what: 'whoever hides where they come from', headers: {}, ownKey: false, streams: 3 },
  { what: 'a server that pays itself', headers: {}, ownKey: true, streams: 6 },
])(
  'of streams without usage or limit $what gets $streams',
  async ({ headers, ownKey, streams }) => {
    const harness = limited({ userTokensPerDay: ownKey ? 6000 : 12_000 })
    const token = await acmeToken(someone(), { org: harness.org })
    const credentials = ownKey
      ? { authorization: 'Bearer sk-theirs', 'edgewise-token': token }
      : { authorization: `Bearer ${token}` }
    for (let i = 0; ; i++) {
      harness.provider.answers.push(() => events(['[DONE]']))
      const response = await harness.chat(chatBody('Hi', { stream: true }), {
        headers: { ...headers, ...credentials },
      })
      await response.text()
      await settled()
      expect([i, response.status]).toEqual([i, i < streams ? 200 : 402])
      if (response.status === 402) break
    }
  },
)

test('what one isolate has spent is known to the next', async () => {
  const harness = limited({ userTokensPerDay: 1000 })
  const user = someone()
  await spend(harness, user, 1500)
  await settled()
  const { org } = harness
  const other = Object.assign(
    createHarness({ ports: () => ({ orgs: orgsOf(acme({ id: org, userTokensPerDay: 1000 })) }) }),
    { org },
  )
  await spend(other, user, 10)
  await vi.waitFor(async () => expect((await spend(other, user, 10)).status).toBe(402))
})

test('an org whose limit is zero gets nothing', async () => {
  expect((await spend(limited({ tokensPerDay: 0 }), someone(), 1)).status).toBe(402)
})

test.each([
  { stated: true, rest: { stream_options: { include_usage: true } } },
  { stated: false, rest: { max_tokens: 5000 } },
])('a stream counts as stated, or as its limit (stated: $stated)', async ({ rest }) => {
  const harness = limited({ userTokensPerDay: 5000 })
  const user = someone()
  const headers = { authorization: `Bearer ${await acmeToken(user, { org: harness.org })}` }
  const used = { prompt_tokens: 4000, completion_tokens: 2000 }
  harness.provider.answers.push(() =>
    events([JSON.stringify({ choices: [], usage: used }), '[DONE]']),
  )
  const response = await harness.chat(chatBody('Hi', { stream: true, ...rest }), { headers })
  await response.text()
  await vi.waitFor(async () => expect((await spend(harness, user, 1)).status).toBe(402))
})

const spender: Spender = {
  orgKey: 'o',
  orgLimit: 100_000,
  user: { userKey: 'u', userLimit: 1000 },
}

test('no request waits for the meter, not even where it never answers', () => {
  const meter: Meter = { report: () => new Promise(() => {}) }
  const allowances = createAllowances({ meter, clock: () => 0, newId: () => 'a' })
  const work: Promise<unknown>[] = []
  for (let i = 0; i < 5; i++) {
    expect(allowances.take(spender, 100, (promise) => work.push(promise))).toMatchObject(taken)
  }
  // One question each for user and org, however many requests there are.
  expect(work).toHaveLength(2)
})

test('a meter that fails allows, and hears of it with the next request', async () => {
  const reports: number[] = []
  let fails = true
  const meter: Meter = {
    report: async (subject, { used }) => {
      if (subject.startsWith('u:')) reports.push(used)
      if (fails) throw new Error('unreachable')
      return { granted: 50, rest: 500 }
    },
  }
  const allowances = createAllowances({ meter, clock: () => 0, newId: () => 'a' })
  const work: Promise<unknown>[] = []
  const waitUntil = (promise: Promise<unknown>) => void work.push(promise)
  settle(allowances.take(spender, 10, waitUntil), 30)
  await Promise.all(work)
  fails = false
  expect(allowances.take(spender, 10, waitUntil)).toMatchObject(taken)
  await Promise.all(work)
  expect(reports).toEqual([0, 30])
})

test('a reservation counts once, and gives back what was not used', async () => {
  const meter: Meter = { report: async () => ({ granted: 100, rest: 0 }) }
  const allowances = createAllowances({ meter, clock: () => 0, newId: () => 'a' })
  const work: Promise<unknown>[] = []
  const waitUntil = (promise: Promise<unknown>) => void work.push(promise)
  const first = allowances.take(spender, 90, waitUntil)
  await Promise.all(work)
  expect(allowances.take(spender, 20, waitUntil)).toMatchObject(taken)
  // What is left is only reserved: that passes.
  expect(allowances.take(spender, 20, waitUntil)).toMatchObject({
    problem: { code: 'rate_limited', retryAfter: 10 },
  })
  settle(first, 10)
  settle(first, 1000)
  expect(allowances.take(spender, 20, waitUntil)).toMatchObject(taken)
})

test('a busy isolate reports every ten seconds, or when most of its lease is spent, and all that it spent', async () => {
  const real = durableMeter(env.ALLOWANCES)
  const time = { now: Date.now() - (Date.now() % DAY) }
  const busy = { orgKey: crypto.randomUUID(), orgLimit: 20_000_000 }
  const reports: number[] = []
  // Requests go on while the meter is asked, the first hundred times.
  let meanwhile = 100
  const meter: Meter = {
    report(subject, report) {
      reports.push(report.used)
      if (meanwhile-- > 0) serve(9)
      return real.report(subject, report)
    },
  }
  const allowances = createAllowances({ meter, clock: () => time.now, newId: () => 'a' })
  const work: Promise<unknown>[] = []
  const waitUntil = (promise: Promise<unknown>) => void work.push(promise)
  let spent = 0
  function serve(tokens: number): void {
    settle(allowances.take(busy, tokens, waitUntil), tokens)
    spent += tokens
  }
  /** A hundred requests a second. */
  async function pass(requests: number, tokens: number): Promise<void> {
    for (let i = 0; i < requests; i++) {
      time.now += 10
      serve(tokens)
      await Promise.all(work.splice(0))
    }
  }
  // Five long answers are on their way all the time: more is reserved than a lease holds.
  for (let i = 0; i < 5; i++) allowances.take(busy, 5000, waitUntil)
  await pass(100, 1)
  expect(reports).toHaveLength(2)
  await pass(2000, 1)
  expect(reports).toHaveLength(4)
  // A lease is 20,000 tokens: three quarters of it are spent once.
  await pass(10, 2000)
  expect(reports).toHaveLength(5)
  meanwhile = 0
  time.now += 10_000
  allowances.take(busy, 0, waitUntil)
  await Promise.all(work)
  const asked = { day: Math.floor(time.now / DAY), now: time.now, limit: busy.orgLimit }
  const rest = { ...asked, holder: 'a', used: 0, want: busy.orgLimit }
  const { granted } = await real.report(`o:${busy.orgKey}`, rest)
  expect(busy.orgLimit - granted).toBe(spent)
})
