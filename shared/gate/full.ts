import type { Decision } from '../schema/decision.ts'
import { createDecider, type DecideOptions, type Examined } from './decide.ts'
import { partsOf } from './fact-parts.ts'
import { createFullReader, type FullParts } from './full-reader.ts'
import type { GateFact, GateInput, GateOptions } from './port.ts'
import { runLater } from './steps.ts'

export type FullGate = {
  /** Rejects when the transformer fails. */
  decide: (input: GateInput, options: GateOptions) => Promise<Decision>
  examine: (input: GateInput, options: DecideOptions) => Promise<Examined>
  /** Reads facts ahead of the request that will need them. */
  prepare: (facts: readonly GateFact[]) => Promise<void>
  /** Drops what is kept of facts and requests. */
  forget: () => void
}

/** The large tier: the same decision as the small one's, from a transformer's readings. */
export function createFullGate(parts: FullParts, now: () => number): FullGate {
  const reader = createFullReader(parts)
  const decider = createDecider(reader, parts.config)
  const examine = (input: GateInput, options: DecideOptions) => runLater(decider(input, options))
  return {
    async decide(input, options) {
      const start = now()
      const { decision } = await examine(input, options)
      return { ...decision, ms: Math.max(0, now() - start) }
    },
    examine,
    async prepare(facts) {
      await reader.readFacts(facts.flatMap(partsOf))
    },
    forget: reader.forget,
  }
}
