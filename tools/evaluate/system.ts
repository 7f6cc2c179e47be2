import type { GateInput } from '../../shared/gate/port.ts'
import type { LoadedGate } from '../load-gate.ts'

/**
 * What is measured: the gate's tiers and the simple ways. A part that a system does not answer is left
 * out and its rows stay empty. `facts` are in the order given.
 */
export type Reading = {
  profile?: number
  style?: number
  session?: number
  stakes?: number
  needsProfile?: boolean
  facts?: readonly { score: number; helps?: number; attach: boolean }[]
}

export type System = { name: string; read: (input: GateInput) => Promise<Reading> | Reading }

/** A tier of the gate, as `npm run gate` runs it. */
export function gateSystem(
  { tier, examine }: LoadedGate,
  { mode, maxFacts }: { mode: 'cautious' | 'balanced' | 'generous'; maxFacts: number },
): System {
  return {
    name: tier,
    async read(input) {
      const options = { mode, maxFacts, blocked: [], everyFact: true }
      const { decision, stakes, verdicts } = await examine(input, options)
      return {
        profile: decision.scores.profile,
        style: decision.scores.style,
        session: decision.scores.session,
        stakes: Math.max(...Object.values(stakes)),
        needsProfile: decision.slices.profile,
        facts: verdicts,
      }
    },
  }
}
