import { composeTerms } from '../../shared/compose.ts'
import { decodeContext } from '../../shared/context-header.ts'
import { headers as names } from '../../shared/headers.ts'
import { limits } from '../../shared/limits.ts'
import { narrow, rulesLine, type Settings } from '../../shared/resolve.ts'
import type { Cohort } from '../../shared/schema/cohort.ts'
import type { ClientContext, WireDecision } from '../../shared/schema/context.ts'
import type { Why } from '../../shared/schema/receipt.ts'
import type { Result } from '../../shared/problem.ts'
import type { Clock, StorageKeys } from '../ports.ts'
import { makeAttachment, type Attachment, type Conversation, type EdgeGate } from './attachment.ts'
import type { PersonaReader, Seen } from './persona-reader.ts'
import type { SourceReader } from './sources.ts'
import { keepsStyleOut, leftOut, reasonToStop } from './stop.ts'
import { undecided, writeReceipt, type Asked, type Decided, type Known } from './write-receipt.ts'

export type { Attachment, Conversation, EdgeGate } from './attachment.ts'

export type AttachDeps = {
  reader: PersonaReader
  sources: SourceReader
  /** Opened when it is first needed. */
  gate: () => EdgeGate
  clock: Clock
  log: (cause: string) => void
}

export type Attach = {
  /** Begins to read what may be needed, beside the body: 100 ms for persona and sources together. */
  start(who: Asker, context: ReadContext): Started
}
/** Whose request it is, and the arm that they are in. */
export type Asker = Asked & {
  keys: StorageKeys
  settings: Settings
  /** The provider counts tokens as OpenAI does. */
  exact: boolean
}
export type Started = {
  /** Never rejects: whatever goes wrong, nothing is attached and the receipt says why. */
  finish(conversation: Conversation): Promise<Attachment>
  nothing(why: Why): Attachment
  /** The user's cohort, where nobody keeps style out: as the session began, or as it is now. */
  cohort(): Promise<Cohort | undefined>
  /** What `finish` would answer to any conversation, where its words cannot matter. */
  settled: Attachment | undefined
}

/** The header's context, if one came and if it is valid. */
export type ReadContext = Result<ClientContext> | undefined

export function readContext(headers: Headers): ReadContext {
  const value = headers.get(names.context)
  return value === null ? undefined : decodeContext(value)
}

export function createAttach(deps: AttachDeps): Attach {
  const { reader, gate, clock } = deps
  return {
    start(who, context) {
      const { keys, assigned } = who
      const given = context?.ok ? context.value : undefined
      const settings = given?.limits
        ? narrow(who.settings, { session: given.limits })
        : who.settings
      const seen: Seen = { version: given?.device.version ?? 0, epoch: given?.device.epoch ?? 0 }
      const stop = reasonToStop(context, settings) ?? leftOut(assigned)
      const deadline = clock() + limits.edgeDeadline
      const reading =
        !stop && (assigned?.arm === 'full' || needsPersona(given?.decision, settings))
          ? reader.read(keys, seen)
          : undefined
      const ask = (decision: WireDecision, asked: Settings) =>
        needsSources(decision, asked)
          ? deps.sources.read({ keys, settings: asked, deadline })
          : Promise.resolve([])
      const asking = !stop && given?.decision ? ask(given.decision, settings) : undefined

      const rules = rulesLine(settings)
      const bare = ({ why, reason = '', decided = undecided, terms = none }: Bare): Attachment => {
        const { block, slices, tokens } = terms
        const told = { why, slices, facts: [], dropped: 0, tokens, whole: 0, reason }
        const device = given?.device
        const known: Known = { personaMs: 0, cohort: device?.cohort, store: device?.store, rules }
        return { block, receipt: writeReceipt(who, { decided, told, known }) }
      }
      const decided = given?.decision ? byDevice(given.decision) : undecided
      const settled =
        given?.decision && !stop && assigned?.arm !== 'full' && needsNoWords(given, settings)
          ? bare({ why: 'not_needed', reason: given.decision.reason, decided })
          : undefined
      // What the device wanted stands in the receipt, also where the arm leaves it out.
      const isKeptOut = stop?.why === 'experiment' || stop?.why === 'high_stakes'
      return {
        nothing: (why) => bare({ why }),
        async cohort() {
          if (keepsStyleOut(context, settings, assigned)) return undefined
          return context ? given?.device.cohort : (await reading)?.persona?.cohort
        },
        settled,
        async finish(conversation) {
          const withTerms = (rest: Bare): Attachment =>
            bare({ ...rest, terms: composeTerms({ ...conversation, settings }) })
          if (conversation.query.trim() === '') return bare({ why: stop?.why ?? 'no_user_message' })
          // Every arm goes without, so that stands before what the arm leaves out.
          if (conversation.isKept && (!stop || stop.why === 'experiment')) {
            return settled ?? bare({ why: 'stored_conversation', reason: KEPT, decided })
          }
          if (stop) return withTerms({ ...stop, decided: isKeptOut ? decided : undecided })
          try {
            const read = await reading
            const now = clock()
            const asker = asking ? () => asking : ask
            return await makeAttachment({
              gate,
              now,
              who,
              settings,
              given,
              seen,
              read,
              conversation,
              ask: asker,
            })
          } catch (cause) {
            deps.log(cause instanceof Error ? cause.name : 'unknown')
            return withTerms({ why: 'gate_failed', reason: 'the gate at the edge failed' })
          }
        },
      }
    },
  }
}

/** A receipt of nothing that is the user's: `terms` are the org's own. */
type Bare = { why: Why; reason?: string; decided?: Decided; terms?: Terms }
type Terms = ReturnType<typeof composeTerms>
const none: Terms = { block: '', slices: [], tokens: 0 }

const KEPT = 'the provider keeps this request; with store: false it could carry context'

/** The device wants nothing attached, and the org has nothing that words could ask for. */
function needsNoWords({ decision, signals }: ClientContext, settings: Settings): boolean {
  if (!decision || decision.language === 'unknown' || signals || settings.hasRules) return false
  const { style, session, profile } = decision.slices
  const wants = style || session || profile || decision.facts.length > 0
  return !wants && Object.keys(settings.terms).length === 0
}

const byDevice = ({ tier, ms, stakes }: WireDecision): Decided => ({
  decidedBy: 'device',
  tier,
  gateMs: ms,
  stakes,
})

/**
 * Without a decision the edge decides, and must know what there is to choose from. Before it tells what
 * the org's sources know it must know what the user wants left out.
 */
function needsPersona(decision: WireDecision | undefined, settings: Settings): boolean {
  if (!decision) return true
  const { style, profile } = decision.slices
  return style || profile || decision.facts.length > 0 || needsSources(decision, settings)
}

function needsSources({ slices, facts }: WireDecision, { sources }: Settings): boolean {
  return sources.length > 0 && (slices.session || slices.profile || facts.length > 0)
}
