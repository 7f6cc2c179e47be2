import { limits } from '../shared/limits.ts'
import { fail, ok, type Result } from '../shared/problem.ts'
import type { Fact, FactChange, NewFact } from '../shared/schema/fact.ts'
import {
  addFact,
  changeFact,
  removeFact,
  undoChange,
  wordsToKeep,
  type ChangeContext,
  type SelfModel,
} from '../shared/self-model.ts'
import { deviceId, learnedOf, modelOf, withModel } from './learn/device-model.ts'
import type { KnownFact } from './types.ts'
import type { UserStore } from './user-store.ts'

export const onDevice = (fact: Fact): KnownFact => ({ ...fact, where: 'device' })

type Edit = (model: SelfModel) => Result<SelfModel>

/** What the user changes of the facts that only this device knows: no network, and each in the history. */
export function createDeviceFacts({ users, now }: { users: UserStore; now: () => number }) {
  /** The edit runs on what this page holds, and on what is stored, where another tab may have been. */
  async function write(
    edit: Edit,
    about: Pick<ChangeContext, 'now' | 'target' | 'action'>,
  ): Promise<Result<void>> {
    const tried = edit(modelOf(users.value))
    if (!tried.ok) return tried
    await users.change((old) => {
      const edited = edit(modelOf(old))
      return edited.ok ? withModel(old, edited.value, { cause: 'owner', ...about }) : old
    })
    return ok(undefined)
  }

  function found(id: string): Result<KnownFact> {
    const fact = users.value.facts.find((known) => known.id === id)
    return fact ? ok(onDevice(fact)) : fail('fact_not_found', { field: 'id' })
  }

  return {
    has: (id: string) => users.value.facts.some((fact) => fact.id === id),
    async add(given: NewFact): Promise<Result<KnownFact>> {
      const words = wordsToKeep(given.text)
      if (!words.ok) return words
      const fact = { ...given, text: words.value }
      const idOf = deviceId(users.subject)
      const known = users.value.facts.find(
        (one) => idOf(one.category, one.text) === idOf(fact.category, fact.text),
      )
      if (!known && users.value.facts.length >= limits.facts) {
        return fail('fact_rejected', { expected: `at most ${limits.facts} facts on this device` })
      }
      const at = now()
      const id = known?.id ?? idOf(fact.category, fact.text)
      const written = await write(
        (model) => {
          const added = addFact(model, fact, { id, now: at })
          return added.ok ? ok(added.value.model) : added
        },
        { now: at, target: id },
      )
      return written.ok ? found(id) : written
    },
    async edit(id: string, change: FactChange): Promise<Result<KnownFact>> {
      const at = now()
      const written = await write(
        (model) => {
          const changed = changeFact(model, { id, change }, at)
          return changed.ok ? ok(changed.value.model) : changed
        },
        { now: at, target: id },
      )
      return written.ok ? found(id) : written
    },
    remove(id: string): Promise<Result<void>> {
      const at = now()
      return write((model) => removeFact(model, id, at), { now: at, target: id })
    },
    /** Errors: `not_found` where the history has no such change, and those of the change itself. */
    async undo(id: number): Promise<Result<void>> {
      const { history, replaced } = learnedOf(users.value)
      const change = history.find((one) => one.id === id)
      if (!change) return fail('not_found', { field: 'id', expected: 'a change of the history' })
      // An edge fact that something said here had taken the place of: it holds again.
      if (replaced.some((one) => one.id === change.fact)) {
        await users.change((old) => restoreEdgeFact(old, change.fact))
        return ok(undefined)
      }
      const at = now()
      const target = change.after?.id ?? change.fact
      const about = { now: at, target, action: 'restored' } as const
      return write((model) => undoChange(model, change, at), about)
    },
  }
}

function restoreEdgeFact(old: UserStore['value'], id: string): UserStore['value'] {
  const learned = learnedOf(old)
  return {
    ...old,
    learned: { ...learned, replaced: learned.replaced.filter((one) => one.id !== id) },
  }
}
