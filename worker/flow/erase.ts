import { limits } from '../../shared/limits.ts'
import type { Persona } from '../../shared/schema/persona.ts'
import type { StorageKeys } from '../ports.ts'
import type { SelfModels, Subject } from '../learning-ports.ts'
import type { Exposures } from './exposures.ts'
import type { LastingDrop } from './lasting-drop.ts'

/** `rest` never rejects: what the database keeps goes through the queue where the database is away. */
export type Erased = { persona: Persona; at: number; rest: Promise<void> }
export type Erase = (who: { keys: StorageKeys; subject: Subject }) => Promise<Erased>

type Deps = {
  selfModels: SelfModels
  exposures: Pick<Exposures, 'forget'>
  kept: Pick<LastingDrop, 'drop'>
  log: (cause: string) => void
}

/**
 * Erases a self-model at once, and with it what waits among the dead letters and what experiments keep.
 * Rejects where the self-model cannot be reached.
 */
export function createErase({ selfModels, exposures, kept, log }: Deps): Erase {
  return async function erase({ keys: { orgKey, userKey }, subject }) {
    const { persona, at } = await selfModels.forget(subject)
    exposures.forget(userKey)
    // The isolates that gathered it have clocks of their own.
    const rest = kept
      .drop({ orgKey, userKey, at: at + limits.clockSkew })
      .catch((cause: unknown) => log(cause instanceof Error ? cause.name : 'unknown'))
    return { persona, at, rest }
  }
}
