import { encodeContext } from '../shared/encode-context.ts'
import type { ClientContext, DeviceState, Signals } from '../shared/schema/context.ts'
import type { Cohort } from '../shared/schema/cohort.ts'
import type { Decision } from '../shared/schema/decision.ts'
import type { BriefFact } from '../shared/schema/fact.ts'
import type { Persona } from '../shared/schema/persona.ts'
import type { Verdict } from './types.ts'

export type VerdictParts = {
  session: string
  store: DeviceState['store']
  gate: DeviceState['gate']
  persona?: Persona | undefined
  cohort?: Cohort | undefined
  /** Tokens of what only this device knows. */
  whole?: number
  decision?: Decision | undefined
  facts?: readonly BriefFact[]
  notes?: readonly string[]
  signals?: Signals | undefined
}

/** The verdict of one turn with its header. Of the scores only those of the chosen facts travel. */
export function verdictOf({ facts = [], notes = [], ...parts }: VerdictParts): Verdict {
  const { session, store, gate, persona, cohort, whole, decision, signals } = parts
  const context: ClientContext = {
    v: 1,
    session,
    device: {
      store,
      gate,
      ...(persona ? { version: persona.version, epoch: persona.epoch } : {}),
      ...(whole ? { whole } : {}),
      // A persona without one: its owner has wished nothing, or keeps style out by now.
      ...(persona?.cohort && cohort ? { cohort } : {}),
    },
    ...(decision ? { decision: wire(decision) } : {}),
    ...(facts.length > 0 ? { facts: [...facts] } : {}),
    ...(notes.length > 0 ? { notes: [...notes] } : {}),
    ...(signals ? { signals } : {}),
  }
  const header = encodeContext(context)
  return { gate, ...(decision ? { decision } : {}), facts, notes, header }
}

function wire({ scores, thresholds: _thresholds, ms, ...decision }: Decision) {
  const weights = decision.facts.map((id) => Math.round((scores.facts[id] ?? 0) * 100))
  const rounded = { ...decision, ms: Math.round(ms * 1000) / 1000 }
  return weights.some((weight) => weight > 0) ? { ...rounded, weights } : rounded
}
