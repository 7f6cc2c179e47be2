import type { Persona } from '../../shared/schema/persona.ts'
import type { Personas, StorageKeys } from '../../worker/ports.ts'

export type LaggingPersonas = {
  personas: Personas
  save: (persona: Persona, keys: StorageKeys) => Promise<void>
  settle: () => Promise<void>
}

/** A store whose reads lag behind its writes, as KV's do: until it settles, what was there before is read. */
export function laggingPersonas(): LaggingPersonas {
  const written = new Map<string, Persona>()
  let visible = new Map<string, Persona>()
  return {
    personas: { load: async (keys) => structuredClone(visible.get(keys.persona)) },
    async save(persona, keys) {
      written.set(keys.persona, structuredClone(persona))
    },
    async settle() {
      visible = new Map(written)
    },
  }
}
