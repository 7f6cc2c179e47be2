import { env } from 'cloudflare:workers'
import * as fc from 'fast-check'
import { beforeAll, expect, test, vi } from 'vitest'
import { failingBinding, type Health } from '../fakes/failing-binding.ts'
import { createHarness, keysOf, receiptOf, someone, type Harness } from './harness.ts'
import { consumersOf, delivered, observe, realNow } from './learners.ts'
import { migrate } from './migrate.ts'
import { chatBody, context, decision, idOf, introduce, type Person } from './people.ts'

/* Durable Object, Queue, KV or D1 fail for a while: requests go on, learning and audit catch up, nothing is
   lost or learned twice. The bindings are real, and fail where the Worker calls them. */

beforeAll(migrate)

type Part = 'SELF_MODELS' | 'ALLOWANCES' | 'PERSONAS' | 'METRICS' | 'LEARNING'
const parts: Part[] = ['SELF_MODELS', 'ALLOWANCES', 'PERSONAS', 'METRICS', 'LEARNING']

function failing(health: Partial<Record<Part, Health>>, learning?: Queue): Partial<Env> {
  const of = (part: Part) => () => health[part] ?? 'up'
  const { SELF_MODELS, ALLOWANCES, PERSONAS, METRICS, LEARNING } = env
  const queue = learning ?? LEARNING
  return {
    SELF_MODELS: failingBinding(SELF_MODELS, of('SELF_MODELS')),
    ALLOWANCES: failingBinding(ALLOWANCES, of('ALLOWANCES')),
    PERSONAS: failingBinding(PERSONAS, of('PERSONAS')),
    ...(METRICS ? { METRICS: failingBinding(METRICS, of('METRICS')) } : {}),
    ...(queue ? { LEARNING: failingBinding(queue, of('LEARNING')) } : {}),
  }
}

let person: Person
beforeAll(async () => {
  person = await introduce(createHarness(), someone())
})

const failures = parts.flatMap((part) =>
  (['rejects', 'hangs'] as const).map((health) => [part, health] as const),
)

test.each(failures)('while %s %s, a request is answered', async (part, health) => {
  const harness = createHarness({ vars: failing({ [part]: health }) })
  const body = chatBody('dinner ideas for tonight?')
  const given = context({ decision: decision({ facts: [idOf(person, 'peanuts')] }) })
  const started = realNow()
  const response = await harness.chat(body, { as: person.user, context: given })
  expect(response.status).toBe(200)
  expect(await response.json()).toMatchObject({ object: 'chat.completion' })
  const without = health === 'hangs' ? 'persona_late' : 'persona_failed'
  expect(receiptOf(response).why).toBe(part === 'PERSONAS' ? without : 'attached')
  // What waits has deadlines of a tenth of a second; the machine may be busy.
  expect(realNow() - started).toBeLessThan(3000)
})

test('a queue that never answers is a problem that may be tried again', async () => {
  const harness = createHarness({ vars: failing({ LEARNING: 'hangs' }) })
  const facts = [{ category: 'tool', text: 'The user uses Vim.' }]
  const answer = await observe(harness, someone(), { consent: 'edge', facts })
  expect([answer.status, answer.headers.get('retry-after')]).toEqual([503, '5'])
}, 15_000)

test('a database that never answers holds up no batch, and its entries come through the queue', async () => {
  const sent: unknown[] = []
  const queue = { send: async (body: unknown) => void sent.push(body) } as unknown as Queue
  const { ports, learn } = consumersOf(undefined, { vars: failing({ METRICS: 'hangs' }, queue) })
  const user = someone()
  const keys = await keysOf(user)
  await ports.learning.send(keys, lessonOf('The user uses Vim.'))
  const [lesson] = sent.splice(0).map((body) => delivered(body))
  if (!lesson) throw new Error('nothing was sent')
  await learn([lesson])
  expect(lesson.state).toBe('acked')
  expect(JSON.stringify(sent)).toContain('"learn"')
  expect(JSON.stringify(sent)).not.toContain('Vim')
}, 30_000)

const lessonOf = (text: string) => ({
  v: 1 as const,
  made: realNow(),
  cause: 'learned' as const,
  blocked: [],
  messages: [
    {
      id: 'm1',
      facts: [{ category: 'tool' as const, text, source: 'typed' as const, at: realNow() }],
    },
  ],
})

const tools = ['Vim', 'Emacs', 'Figma', 'Excel', 'Blender', 'Ableton', 'Stata', 'Krita']
const second = 1000
const minute = 60 * second

