import { encodeContext } from '../shared/encode-context.ts'
import type { ClientContext, DeviceState } from '../shared/schema/context.ts'
import type { Decision } from '../shared/schema/decision.ts'
import type { BriefFact } from '../shared/schema/fact.ts'
import type { Persona } from '../shared/schema/persona.ts'
import type { Verdict } from './types.ts'

export type VerdictParts = {
  session: string
  store: DeviceState['store']
  gate: DeviceState['gate']
  persona?: Persona | undefined
  decision?: Decision | undefined
  facts?: readonly BriefFact[]
  notes?: readonly string[]
}

/** The verdict of one turn with its header. Scores and thresholds stay on the device. */
export function verdictOf({ facts = [], notes = [], ...parts }: VerdictParts): Verdict {
  const { session, store, gate, persona, decision } = parts
  const context: ClientContext = {
    v: 1,
    session,
    device: {
      store,
      gate,
      ...(persona ? { version: persona.version, epoch: persona.epoch } : {}),
    },
    ...(decision ? { decision: wire(decision) } : {}),
    ...(facts.length > 0 ? { facts: [...facts] } : {}),
    ...(notes.length > 0 ? { notes: [...notes] } : {}),
  }
  const header = encodeContext(context)
  return { gate, ...(decision ? { decision } : {}), facts, notes, header }
}

function wire({ scores: _scores, thresholds: _thresholds, ms, ...decision }: Decision) {
  return { ...decision, ms: Math.round(ms * 1000) / 1000 }
}
