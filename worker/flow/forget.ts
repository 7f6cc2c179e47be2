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
import type { ExperimentStore } from '../experiment-ports.ts'
import type { Metrics } from './metrics.ts'

export type Forget = (
  who: { keys: StorageKeys; subject: Subject },
  waitUntil: WaitUntil,
) => Promise<{ persona: Persona; erasure: Erasure }>

type Deps = {
  selfModels: SelfModels
  deadLetters: DeadLetters
  experiments?: Pick<ExperimentStore, 'dropOf'>
  erasures: Erasures
  metrics: Pick<Metrics, 'erased'>
  log: (cause: string) => void
}

/**
 * Erases a self-model at once, by a direct call, and proves it. What waits among the dead letters, and
 * what experiments keep, goes behind the answer; should that fail, the raised epoch keeps it from being learned. Rejects where the
 * self-model cannot be reached.
 */
export function createForget(deps: Deps): Forget {
  const { selfModels, deadLetters, experiments, erasures, metrics, log } = deps
  const logFailure = (cause: unknown) => log(cause instanceof Error ? cause.name : 'unknown')
  return async function forget({ keys, subject }, waitUntil) {
    const { persona, at } = await selfModels.forget(subject)
    metrics.erased(keys.orgKey, waitUntil)
    for (const kept of [deadLetters, experiments]) {
      if (kept) waitUntil(kept.dropOf(keys.userKey).catch(logFailure))
    }
    const erasure = await erasures.sign({ subject: keys.deviceKey, epoch: persona.epoch, at })
    return { persona, erasure }
  }
}
