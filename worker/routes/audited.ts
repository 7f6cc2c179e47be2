import type { Routes } from '../../shared/contract.ts'
import type { AuditEntry } from '../../shared/schema/learning.ts'

/** The acts that stand in the audit log. A session hands the persona to the device, so it is a reading. */
const acts: Partial<Record<keyof Routes, string>> = {
  openSession: 'read',
  selfModel: 'read',
  exportSelfModel: 'export',
  history: 'read_history',
  audit: 'read_audit',
  addFact: 'add',
  changeFact: 'change',
  deleteFact: 'remove',
  earned: 'count',
  undo: 'undo',
  settings: 'set',
  observe: 'observe',
  mergeDevice: 'merge',
  forget: 'forget',
}

type Done = { name: keyof Routes; id: string; reply: object; headers: Headers }

/** Who did what, by ids alone; undefined for what is not written down. */
export function auditEntry({ name, id, reply, headers }: Done): Omit<AuditEntry, 'at'> | undefined {
  const action = acts[name]
  if (action === undefined) return undefined
  const fact = 'fact' in reply ? idOf(reply.fact) : id
  return { actor: isPage(headers) ? 'page' : 'server', action, target: fact.slice(0, 64) }
}

/** A page's own requests to its origin carry no `Origin` where they only read; every browser says where from. */
const isPage = (headers: Headers) => headers.has('origin') || headers.has('sec-fetch-site')

const idOf = (fact: unknown): string =>
  typeof fact === 'object' && fact !== null && 'id' in fact ? String(fact.id) : ''
