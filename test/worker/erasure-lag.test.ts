import fc from 'fast-check'
import { expect, test } from 'vitest'
import { factId } from '../../shared/fact-id.ts'
import { renderPersona } from '../../shared/persona.ts'
import type { Lesson } from '../../shared/schema/learning.ts'
import type { Persona } from '../../shared/schema/persona.ts'
import {
  addFact,
  emptyModel,
  forgetAll,
  learnSightings,
  type SelfModel,
} from '../../shared/self-model.ts'
import { objectTo, sightingsOf } from '../../worker/adapters/self-model-learning.ts'
import type { Meta } from '../../worker/adapters/self-model-rows.ts'
import { createPersonaReader } from '../../worker/flow/persona-reader.ts'
import type { StorageKeys } from '../../worker/ports.ts'

/* The whole way of a fact, with a clock that can be set, a queue without order and a KV that lags. */

const LAG = 60_000
const REMEMBERED = 10_000
const PUBLISHED_WITHIN = 1000
const keys: StorageKeys = { orgKey: 'o', userKey: 'u', deviceKey: 'd', persona: 'p1:o:u' }

/** One user: the truth, its snapshots, the messages under way. Rules are those of the product's own code. */
class World {
  now = 1_000_000_000
  model: SelfModel = emptyModel()
  meta: Meta = {
    version: 0,
    epoch: 0,
    floor: 0,
    salt: 'salt',
    erasedAt: 0,
    settings: { learn: true },
  }
  queue: Lesson[] = []
  seen = new Set<string>()
  written: { at: number; persona: Persona }[] = []
  /** When each statement was made, by its words. */
  said = new Map<string, number>()
  lagOfNextRead = 0
  reader = createPersonaReader({
    clock: () => this.now,
    log: () => {},
    personas: {
      load: async () =>
        this.written.findLast(({ at }) => at <= this.now - this.lagOfNextRead)?.persona,
    },
  })

  newText(): string {
    const text = `Statement number ${this.said.size} of this life`
    this.said.set(text, this.now)
    return text
  }

  say(epoch: number | undefined, skew: number): void {
    const text = this.newText()
    const facts = [{ category: 'history', text, source: 'typed', at: this.now } as const]
    this.queue.push({
      v: 1,
      made: this.now + skew,
      cause: 'learned',
      blocked: [],
      messages: [{ id: text, facts: [...facts] }],
      ...(epoch === undefined ? {} : { epoch }),
    })
  }

  deliver(which: number, stays: boolean): void {
    const at = which % Math.max(1, this.queue.length)
    const lesson = this.queue[at]
    if (!lesson) return
    if (!stays) this.queue.splice(at, 1)
    const isNew = (id: string) => !this.seen.has(id) && this.seen.add(id).has(id)
    if (objectTo(lesson, this.meta, this.now)) return
    const idOf = (category: 'history', text: string) => factId('salt', category, text)
    const learned = learnSightings(this.model, sightingsOf(lesson, this.meta, isNew), {
      now: this.now,
      idOf: (_, text) => idOf('history', text),
    })
    if (learned !== this.model) this.change({ ...learned, version: this.model.version + 1 })
  }

  edit(): void {
    const text = this.newText()
    const id = factId('salt', 'history', text)
    const added = addFact(this.model, { category: 'history', text }, { id, now: this.now })
    if (added.ok) this.change(added.value.model)
  }

  forget(): void {
    this.meta = { ...this.meta, epoch: this.meta.epoch + 1, erasedAt: this.now }
    this.seen.clear()
    this.change(forgetAll(this.model))
    // The isolate that asked knows the outcome at once.
    this.reader.replace(keys, renderPersona(this.model, this.now))
  }

  change(model: SelfModel): void {
    this.model = model
    const at = Math.max(this.now, (this.written.at(-1)?.at ?? 0) + PUBLISHED_WITHIN)
    this.written = this.written.filter((one) => one.at <= this.now)
    this.written.push({ at, persona: renderPersona(model, this.now) })
  }

  isVoid = (text: string): boolean => (this.said.get(text) ?? 0) < this.meta.erasedAt
}

const step = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.record({
      act: fc.constant('say' as const),
      skew: fc.integer({ min: -2000, max: 2000 }),
      knows: fc.constantFrom('epoch', 'nothing', 'old'),
    }),
  },
  {
    weight: 5,
    arbitrary: fc.record({
      act: fc.constant('deliver' as const),
      which: fc.nat(50),
      stays: fc.boolean(),
    }),
  },
  { weight: 2, arbitrary: fc.record({ act: fc.constant('edit' as const) }) },
  { weight: 2, arbitrary: fc.record({ act: fc.constant('forget' as const) }) },
  {
    weight: 5,
    arbitrary: fc.record({
      act: fc.constant('read' as const),
      lag: fc.integer({ min: 0, max: LAG }),
      knows: fc.boolean(),
    }),
  },
  {
    weight: 5,
    arbitrary: fc.record({
      act: fc.constant('wait' as const),
      ms: fc.oneof(fc.integer({ min: 1, max: 3000 }), fc.integer({ min: 3000, max: 90_000 })),
    }),
  },
)

test('in a thousand interleavings, nothing of what was forgotten appears once the lag is over', async () => {
  let reads = 0
  let learned = 0
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 10, maxLength: 60 }), async (steps) => {
      const world = new World()
      for (const one of steps) {
        if (one.act === 'wait') world.now += one.ms
        else if (one.act === 'say') {
          const { epoch } = world.meta
          const known = { epoch, nothing: undefined, old: Math.max(0, epoch - 1) }
          world.say(known[one.knows], one.skew)
        } else if (one.act === 'deliver') world.deliver(one.which, one.stays)
        else if (one.act === 'edit') world.edit()
        else if (one.act === 'forget') world.forget()
        else {
          world.lagOfNextRead = one.lag
          const { version, epoch } = world.model
          const read = await world.reader.read(
            keys,
            one.knows ? { version, epoch } : { version: 0, epoch: 0 },
          )
          reads++
          const isOver = world.now >= world.meta.erasedAt + PUBLISHED_WITHIN + LAG + REMEMBERED
          // At once for whoever knows of the erasure; everywhere once the lag is over.
          if (one.knows || isOver) {
            const texts = read.persona?.facts.map(({ text }) => text) ?? []
            expect(texts.filter(world.isVoid)).toEqual([])
          }
        }
        learned += world.model.facts.length
        expect(world.model.facts.map(({ text }) => text).filter(world.isVoid)).toEqual([])
      }
    }),
    { numRuns: 1000 },
  )
  // The property says something only if there was something to see.
  expect(reads).toBeGreaterThan(3000)
  expect(learned).toBeGreaterThan(10_000)
}, 60_000)
