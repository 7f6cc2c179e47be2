import { Org } from '../../shared/schema/org.ts'
import type { Orgs } from '../ports.ts'
import { orgRecordName, type Names } from './names.ts'
import type { Vault } from './vault.ts'

/** Seconds for which a place remembers what it read: the least that KV takes, since isolates remember it as long. */
const CACHE_TTL = 30

type Sealing = { names: Names; vault: Vault }

/** The org records of KV `ORGS`, sealed. */
export function kvOrgs(kv: KVNamespace, { names, vault }: Sealing): Orgs {
  return {
    async load(id) {
      const { orgKey, record } = await names.orgKeys(id)
      const sealed = await kv.get(record, { type: 'arrayBuffer', cacheTtl: CACHE_TTL })
      if (!sealed) return undefined
      const org = Org.parse(await vault.open({ orgKey, name: record }, sealed))
      return org.id === id ? org : undefined
    },
    async any() {
      const { keys } = await kv.list({ prefix: 'o1:', limit: 1 })
      return keys.length > 0
    },
  }
}

/** How long an org lets facts be kept, as its record says now; `undefined` where there is no record. */
export async function retentionOf(
  orgKey: string,
  { kv, vault }: { kv: KVNamespace; vault: Vault },
): Promise<{ days: number | undefined } | undefined> {
  const name = orgRecordName(orgKey)
  const sealed = await kv.get(name, { type: 'arrayBuffer', cacheTtl: CACHE_TTL })
  if (!sealed) return undefined
  return { days: Org.parse(await vault.open({ orgKey, name }, sealed)).retentionDays }
}

/** The KV entry of an org record, for whoever writes it. */
export async function orgEntry(
  org: Org,
  { names, vault }: Sealing,
): Promise<{ key: string; value: ArrayBuffer }> {
  const { orgKey, record } = await names.orgKeys(org.id)
  return { key: record, value: await vault.seal({ orgKey, name: record }, Org.parse(org)) }
}
