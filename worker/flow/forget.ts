import type { Erasure } from '../../shared/schema/learning.ts'
import type { Persona } from '../../shared/schema/persona.ts'
import type {
  DeadLetters,
  Erasures,
  SelfModels,
  StorageKeys,
  Subject,
  WaitUntil,
} from '../ports.ts'

export type Forget = (
  who: { keys: StorageKeys; subject: Subject },
  waitUntil: WaitUntil,
) => Promise<{ persona: Persona; erasure: Erasure }>

type Deps = {
  selfModels: SelfModels
  deadLetters: DeadLetters
  erasures: Erasures
  log: (cause: string) => void
}

/**
 * Erases a self-model at once, by a direct call, and proves it. What waits among the dead letters goes
 * behind the answer; should that fail, the raised epoch keeps it from being learned. Rejects where the
 * self-model cannot be reached.
 */
export function createForget({ selfModels, deadLetters, erasures, log }: Deps): Forget {
  return async function forget({ keys, subject }, waitUntil) {
    const { persona, at } = await selfModels.forget(subject)
    waitUntil(
      deadLetters
        .dropOf(keys.userKey)
        .catch((cause: unknown) => log(cause instanceof Error ? cause.name : 'unknown')),
    )
    const erasure = await erasures.sign({ subject: keys.deviceKey, epoch: persona.epoch, at })
    return { persona, erasure }
  }
}