/** Outages of one part in a minute: from, to (seconds), how. */
const outage = fc.tuple(
  fc.integer({ min: 0, max: 55 }),
  fc.integer({ min: 5, max: 60 }),
  fc.constantFrom<Health>('rejects', 'loses'),
)
const outages = fc.record({
  SELF_MODELS: fc.array(outage, { maxLength: 2 }),
  LEARNING: fc.array(outage, { maxLength: 2 }),
  METRICS: fc.array(outage, { maxLength: 2 }),
  PERSONAS: fc.array(outage, { maxLength: 1 }),
})
const observations = fc.array(fc.integer({ min: 0, max: 59 }), { minLength: 1, maxLength: 6 })

type Waiting = { body: unknown; attempts: number; due: number }

/** A device's outbox: what was not accepted is sent again with the same id. */
type Unsent = { id: string; text: string; from: number }

test('whatever fails in a minute, all is learned, once, and stands in the audit log', async () => {
  await fc.assert(
    fc.asyncProperty(outages, observations, async (planned, times) => {
      const start = realNow() - 30 * minute
      const time = { now: start }
      const health: Partial<Record<Part, Health>> = {}
      const waiting: Waiting[] = []
      // The platform's queue, by the clock of this test.
      const queue = {
        send: async (body: unknown) => void waiting.push({ body, attempts: 0, due: time.now }),
      } as unknown as Queue
      const vars = failing(health, queue)
      const harness = createHarness({ vars })
      const { learn } = consumersOf(undefined, { time, vars })
      const user = someone()
      const keys = await keysOf(user)
      let unsent = times.map((from, i): Unsent => {
        const text = `The user uses ${tools[i]}.`
        return { id: `report-${i}`, text, from: start + from * second }
      })
      let accepted = 0

      const step = async () => {
        Object.assign(health, healthAt(planned, (time.now - start) / second))
        for (const report of unsent.filter(({ from }) => from <= time.now)) {
          harness.time.now = ++time.now
          const answer = await tell(harness, user, report)
          if (answer !== 202) continue
          accepted++
          unsent = unsent.filter((other) => other !== report)
        }
        // What runs behind the responses.
        await new Promise((resolve) => setTimeout(resolve, 5))
        const due = waiting.filter((one) => one.due <= time.now)
        const batch = due.map((one) => delivered(one.body, ++one.attempts))
        if (batch.length > 0) await learn(batch)
        for (const [i, { state }] of batch.entries()) {
          const one = due[i]
          if (!one) continue
          if (state === 'acked') waiting.splice(waiting.indexOf(one), 1)
          else one.due = time.now + (state ?? 0) * second
          expect(one.attempts).toBeLessThanOrEqual(6)
        }
      }
      for (; time.now < start + 10 * minute; time.now += 5 * second + 1) await step()

      expect([unsent, waiting]).toEqual([[], []])
      const { facts } = await env.SELF_MODELS.getByName(keys.userKey).view()
      expect(facts.map(({ text }) => text).toSorted()).toEqual(
        times.map((_, i) => `The user uses ${tools[i]}.`).toSorted(),
      )
      expect(facts.every((fact) => fact.times === 1)).toBe(true)
      await vi.waitFor(async () => {
        const entries = await auditOf(keys.userKey)
        expect(entries.filter(({ action }) => action === 'observe')).toHaveLength(accepted)
        expect(new Set(entries.map((entry) => JSON.stringify(entry))).size).toBe(entries.length)
      })
    }),
    { numRuns: 12 },
  )
}, 120_000)

function healthAt(
  planned: Partial<Record<Part, [number, number, Health][]>>,
  at: number,
): Partial<Record<Part, Health>> {
  return Object.fromEntries(
    parts.map((part) => {
      const now = planned[part]?.find(([from, length]) => at >= from && at < from + length)
      return [part, at < 60 && now ? now[2] : 'up']
    }),
  )
}

async function tell(harness: Harness, user: string, { id, text, from }: Unsent): Promise<number> {
  const facts = [{ category: 'tool', text }]
  return (await observe(harness, user, { id, at: from, consent: 'edge', facts })).status
}

type Entry = { at: number; action: string }
async function auditOf(userKey: string): Promise<Entry[]> {
  const query = env.METRICS?.prepare(
    'SELECT at, actor, action, target FROM audit WHERE user_key = ?',
  )
  return (await query?.bind(userKey).all<Entry>())?.results ?? []
}
