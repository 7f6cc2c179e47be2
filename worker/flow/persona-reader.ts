import { boundedCache } from '../bounded-cache.ts'
import { withDeadline } from '../deadline.ts'
import { limits } from '../../shared/limits.ts'
import type { Persona } from '../../shared/schema/persona.ts'
import type { Why } from '../../shared/schema/receipt.ts'
import type { Clock, Personas, StorageKeys } from '../ports.ts'

/** The persona that the device has seen; zeros where it has seen none. */
export type Seen = { version: number; epoch: number }
export type Missing = Extract<Why, 'persona_missing' | 'persona_late' | 'persona_failed'>
export type PersonaRead =
  | { persona: Persona; missing?: undefined; ms: number }
  | { persona?: undefined; missing: Missing; ms: number }

export type PersonaReader = {
  /** Reads the snapshot within 100 ms; never rejects. */
  read(keys: StorageKeys, seen: Seen): Promise<PersonaRead>
  /** Puts what an edit has just returned in place of what is remembered. */
  replace(keys: StorageKeys, persona: Persona): void
}

/** Milliseconds for which an isolate remembers a snapshot. */
const LIFE = 10_000

export function createPersonaReader(options: {
  personas: Personas
  clock: Clock
  log: (cause: string) => void
}): PersonaReader {
  const { personas, clock, log } = options
  const known = boundedCache<Persona>({ max: 500, ttl: LIFE, clock })

  return {
    async read(keys, seen) {
      const remembered = known.get(keys.persona)
      if (remembered && remembered.version >= seen.version && remembered.epoch >= seen.epoch) {
        return { persona: remembered, ms: 0 }
      }
      const started = clock()
      try {
        const persona = await withDeadline(personas.load(keys), limits.edgeDeadline)
        const ms = clock() - started
        if (persona === 'late') return { missing: 'persona_late', ms }
        const newest = newer(persona, known.get(keys.persona))
        // A snapshot from before an erasure is void, however slowly KV forgets it.
        if (!newest || newest.epoch < seen.epoch) return { missing: 'persona_missing', ms }
        known.set(keys.persona, newest)
        return { persona: newest, ms }
      } catch (cause) {
        log(cause instanceof Error ? cause.name : 'unknown')
        return { missing: 'persona_failed', ms: clock() - started }
      }
    },
    replace(keys, persona) {
      known.set(keys.persona, persona)
    },
  }
}

/** Reads of KV lag: what an edit returned here may be newer. */
function newer(a: Persona | undefined, b: Persona | undefined): Persona | undefined {
  if (!a || !b) return a ?? b
  return b.version > a.version ? b : a
}
