import type { Persona } from '../../shared/schema/persona.ts'
import { savePersona } from '../../worker/adapters/kv-personas.ts'
import { createNames } from '../../worker/adapters/names.ts'
import { createVault } from '../../worker/adapters/vault.ts'

/** Snapshots for the users `user-FROM` and the `count - 1` after it, all with the same facts. */
export type Seed = { org: string; persona: Persona; from: number; count: number }

type Bindings = { PERSONAS: KVNamespace; NAMING: string; ROOT: string }

/** As many writes at once as keep the store busy. */
const LANES = 64

/** Writes what the self-models' objects would, without an object and a call for each of so many users. */
// oxlint-disable-next-line import/no-default-export -- a Worker's entry
export default {
  async fetch(request, { PERSONAS: kv, NAMING, ROOT }) {
    const { org, persona, from, count } = await request.json<Seed>()
    const names = createNames(NAMING)
    const vault = createVault([ROOT])
    let next = from
    const lane = async () => {
      while (next < from + count) {
        const user = `user-${next++}`
        await savePersona(persona, await names.storageKeys(org, user), { kv, vault })
      }
    }
    await Promise.all(Array.from({ length: LANES }, lane))
    return new Response('done')
  },
} satisfies ExportedHandler<Bindings>
