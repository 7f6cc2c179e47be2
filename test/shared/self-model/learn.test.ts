import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { contentId, factId } from '../../../shared/fact-id.ts'
import { limits } from '../../../shared/limits.ts'
import { Category, Source } from '../../../shared/schema/fact.ts'
import {
  addFact,
  changeFact,
  changesBetween,
  emptyModel,
  isOver,
  learnSightings,
  removeFact,
  type SelfModel,
  type Sighting,
} from '../../../shared/self-model.ts'
import { utf8Bytes } from '../../../shared/tokens.ts'

const now = Date.UTC(2026, 5, 10)
const DAY = 86_400_000
const idOf = (category: Category, text: string) => factId('salt', category, text)
const learn = (model: SelfModel, ...sightings: Sighting[]) =>
  learnSightings(model, sightings, { now, idOf })
const heard = (text: string, rest: Partial<Sighting> = {}): Sighting => ({
  category: 'tool',
  text,
  source: 'typed',
  at: now,
  ...rest,
})

/** A message as it was found on a device, with an id of its content. */
type Message = { id: string; facts: Sighting[] }

/** What the object does: each message once, whatever comes how often and when. */
function learnAll(messages: readonly Message[]): SelfModel {
  const seen = new Set<string>()
  let model = emptyModel()
  for (const { id, facts } of messages) {
    if (seen.has(id)) continue
    seen.add(id)
    model = learnSightings(model, facts, { now, idOf })
  }
  return model
}

const byId = ({ facts }: SelfModel) => facts.toSorted((a, b) => (a.id < b.id ? -1 : 1))

const texts = [
  'Uses Vim',
  'uses  vim.',
  'USES VIM',
  'Likes jazz',
  'Run a race by June 2027',
  'Has a boat',
  'x'.repeat(60),
]
const sighting = fc.record({
  category: fc.constantFrom(...Category.options.slice(0, 5)),
  text: fc.constantFrom(...texts),
  source: fc.constantFrom(...Source.options),
  at: fc.integer({ min: now - 13 * DAY, max: now }),
  supersedes: fc.constantFrom('the user used Emacs', 'the user liked rock'),
})
const messages = fc
  .array(fc.array(sighting, { minLength: 1, maxLength: 3 }), { minLength: 1, maxLength: 20 })
  .map((all) => all.map((facts, i): Message => ({ id: contentId(`${i}`), facts })))

