import { expect, test } from 'vitest'
import type { NewFact } from '../../shared/schema/fact.ts'
import type { Lesson } from '../../shared/schema/learning.ts'
import type { StorageKeys } from '../../worker/ports.ts'
import type { SelfModels } from '../../worker/learning-ports.ts'

const never = (): never => {
  throw new Error('there is such a fact')
}

/** What every home of self-models does. */
export function selfModelsContract(
  name: string,
  { models, keysOf }: { models: SelfModels; keysOf: () => Promise<StorageKeys> },
): void {
  const fish: NewFact = { category: 'diet', text: 'I eat no fish' }

  test(`self-models in ${name}: of a new user nothing is known`, async () => {
    expect(await models.view(await keysOf())).toMatchObject({ version: 0, epoch: 0, facts: [] })
  })

  test(`self-models in ${name}: an edit answers with the persona that follows from it`, async () => {
    const keys = await keysOf()
    const added = await models.addFact(keys, fish)
    expect(added).toMatchObject({ ok: true, value: { fact: fish, persona: { version: 1 } } })
    const id = added.ok ? added.value.fact.id : ''
    const changed = await models.changeFact(keys, { id, change: { pinned: true } })
    expect(changed).toMatchObject({ value: { fact: { id }, persona: { version: 2 } } })
    expect(await models.removeFact(keys, id)).toMatchObject({ value: { persona: { facts: [] } } })
    expect(await models.view(keys)).toMatchObject({ version: 3, facts: [] })
  })

  test(`self-models in ${name}: other words are another statement, in the place of the old one`, async () => {
    const keys = await keysOf()
    const added = await models.addFact(keys, fish)
    const id = added.ok ? added.value.fact.id : ''
    const changed = await models.changeFact(keys, { id, change: { text: 'I eat no meat' } })
    const other = changed.ok ? changed.value.fact.id : ''
    expect(other).not.toBe(id)
    expect(changed).toMatchObject({
      value: { persona: { version: 2, facts: [{ id: other, text: 'I eat no meat' }] } },
    })
    const again = await models.addFact(keys, fish)
    expect(again).toMatchObject({ value: { fact: { id } } })
  })

  test(`self-models in ${name}: what facts have brought is added up, and nothing else changes`, async () => {
    const keys = await keysOf()
    const added = await models.addFact(keys, fish)
    const id = added.ok ? added.value.fact.id : ''
    const counts = { [id]: { attached: 2, used: 1, corrected: 0 } }
    expect(await models.earned(keys, { ...counts, unknown: counts[id] ?? never() })).toBe(1)
    expect(await models.earned(keys, counts)).toBe(1)
    const view = await models.view(keys)
    expect(view).toMatchObject({
      version: 1,
      facts: [{ id, earned: { attached: 4, used: 2, corrected: 0 } }],
    })
    expect(JSON.stringify(view.persona)).not.toContain('attached')
    expect(await models.history(keys)).toHaveLength(1)
    await models.forget(keys)
    await models.addFact(keys, fish)
    expect(await models.earned(keys, counts)).toBe(0)
  })

  test(`self-models in ${name}: each message is learned once`, async () => {
    const keys = await keysOf()
    const made = Date.now()
    const heard = { category: 'tool', text: 'Uses Vim', source: 'typed', at: made } as const
    const lesson = { made, cause: 'learned', blocked: [] } as const
    const lessons = ['a', 'b', 'a'].map((id): Lesson => ({
      ...lesson,
      v: 1,
      blocked: [],
      messages: [{ id, facts: [heard] }],
    }))
    const first = await models.learn(keys, lessons)
    expect(first).toMatchObject({ outcomes: ['learned', 'learned', 'known'], facts: 1 })
    const second = await models.learn(keys, lessons)
    expect(second).toEqual({ ...first, outcomes: ['known', 'known', 'known'] })
    expect(await models.view(keys)).toMatchObject({ facts: [{ text: 'Uses Vim', times: 2 }] })
    expect(await models.history(keys)).toMatchObject([{ action: 'added', cause: 'learned' }])
  })

  test(`self-models in ${name}: a removal can be taken back`, async () => {
    const keys = await keysOf()
    const added = await models.addFact(keys, fish)
    await models.removeFact(keys, added.ok ? added.value.fact.id : '')
    const [removal] = await models.history(keys)
    expect(removal).toMatchObject({ action: 'removed', before: fish })
    expect(await models.undo(keys, removal?.id ?? 0)).toMatchObject({
      value: { persona: { facts: [fish] } },
    })
  })

  test(`self-models in ${name}: a fact that is not there cannot be changed or removed`, async () => {
    const keys = await keysOf()
    const missing = { ok: false, problem: { code: 'fact_not_found' } }
    expect(await models.changeFact(keys, { id: 'x', change: {} })).toMatchObject(missing)
    expect(await models.removeFact(keys, 'x')).toMatchObject(missing)
    expect(await models.view(keys)).toMatchObject({ version: 0 })
  })

  test(`self-models in ${name}: edits at the same moment are all kept`, async () => {
    const keys = await keysOf()
    const texts = Array.from({ length: 10 }, (_, i) => `I like dish number ${i}`)
    await Promise.all(texts.map((text) => models.addFact(keys, { category: 'preference', text })))
    const { facts, version } = await models.view(keys)
    expect(facts.map(({ text }) => text).toSorted()).toEqual(texts.toSorted())
    expect(version).toBe(10)
  })

  test(`self-models in ${name}: forgetting raises the epoch each time`, async () => {
    const keys = await keysOf()
    await models.addFact(keys, fish)
    expect(await models.forget(keys)).toMatchObject({ persona: { epoch: 1, facts: [] } })
    expect(await models.forget(keys)).toMatchObject({ persona: { epoch: 2, facts: [] } })
  })
}
