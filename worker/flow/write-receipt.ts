import { experimentOf, type Assigned } from '../../shared/experiment/assign.ts'
import type { Receipt } from '../../shared/schema/receipt.ts'

/** What a receipt says of the request itself. */
export type Asked = {
  id: string
  feature: string | undefined
  orgMs: number
  assigned: Assigned | undefined
}
/** Who decided. */
export type Decided = Pick<Receipt, 'decidedBy' | 'tier' | 'gateMs' | 'stakes'>
/** What goes along, or why nothing does. */
export type Told = Pick<
  Receipt,
  'why' | 'slices' | 'facts' | 'dropped' | 'tokens' | 'whole' | 'reason'
>
/** What was known of the user, and under which settings. */
export type Known = Pick<Receipt, 'personaMs' | 'version' | 'epoch' | 'cohort' | 'rules'> & {
  /** Where the device keeps it; left out where no device spoke. */
  store: Receipt['store'] | undefined
}

export const undecided: Decided = { decidedBy: 'none', stakes: 'none' }

/**
 * One literal, with all that a receipt can hold: there is one for each request, and objects of one shape
 * are quick to make and to read.
 */
export function writeReceipt(
  { id, feature, orgMs, assigned }: Asked,
  { decided, told, known }: { decided: Decided; told: Told; known: Known },
): Receipt {
  return {
    id,
    why: told.why,
    slices: told.slices,
    facts: told.facts,
    dropped: told.dropped,
    tokens: told.tokens,
    whole: told.whole,
    reason: told.reason,
    decidedBy: decided.decidedBy,
    tier: decided.tier,
    gateMs: decided.gateMs,
    stakes: decided.stakes,
    store: known.store ?? 'none',
    version: known.version,
    epoch: known.epoch,
    feature,
    cohort: known.cohort,
    experiment: experimentOf(assigned),
    arm: assigned?.label,
    rules: known.rules,
    orgMs,
    personaMs: known.personaMs,
    // Written when they are known.
    providerMs: undefined,
    usage: undefined,
  }
}
