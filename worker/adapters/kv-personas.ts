import { Persona } from '../../shared/schema/persona.ts'
import type { Personas, StorageKeys } from '../ports.ts'
import type { Vault } from './vault.ts'

/** Seconds for which a place remembers what it read: the least that KV takes. */
const CACHE_TTL = 30

type PlaceOfPersona = Pick<StorageKeys, 'orgKey' | 'persona'>

/** The snapshots of KV `PERSONAS`, sealed. */
export function kvPersonas(kv: KVNamespace, vault: Vault): Personas {
  return {
    async load({ orgKey, persona: name }) {
      const sealed = await kv.get(name, { type: 'arrayBuffer', cacheTtl: CACHE_TTL })
      if (!sealed) return undefined
      return Persona.parse(await vault.open({ orgKey, name }, sealed))
    },
  }
}

/** Writes a snapshot. Only the self-model's own object does: two writers could swap their order. */
export async function savePersona(
  persona: Persona,
  { orgKey, persona: name }: PlaceOfPersona,
  { kv, vault }: { kv: KVNamespace; vault: Vault },
): Promise<void> {
  await kv.put(name, await vault.seal({ orgKey, name }, persona))
}
