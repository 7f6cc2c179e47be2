import type { Erasure } from '../../shared/schema/learning.ts'
import type { Persona } from '../../shared/schema/persona.ts'
import type { StorageKeys, WaitUntil } from '../ports.ts'
import type { Erasures, Subject } from '../learning-ports.ts'
import type { Erase } from './erase.ts'
import type { Metrics } from './metrics.ts'

export type Forget = (
  who: { keys: StorageKeys; subject: Subject },
  waitUntil: WaitUntil,
) => Promise<{ persona: Persona; erasure: Erasure }>

type Deps = { erase: Erase; erasures: Erasures; metrics: Pick<Metrics, 'erased'> }

/** Erases all of a user, and proves it. Rejects where the self-model cannot be reached. */
export function createForget({ erase, erasures, metrics }: Deps): Forget {
  return async function forget({ keys, subject }, waitUntil) {
    const { persona, at, rest } = await erase({ keys, subject })
    metrics.erased(keys.orgKey, waitUntil)
    waitUntil(rest)
    const erasure = await erasures.sign({ subject: keys.deviceKey, epoch: persona.epoch, at })
    return { persona, erasure }
  }
}
