import { expect, test } from 'vitest'
import { factId } from '../../../shared/fact-id.ts'
import type { Category, NewFact } from '../../../shared/schema/fact.ts'
import {
  addFact,
  changeFact,
  changesBetween,
  currentFacts,
  emptyModel,
  learnSightings,
  removeFact,
  undoChange,
  type ChangeContext,
  type SelfModel,
} from '../../../shared/self-model.ts'

const now = Date.UTC(2026, 5, 10)
const idOf = (category: Category, text: string) => factId('salt', category, text)
const vim: NewFact = { category: 'tool', text: 'Uses Vim' }

function value<T>(result: { ok: true; value: T } | { ok: false }): T {
  if (!result.ok) throw new Error('refused')
  return result.value
}
const add = (model: SelfModel, fact: NewFact) =>
  value(addFact(model, fact, { id: idOf(fact.category, fact.text), now })).model
const firstId = ({ facts }: SelfModel) => facts[0]?.id ?? ''

/** The one change between two states, as it is numbered in the history. */
function change(before: SelfModel, after: SelfModel, context: Partial<ChangeContext> = {}) {
  const changes = changesBetween(before, after, { now, cause: 'owner', ...context })
  expect(changes).toHaveLength(1)
  const [only] = changes
  if (!only) throw new Error('no change')
  return { ...only, id: 1 }
}

test('an addition is told, and taken back it is gone and stays away', () => {
  const model = add(emptyModel(), vim)
  const told = change(emptyModel(), model)
  expect(told).toMatchObject({ action: 'added', cause: 'owner', after: vim })
  const undone = value(undoChange(model, told, now))
  expect(undone.facts).toEqual([])
  const late = { category: vim.category, text: vim.text, source: 'typed', at: now - 1 } as const
  expect(learnSightings(undone, [late], { now, idOf }).facts).toEqual([])
})

test('a removal is told, and taken back it is as it was', () => {
  const model = add(emptyModel(), vim)
  const id = firstId(model)
  const removed = value(removeFact(model, id, now))
  const told = change(model, removed, { target: id })
  expect(told).toMatchObject({ action: 'removed', before: vim })
  expect(value(undoChange(removed, told, now)).facts).toEqual(model.facts)
})

test('other words are told as one change, and taken back the first ones stand', () => {
  const model = add(emptyModel(), vim)
  const edit = { id: firstId(model), change: { text: 'Uses Neovim' }, idOf }
  const changed = value(changeFact(model, edit, now)).model
  const told = change(model, changed, { target: edit.id })
  expect(told).toMatchObject({ action: 'changed', before: vim, after: { text: 'Uses Neovim' } })
  expect(value(undoChange(changed, told, now)).facts).toMatchObject([vim])
})

test('a yes and a no to what was pending are told apart', () => {
  const model = add(emptyModel(), { ...vim, source: 'pasted' })
  const id = firstId(model)
  const approved = value(changeFact(model, { id, change: { status: 'active' }, idOf }, now)).model
  expect(change(model, approved, { target: id })).toMatchObject({ action: 'approved' })
  const declined = value(removeFact(model, id, now))
  expect(change(model, declined, { target: id })).toMatchObject({ action: 'declined' })
})

test('what superseded a statement can be overruled: then the old one wins', () => {
  const oslo: NewFact = { category: 'location', text: 'Lives in Oslo' }
  const model = add(emptyModel(), oslo)
  const said = {
    category: 'location',
    text: 'Lives in Porto',
    source: 'typed',
    at: now + 1,
  } as const
  const moved = learnSightings(model, [said], { now: now + 1, idOf })
  const changes = changesBetween(model, moved, { now: now + 1, cause: 'learned' })
  expect(changes.map(({ action }) => action)).toEqual(['added', 'superseded'])
  const superseded = changes[1]
  if (!superseded) throw new Error('no change')
  const back = value(undoChange(moved, { ...superseded, id: 2 }, now + 2))
  const after = changesBetween(moved, back, { now: now + 2, cause: 'owner', action: 'restored' })
  expect(after.map(({ action }) => action)).toContain('superseded')
})

const jazz: NewFact = { category: 'preference', text: 'The user likes jazz music.' }
const jazzToo: NewFact = { category: 'preference', text: 'The user really likes jazz music.' }

test('near-duplicates are removed with the fact that stood for them', () => {
  const model = add(add(add(emptyModel(), jazz), jazzToo), vim)
  const shown = currentFacts(model.facts, now).filter(({ status }) => status === 'active')
  const id = shown.find(({ category }) => category === 'preference')?.id ?? ''
  const removed = value(removeFact(model, id, now))
  expect(removed.facts).toMatchObject([vim])
  const changes = changesBetween(model, removed, { now, cause: 'owner', target: id })
  expect(changes.map(({ action }) => action)).toEqual(['removed', 'removed'])
  const late = [jazz, jazzToo].map(({ category, text }) => ({
    category,
    text,
    at: now - 1,
    source: 'typed' as const,
  }))
  expect(learnSightings(removed, late, { now, idOf })).toBe(removed)
})

test('nor do they come back where its words are changed', () => {
  const model = add(add(emptyModel(), jazz), jazzToo)
  const id = currentFacts(model.facts, now).find(({ status }) => status === 'active')?.id ?? ''
  const edit = { id, change: { text: 'The user likes blues.' } }
  for (const by of [edit, { ...edit, idOf }]) {
    const changed = value(changeFact(model, by, now)).model
    expect(changed.facts.map(({ text }) => text)).toEqual(['The user likes blues.'])
    const changes = changesBetween(model, changed, { now, cause: 'owner', target: id })
    expect(changes.map(({ action }) => action).toSorted()).toEqual(['changed', 'removed'])
  }
})

test('what a newer statement has contradicted stands again once that is removed', () => {
  const model = add(emptyModel(), { category: 'location', text: 'Lives in Oslo' })
  const porto = {
    category: 'location',
    text: 'Lives in Porto',
    source: 'typed',
    at: now + 1,
  } as const
  const moved = learnSightings(model, [porto], { now, idOf })
  const back = value(removeFact(moved, idOf('location', 'Lives in Porto'), now))
  expect(currentFacts(back.facts, now)).toMatchObject([{ text: 'Lives in Oslo', status: 'active' }])
})

test('one more sighting is no change', () => {
  const model = add(emptyModel(), vim)
  const again = learnSightings(
    model,
    [{ category: vim.category, text: vim.text, source: 'typed', at: now + 5 }],
    { now, idOf },
  )
  expect(again).not.toBe(model)
  expect(changesBetween(model, again, { now, cause: 'learned' })).toEqual([])
})
