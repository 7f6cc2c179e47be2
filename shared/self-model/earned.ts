import type { Earned, Fact } from '../schema/fact.ts'

export type EarnedCounts = Readonly<Record<string, Earned>>

/** The highest count of one fact: beyond it all three are halved, so that what is long past fades. */
const MEMORY = 64
/** Answers for which a fact is given the benefit of the doubt. */
const DOUBT = 8
/** The least that is left of a fact's worth: one that shapes answers without being named looks unused. */
const LEAST = 0.5

export const sumEarned = (a: Earned | undefined, b: Earned): Earned => ({
  attached: (a?.attached ?? 0) + b.attached,
  used: (a?.used ?? 0) + b.used,
  corrected: (a?.corrected ?? 0) + b.corrected,
})

/** The facts with what they have earned since; the same list where none of them is meant. */
export function addEarned(facts: Fact[], counts: EarnedCounts): Fact[] {
  if (!facts.some(({ id }) => Object.hasOwn(counts, id))) return facts
  return facts.map((fact) => {
    const more = Object.hasOwn(counts, fact.id) ? counts[fact.id] : undefined
    return more ? { ...fact, earned: faded(sumEarned(fact.earned, more)) } : fact
  })
}

function faded(earned: Earned): Earned {
  const { attached, used, corrected } = earned
  const most = Math.max(attached, used, corrected)
  if (most <= MEMORY) return earned
  const halvings = 2 ** Math.ceil(Math.log2(most / MEMORY))
  const count = (value: number) => Math.floor(value / halvings)
  return { attached: count(attached), used: count(used), corrected: count(corrected) }
}

/**
 * What is left, 0.5..1, of a fact's worth by what it has brought: the share of the answers it went along
 * with that used it, one that was taken back counting once more against it, with `DOUBT` answers in its
 * favour. 1 for a fact that never went along.
 */
export function shareEarned({ earned }: Pick<Fact, 'earned'>): number {
  if (!earned) return 1
  const { attached, used, corrected } = earned
  const good = Math.min(attached, used)
  return LEAST + (1 - LEAST) * ((good + DOUBT) / (attached + corrected + DOUBT))
}
