import { compose, isOffAt } from '../../shared/compose.ts'
import { armDecision, armSettings } from '../../shared/experiment/apply.ts'
import type { GateFact, GateInput, GateOptions, Turn } from '../../shared/gate/port.ts'
import { emptyPersona } from '../../shared/persona.ts'
import { narrow, rulesLine, type Settings } from '../../shared/resolve.ts'
import type { ClientContext, WireDecision } from '../../shared/schema/context.ts'
import type { Decision } from '../../shared/schema/decision.ts'
import type { BriefFact } from '../../shared/schema/fact.ts'
import type { Persona } from '../../shared/schema/persona.ts'
import type { Receipt } from '../../shared/schema/receipt.ts'
import type { SourceText } from '../../shared/source-text.ts'
import type { Asker } from './attach.ts'
import type { Missing, PersonaRead, Seen } from './persona-reader.ts'
import { writeReceipt } from './write-receipt.ts'

/** What a request carries for its user, and the receipt's account of it. */
export type Attachment = { block: string; receipt: Receipt }

export type EdgeGate = { decide(input: GateInput, options: GateOptions): Decision }

/** The words to decide on. `room`: tokens left in the model's window. */
export type Conversation = {
  query: string
  history: Turn[]
  room: number
  maxTokens?: number | undefined
  /** The user's style stands in the shared prefix already. */
  isStyled?: boolean
  /** The provider keeps the request, and the org does not allow context in what is kept. */
  isKept?: boolean
}

export type AttachInput = {
  gate: () => EdgeGate
  now: number
  who: Asker
  /** Those of the org, within what holds for this visit. */
  settings: Settings
  given: ClientContext | undefined
  seen: Seen
  read: PersonaRead | undefined
  conversation: Conversation
  /** Asks the org's sources, where the decision needs them. */
  ask: (decision: WireDecision, settings: Settings) => Promise<SourceText[]>
}

/** Decides where the device has not, asks what the decision needs, and composes the block. */
export async function makeAttachment(input: AttachInput): Promise<Attachment> {
  const { gate, who, given, seen, read, conversation, now } = input
  const { query, history, room, maxTokens } = conversation
  const device = given?.decision
  const { persona, missing } = usable(read, { seen, decided: device !== undefined })
  const usual = persona?.limits ? narrow(input.settings, { user: persona.limits }) : input.settings
  const { assigned } = who
  const settings = armSettings(usual, assigned)
  // A device that has not heard of an erasure elsewhere holds facts that are void.
  const isVoid = seen.epoch > 0 || seen.version > 0 ? (persona?.epoch ?? 0) > seen.epoch : false
  const deviceFacts = isVoid ? [] : (given?.facts ?? [])
  const notes = given?.notes ?? []
  const decide = () => {
    const facts = merge(persona?.facts ?? [], deviceFacts)
    return withWeights(gate().decide({ query, history, notes, facts }, usual))
  }
  const decision = device ?? decide()
  // What the user wants left out is not known then: the org's records stay out as well.
  const isBlind = missing === 'persona_late' || missing === 'persona_failed'
  const isOff = settings.off || isOffAt(decision, settings)
  const sources = isOff || isBlind ? [] : await input.ask(decision, settings)
  const wanted = armDecision(decision, { assigned, persona, deviceFacts })
  const cohort = given ? given.device.cohort : persona?.cohort
  const told = compose({
    decision: conversation.isStyled ? withoutStyle(wanted) : wanted,
    exact: who.exact,
    deviceFacts,
    deviceVersion: seen.version,
    deviceTokens: isVoid ? 0 : given?.device.whole,
    notes,
    sources,
    settings,
    query,
    history,
    room,
    now,
    signals: given?.signals,
    persona,
    missing,
    maxTokens,
  })
  const { tier, ms, stakes } = decision
  return {
    block: told.block,
    receipt: writeReceipt(who, {
      told,
      decided: { decidedBy: device ? 'device' : 'edge', tier, gateMs: ms, stakes },
      known: {
        personaMs: read?.ms ?? 0,
        version: persona?.version,
        epoch: persona?.epoch,
        cohort,
        store: given?.device.store,
        rules: rulesLine(settings),
      },
    }),
  }
}

const withoutStyle = (decision: WireDecision): WireDecision => ({
  ...decision,
  slices: { ...decision.slices, style: false },
})

/** The scores that choose among facts, as a device's decision carries them. */
function withWeights(decision: Decision): WireDecision {
  const { facts, scores } = decision
  return { ...decision, weights: facts.map((id) => Math.round((scores.facts[id] ?? 0) * 100)) }
}

/** The snapshot that may be used; a user of whom nothing was ever stored has an empty one. */
function usable(
  read: PersonaRead | undefined,
  { seen, decided }: { seen: Seen; decided: boolean },
): { persona?: Persona; missing?: Missing } {
  if (!read) return {}
  if (read.missing === 'persona_missing' && seen.version === 0 && !decided) {
    return { persona: emptyPersona() }
  }
  if (read.missing) return { missing: read.missing }
  // Without the device's choice, an older snapshot could bring back what the user has deleted there.
  if (!decided && read.persona.version < seen.version) return { missing: 'persona_missing' }
  return { persona: read.persona }
}

function merge(known: readonly BriefFact[], device: readonly BriefFact[]): GateFact[] {
  const ids = new Set(device.map(({ id }) => id))
  const both = [...device, ...known.filter(({ id }) => !ids.has(id))]
  return both.map(({ id, category, text, vital = false }) => ({ id, category, text, vital }))
}
