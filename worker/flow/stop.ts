import { isOffAt } from '../../shared/compose.ts'
import type { Assigned } from '../../shared/experiment/assign.ts'
import { headers as names } from '../../shared/headers.ts'
import type { Settings } from '../../shared/resolve.ts'
import type { Why } from '../../shared/schema/receipt.ts'
import type { ReadContext } from './attach.ts'

/** The arm without context. It stands behind all that keeps context away in every arm. */
export const leftOut = (assigned: Assigned | undefined): { why: Why; reason: string } | undefined =>
  assigned?.arm === 'none'
    ? { why: 'experiment', reason: 'the arm of this user goes without context' }
    : undefined

export const keepsStyleOut = (
  context: ReadContext,
  settings: Settings,
  assigned: Assigned | undefined,
): boolean =>
  settings.off ||
  mayBeOff(context, settings) ||
  settings.blocked.includes('style') ||
  assigned?.arm === 'none' ||
  (context?.ok === true && context.value.device.gate === 'paused')

/** The prefix is made before the edge has decided: where it could find high stakes, nothing stands in it. */
function mayBeOff(context: ReadContext, settings: Settings): boolean {
  const decision = context?.ok ? context.value.decision : undefined
  return decision ? isOffAt(decision, settings) : settings.offAtHighStakes
}

/** What stands against any context, before anything is read. */
export function reasonToStop(
  context: ReadContext,
  settings: Settings,
): { why: Why; reason: string } | undefined {
  if (settings.off) {
    return { why: settings.by['off'] === 'session' ? 'paused' : 'org_off', reason: '' }
  }
  if (!context) return undefined
  if (!context.ok) {
    const { field = names.context, expected = 'a client context' } = context.problem
    return { why: 'gate_failed', reason: `${names.context} was not valid: ${field}: ${expected}` }
  }
  const { gate } = context.value.device
  if (gate === 'paused') return { why: 'paused', reason: '' }
  const { decision } = context.value
  if (decision) {
    return isOffAt(decision, settings) ? { why: 'high_stakes', reason: decision.reason } : undefined
  }
  if (gate === 'late') return { why: 'gate_late', reason: 'the device did not decide in time' }
  if (gate === 'failed') return { why: 'gate_failed', reason: 'the gate on the device failed' }
  return undefined
}
