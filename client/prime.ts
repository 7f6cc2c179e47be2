import { limits } from '../shared/limits.ts'
import { ok } from '../shared/problem.ts'
import type { Category } from '../shared/schema/fact.ts'
import { hasChanged } from './api.ts'
import { factsOf, unwanted } from './known.ts'
import { keyOf } from './learn/device-model.ts'
import { statementsOf } from './primer.ts'
import type { KnownChange, KnownFact } from './types.ts'
import type { Edgewise } from './edgewise.ts'
import type { UserStore } from './user-store.ts'

type Options = { users: UserStore; now: () => number; facts: Edgewise['facts'] }

/** Fills what nobody has said yet with what the app knows of the account; the user's own word always wins. */
export function createPrime({ users, now, facts }: Options): Edgewise['prime'] {
  let last: Promise<unknown> = Promise.resolve()

  const prime: Edgewise['prime'] = async (primer) => {
    const said = statementsOf(primer)
    const { life } = users
    const news = (known: readonly { category: string; text: string }[]) => {
      const keys = new Set(known.map(keyOf))
      return said.filter((one) => !keys.has(keyOf(one)))
    }
    // On most pages all of it is known, and nothing has to be read.
    if (news(factsOf(users.value, now())).length === 0) return ok([])
    const { facts: known, problem } = await facts.list()
    if (problem) return { ok: false, problem }
    const { paused, session, learned } = users.value
    // Whoever has had everything forgotten is not to be met with it again.
    const isErased = (session?.persona.epoch ?? 0) > 0
    if (paused || learned?.learn === false || isErased) return ok([])
    const missing = news(known)
    if (missing.length === 0) return ok([])
    const { changes, problem: untold } = await facts.history()
    if (untold) return { ok: false, problem: untold }
    const own = ownKinds(known, changes)
    const blocked = unwanted(users.value)
    const added: KnownFact[] = []
    for (const statement of missing) {
      const { category } = statement
      // What the app knows is of one account, and not of the next.
      if (users.life !== life) return hasChanged
      if (own === 'all' || own.has(category) || blocked.includes(category)) continue
      const result = await facts.add({ ...statement, source: 'app' })
      if (!result.ok) return result
      added.push(result.value)
    }
    return ok(added)
  }

  return (primer) => {
    // One after the other: the second call finds what the first has added.
    const mine = last.then(() => prime(primer))
    last = mine.catch(() => undefined)
    return mine
  }
}

/**
 * Kinds of facts in which there is anything but what an app has added: said, changed or deleted. Where the
 * history is full, nobody can tell any more.
 */
function ownKinds(
  known: readonly KnownFact[],
  changes: readonly KnownChange[],
): Set<Category> | 'all' {
  if (changes.length >= limits.history) return 'all'
  const isApps = ({ action, after }: KnownChange) => action === 'added' && after?.source === 'app'
  return new Set([
    ...known.filter(({ source }) => source !== 'app').map(({ category }) => category),
    ...changes.filter((change) => !isApps(change)).map(({ category }) => category),
  ])
}
