import { withDeadline } from '../deadline.ts'
import { limits } from '../../shared/limits.ts'
import { emptyPersona } from '../../shared/persona.ts'
import { gateSettings, resolveSettings } from '../../shared/resolve.ts'
import type { Persona } from '../../shared/schema/persona.ts'
import type { Session } from '../../shared/schema/session.ts'
import type { Clock, NewId, StorageKeys } from '../ports.ts'
import type { SelfModels } from '../learning-ports.ts'
import { experimentOf } from '../../shared/experiment/assign.ts'
import type { Admitted } from './admit.ts'
import type { Assign } from './assign.ts'
import type { PersonaReader } from './persona-reader.ts'

export type SessionDeps = {
  selfModels: SelfModels
  reader: PersonaReader
  clock: Clock
  newId: NewId
  assign: Assign
}

/** Milliseconds that the truth may take before the snapshot stands in for it. */
const TRUTH_DEADLINE = 1000

/**
 * One visit: the persona in clear, for its owner's eyes and the device's gate, and what the gate must
 * know of the org. It asks the self-model itself, once a visit, so that what was cleared a moment ago
 * does not come back from a snapshot that lags; where that fails, the snapshot or an empty persona does.
 */
export async function openSession(
  { feature }: { feature?: string | undefined },
  admitted: Admitted,
  deps: SessionDeps,
): Promise<Session> {
  const { org, keys } = admitted
  const assigned = deps.assign(admitted, { feature })
  const experiment = experimentOf(assigned)
  const persona = await currentPersona(keys, deps)
  return {
    session: deps.newId().replaceAll('-', ''),
    subject: keys.deviceKey,
    org: { id: org.id, ...(org.name === undefined ? {} : { name: org.name }) },
    expires: deps.clock() + limits.sessionIdle,
    persona,
    ...(persona.cohort ? { cohort: persona.cohort } : {}),
    gate: gateSettings(
      resolveSettings(org, feature, persona.limits ? { user: persona.limits } : {}),
    ),
    ...(assigned ? { arm: assigned.label } : {}),
    ...(experiment === undefined ? {} : { experiment }),
  }
}

async function currentPersona(keys: StorageKeys, deps: SessionDeps): Promise<Persona> {
  const { selfModels, reader } = deps
  const view = await withDeadline(selfModels.view(keys), TRUTH_DEADLINE).catch(
    () => 'late' as const,
  )
  if (view !== 'late') {
    reader.replace(keys, view.persona)
    return view.persona
  }
  const read = await reader.read(keys, { version: 0, epoch: 0 })
  return read.persona ?? emptyPersona()
}
