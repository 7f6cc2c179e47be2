import { limits } from '../../shared/limits.ts'
import type { Erasure } from '../../shared/schema/learning.ts'
import type { Persona } from '../../shared/schema/persona.ts'
import type { StorageKeys, WaitUntil } from '../ports.ts'
import type { Erasures, SelfModels, Subject } from '../learning-ports.ts'
import type { Exposures } from './exposures.ts'
import type { LastingDrop } from './lasting-drop.ts'
import type { Metrics } from './metrics.ts'

export type Forget = (
  who: { keys: StorageKeys; subject: Subject },
  waitUntil: WaitUntil,
) => Promise<{ persona: Persona; erasure: Erasure }>

type Deps = {
  selfModels: SelfModels
  exposures: Pick<Exposures, 'forget'>
  kept: Pick<LastingDrop, 'drop'>
  erasures: Erasures
  metrics: Pick<Metrics, 'erased'>
  log: (cause: string) => void
}

/**
 * Erases a self-model at once, by a direct call, and proves it. What waits among the dead letters, and
 * what experiments keep, goes behind the answer, through the queue where the database is away. Rejects
 * where the self-model cannot be reached.
 */
export function createForget(deps: Deps): Forget {
  const { selfModels, exposures, kept, erasures, metrics, log } = deps
  const logFailure = (cause: unknown) => log(cause instanceof Error ? cause.name : 'unknown')
  return async function forget({ keys, subject }, waitUntil) {
    const { persona, at } = await selfModels.forget(subject)
    metrics.erased(keys.orgKey, waitUntil)
    const { orgKey, userKey } = keys
    exposures.forget(userKey)
    // The isolates that gathered it have clocks of their own.
    const until = at + limits.clockSkew
    waitUntil(kept.drop({ orgKey, userKey, at: until }).catch(logFailure))
    const erasure = await erasures.sign({ subject: keys.deviceKey, epoch: persona.epoch, at })
    return { persona, erasure }
  }
}
