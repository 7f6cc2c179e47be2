import type { Decision } from '../schema/decision.ts'
import type { GateConfig } from './config.ts'
import { createDecider, type DecideOptions, type Examined } from './decide.ts'
import { partsOf } from './fact-parts.ts'
import { createLiteReader } from './lite-reader.ts'
import type { GateFact, GateInput, GateOptions } from './port.ts'
import { runNow } from './steps.ts'

export type LiteGate = {
  /** Under 1 ms for a usual request, once its facts have been read; never throws for any text. */
  decide: (input: GateInput, options: GateOptions) => Decision
  /** The decision with everything that led to it. */
  examine: (input: GateInput, options: DecideOptions) => Examined
  /** Reads facts ahead of the request that will need them. */
  prepare: (facts: readonly GateFact[]) => void
  /** Drops what is kept of facts. */
  forget: () => void
}

/**
 * The small tier, synchronous. `weights` is `models/lite.bin`, `config` `models/gate.json` as
 * `readGateConfig` passed it, `now` a clock in ms. Throws when weights and config do not fit each other.
 */
export function createLiteGate(
  weights: ArrayBuffer,
  config: GateConfig,
  now: () => number,
): LiteGate {
  const reader = createLiteReader(weights, config)
  const decider = createDecider(reader, config)
  const examine = (input: GateInput, options: DecideOptions) => runNow(decider(input, options))
  return {
    decide(input, options) {
      const start = now()
      const { decision } = examine(input, options)
      return { ...decision, ms: Math.max(0, now() - start) }
    },
    examine,
    prepare: (facts) => void reader.readFacts(facts.flatMap(partsOf)),
    forget: reader.forget,
  }
}
