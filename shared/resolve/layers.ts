import { limits } from '../limits.ts'
import { Mode } from '../schema/decision.ts'
import { Category } from '../schema/fact.ts'
import { StyleWishes, type FeatureSettings } from '../schema/org.ts'

/** Who may wish, in the order in which they are heard. */
export const layers = ['compliance', 'feature', 'org', 'cohort', 'user', 'session'] as const
export type Layer = (typeof layers)[number]

/** What one layer asks for; a field left out is left to the next. */
export type Wishes = FeatureSettings
export type Stack = Partial<Record<Layer, Wishes>>

export type Fields = {
  mode: Mode
  budget: number
  highStakesBudget: number
  maxFacts: number
  off: boolean
  offAtHighStakes: boolean
  blocked: Category[]
  style: StyleWishes
}

/** Which layers made a field what it is, where it is not the default: `{budget: 'user', blocked: 'org+user'}`. */
export type SetBy = Record<string, string>

/** These may always ask for less than those above them. */
const modest: readonly Layer[] = ['user', 'session']

type Choice<T> = {
  read: (wishes: Wishes) => T | undefined
  fallback: T
  /** True where `a` is less than `b`; left out where a field knows no less. */
  isLess?: (a: T, b: T) => boolean
  /** It costs the org: user and session are heard for less alone, also where nobody else says anything. */
  costs?: true
}

/**
 * One field: the first layer that says anything is heard, then user and session where they ask for less.
 * So what an org fixes no user can raise, and what a user gives up no org can take back.
 */
function choose<T>(
  stack: Stack,
  { read, fallback, isLess, costs }: Choice<T>,
): { value: T; by?: Layer } {
  const wishes = layers.flatMap((layer) => {
    const value = stack[layer] && read(stack[layer])
    return value === undefined ? [] : [{ value, by: layer }]
  })
  const heard = costs ? wishes.filter(({ by }) => !modest.includes(by)) : wishes
  const first: { value: T; by?: Layer } = heard[0] ?? { value: fallback }
  if (!isLess) return first
  return wishes
    .filter(({ by }) => modest.includes(by))
    .reduce((kept, wish) => (isLess(wish.value, kept.value) ? wish : kept), first)
}

const isLower = (a: number, b: number) => a < b
const order = Mode.options
const number = (
  read: (wishes: Wishes) => number | undefined,
  fallback: number,
): Choice<number> => ({
  read,
  fallback,
  isLess: isLower,
  costs: true,
})

/** All fields of a stack of wishes, and who set them. */
export function resolveFields(stack: Stack): { fields: Fields; by: SetBy } {
  const by: SetBy = {}
  const take = <T>(name: string, choice: Choice<T>): T => {
    const chosen = choose(stack, choice)
    if (chosen.by) by[name] = chosen.by
    return chosen.value
  }
  const blocked = blockedBy(stack)
  if (blocked.size > 0) by['blocked'] = [...new Set(blocked.values())].join('+')
  const high = take('highStakesBudget', budget('highStakesBudget'))
  return {
    by,
    fields: {
      mode: take('mode', {
        read: ({ mode: wished }) => wished,
        fallback: 'balanced',
        isLess: (a, b) => order.indexOf(a) < order.indexOf(b),
      }),
      budget: Math.min(take('budget', budget('budget')), limits.blockTokensHighStakes),
      highStakesBudget: Math.min(high, limits.blockTokensHighStakes),
      maxFacts: Math.min(
        take(
          'maxFacts',
          number(({ maxFacts }) => maxFacts, limits.blockFacts),
        ),
        limits.facts,
      ),
      off: take('off', { read: ({ off }) => off, fallback: false, isLess: (a, b) => a && !b }),
      offAtHighStakes: take('offAtHighStakes', {
        read: ({ offAtHighStakes }) => offAtHighStakes,
        fallback: false,
        isLess: (a, b) => a && !b,
      }),
      blocked: Category.options.filter((category) => blocked.has(category)),
      style: resolveStyle(take),
    },
  }
}

const budget = (name: 'budget' | 'highStakesBudget'): Choice<number> =>
  name === 'budget'
    ? number((wishes) => wishes.budget, limits.blockTokens)
    : number((wishes) => wishes.highStakesBudget, limits.blockTokensHighStakes)

type Take = <T>(name: string, choice: Choice<T>) => T

function resolveStyle(take: Take): StyleWishes {
  const facet = <K extends keyof StyleWishes>(name: K): StyleWishes[K] =>
    take<StyleWishes[K]>(`style.${name}`, {
      read: ({ style }) => style?.[name],
      fallback: undefined,
    })
  const [length, level, tone] = [facet('length'), facet('level'), facet('tone')]
  const format = facet('format')
  return {
    ...(length ? { length } : {}),
    ...(level ? { level } : {}),
    ...(tone ? { tone } : {}),
    ...(format ? { format } : {}),
  }
}

/** What any layer blocks is blocked; a list of what is allowed blocks all else. */
function blockedBy(stack: Stack): Map<Category, Layer> {
  const blocked = new Map<Category, Layer>()
  for (const layer of layers) {
    const { blocked: listed = [], allowed } = stack[layer] ?? {}
    const closed = allowed ? Category.options.filter((category) => !allowed.includes(category)) : []
    for (const category of [...listed, ...closed]) {
      if (!blocked.has(category)) blocked.set(category, layer)
    }
  }
  return blocked
}
