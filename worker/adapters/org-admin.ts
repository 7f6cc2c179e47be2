import { ownRecord, StoredOrg } from '../../shared/org-tree.ts'
import type { OrgRecords } from '../ports.ts'
import type { Names } from './names.ts'
import type { OrgRecordObject } from './org-record-object.ts'
import type { Vault } from './vault.ts'

type Options = {
  objects: DurableObjectNamespace<OrgRecordObject>
  kv: KVNamespace
  names: Names
  vault: Vault
}

/**
 * Org records, each in an object of its own. A record that an operator has written into KV with the command
 * counts where it is newer.
 */
export function durableOrgRecords({ objects, kv, names, vault }: Options): OrgRecords {
  const revisionOf = (record: StoredOrg): number => ownRecord(record).revision ?? 0

  return {
    async read(id) {
      const { orgKey, record: name } = await names.orgKeys(id)
      const open = async (sealed: ArrayBuffer) =>
        StoredOrg.parse(await vault.open({ orgKey, name }, sealed))
      const [held, put] = await Promise.all([
        objects.getByName(orgKey).read(),
        kv.get(name, { type: 'arrayBuffer', cacheTtl: 30 }),
      ])
      const ours = held && (await open(held.sealed))
      const theirs = put ? await open(put) : undefined
      if (!ours || !theirs) return ours ?? theirs
      return revisionOf(theirs) > revisionOf(ours) ? theirs : ours
    },

    async write(record, expected) {
      const { orgKey, record: name } = await names.orgKeys(record.id)
      const sealed = await vault.seal({ orgKey, name }, StoredOrg.parse(record))
      return objects.getByName(orgKey).write(
        {
          name,
          sealed,
          revision: revisionOf(record),
          basis: record.basis ?? 0,
          ancestors: (record.ancestors ?? []).join('\n'),
        },
        expected,
      )
    },
  }
}