describe('learning', () => {
  test('shuffled, doubled and delayed messages give the same model', () => {
    fc.assert(
      fc.property(
        messages.chain((all) =>
          fc.tuple(
            fc.constant(all),
            fc.shuffledSubarray([...all, ...all], { minLength: all.length * 2 }),
          ),
        ),
        ([inOrder, anyhow]) => {
          expect(byId(learnAll(anyhow))).toEqual(byId(learnAll(inOrder)))
        },
      ),
      { numRuns: 500 },
    )
  })

  test('the same statement in other spelling is one fact, seen twice, with more confidence', () => {
    const model = learn(emptyModel(), heard('Uses Vim.', { at: now - DAY }), heard('  uses VIM '))
    expect(model.facts).toMatchObject([
      { text: 'uses VIM', times: 2, firstSeen: now - DAY, lastSeen: now, confidence: 0.92 },
    ])
  })

  test('what a model concluded waits until it is seen again; pasted words wait for a yes', () => {
    const once = learn(emptyModel(), heard('Uses Vim', { source: 'inferred' }))
    expect(once.facts).toMatchObject([{ status: 'pending' }])
    expect(learn(once, heard('Uses Vim', { source: 'inferred' })).facts).toMatchObject([
      { status: 'active' },
    ])
    const pasted = Array.from({ length: 5 }, () => heard('Uses Ed', { source: 'pasted' }))
    expect(learn(emptyModel(), ...pasted).facts).toMatchObject([{ status: 'pending', times: 5 }])
    expect(learn(emptyModel(), ...pasted, heard('Uses Ed')).facts).toMatchObject([
      { status: 'active', source: 'typed' },
    ])
  })

  test('what was removed comes back only when it is typed anew after that', () => {
    const known = learn(emptyModel(), heard('Uses Vim', { at: now - DAY }))
    const removed = removeFact(known, known.facts[0]?.id ?? '', now)
    const model = removed.ok ? removed.value : known
    const after = (at: number, source: Source = 'typed') =>
      learn(model, heard('Uses Vim', { at, source })).facts.length
    expect([after(now - 1), after(now), after(now + 1, 'app'), after(now + 1)]).toEqual([
      0, 0, 0, 1,
    ])
  })

  test('what was removed stays away also when more was removed than can be listed', () => {
    let model = emptyModel()
    for (let i = 0; i < limits.removed + 10; i++) {
      model = learn(model, heard(`Tool ${i}`, { at: now + i }))
      const id = model.facts[0]?.id ?? ''
      const removed = removeFact(model, id, now + i)
      if (removed.ok) model = removed.value
    }
    expect(model.removed).toHaveLength(limits.removed)
    expect(learn(model, heard('Tool 0', { at: now })).facts).toEqual([])
    expect(learn(model, heard('Tool new', { at: now + 1000 })).facts).toHaveLength(1)
  })

  test('what its owner set by hand stays, however often it is heard otherwise', () => {
    const model = learn(
      emptyModel(),
      heard('Race by May 2027', { category: 'goal', source: 'pasted' }),
    )
    const id = model.facts[0]?.id ?? ''
    const change = { status: 'active', expires: null, vital: true } as const
    const owned = changeFact(model, { id, change, idOf }, now)
    const again = owned.ok
      ? learn(
          owned.value.model,
          heard('race by may 2027', { category: 'goal', source: 'prefilled' }),
        )
      : model
    expect(again.facts).toMatchObject([
      { text: 'Race by May 2027', status: 'active', vital: true, times: 2 },
    ])
    expect(again.facts[0]).not.toHaveProperty('expires')
  })

  test('other words are another fact, and the old ones are not learned again from what was said before', () => {
    const model = learn(emptyModel(), heard('Uses Vim'))
    const change = { text: 'Uses Neovim' }
    const changed = changeFact(model, { id: model.facts[0]?.id ?? '', change, idOf }, now + 1)
    const next = changed.ok ? changed.value.model : model
    expect(learn(next, heard('Uses Vim', { at: now - 5 })).facts).toMatchObject([
      { id: idOf('tool', 'Uses Neovim'), text: 'Uses Neovim' },
    ])
  })

  test('a flood stays within bounds, keeps what is pinned, and is the same for the same order', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 1000 }), (seed) => {
        const flood = Array.from({ length: 400 }, (_, i) =>
          heard(`${'word '.repeat((i * seed) % 40)}number ${(i * seed) % 391}`, {
            category: Category.options[(i + seed) % 16] ?? 'tool',
            source: Source.options[(i * seed) % 6] ?? 'typed',
            at: now - ((i * seed) % 1000),
          }),
        )
        const pinned = addFact(
          emptyModel(),
          { category: 'goal', text: 'Pinned', pinned: true, source: 'pasted' },
          { id: 'p', now: 0 },
        )
        const start = pinned.ok ? pinned.value.model : emptyModel()
        const model = learn(start, ...flood)
        expect(model.facts.length).toBeLessThanOrEqual(limits.facts)
        expect(utf8Bytes(JSON.stringify(model.facts))).toBeLessThanOrEqual(limits.selfModelBytes)
        expect(isOver(model.facts)).toBe(false)
        expect(model.facts.some(({ id }) => id === 'p')).toBe(true)
        expect(learn(start, ...flood)).toEqual(model)
      }),
      { numRuns: 20 },
    )
  })

  test('eviction is explained: what is expired, superseded or unconfirmed leaves before what has value', () => {
    let model = learn(
      emptyModel(),
      heard('Trip to Rome', { category: 'schedule', expires: now - 1 }),
      heard('Lives in Oslo', { category: 'location', at: now - DAY }),
      heard('Lives in Porto', { category: 'location' }),
      heard('Uses Emacs', { source: 'pasted' }),
      heard('Has a very old hammer', { at: now - 300 * DAY }),
      heard('Allergic to peanuts', { category: 'health', at: now - 900 * DAY }),
    )
    const why: (string | undefined)[] = []
    for (let i = 0; i < 62; i++) {
      const next = learn(model, heard(`Tool number ${i}`))
      for (const change of changesBetween(model, next, { now, cause: 'learned' })) {
        if (change.action === 'evicted') why.push(`${change.why}: ${change.before?.text}`)
      }
      model = next
    }
    expect(why).toEqual([
      'expired: Trip to Rome',
      'superseded: Lives in Oslo',
      'unconfirmed: Uses Emacs',
      'least_value: Has a very old hammer',
    ])
    expect(model.facts.some(({ text }) => text === 'Allergic to peanuts')).toBe(true)
  })
})

test('an id is that of the words, in a category, under a secret', () => {
  const id = factId('salt', 'diet', 'Vegan.')
  expect(id).toMatch(/^f_[a-z2-7]{20}$/)
  expect(factId('salt', 'diet', '  vegan ')).toBe(id)
  expect(factId('salt', 'health', 'Vegan.')).not.toBe(id)
  expect(factId('other', 'diet', 'Vegan.')).not.toBe(id)
  const many = new Set(Array.from({ length: 20_000 }, (_, i) => contentId(`text ${i}`)))
  expect(many.size).toBe(20_000)
  for (const at of [0, 5, 19]) {
    expect(new Set([...many].map((one) => one[at])).size).toBe(32)
  }
})
