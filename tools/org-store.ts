import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import * as z from 'zod/mini'
import { checkOrg } from '../shared/check-org.ts'
import { maskOrg, unmaskOrg } from '../shared/org-secrets.ts'
import { ownRecord, StoredOrg } from '../shared/org-tree.ts'
import { fail, ok, type Result } from '../shared/problem.ts'
import type { Org } from '../shared/schema/org.ts'
import { createNames } from '../worker/adapters/names.ts'
import { createVault } from '../worker/adapters/vault.ts'
import { readConfig } from '../worker/config.ts'
import { planOrg } from '../worker/flow/plan-org.ts'
import { localVariables } from './local-variables.ts'
import { readSecrets, secretsRule } from './secrets.ts'

const Keys = z.array(z.object({ name: z.string() }))

type OrgStore = {
  get(id: string): Promise<Result<Org>>
  put(json: unknown): Promise<Result<Org>>
  list(): Promise<Result<Org[]>>
}

/**
 * The records of a deployment, through wrangler, for whoever runs it: also what an org's own admins may
 * not change, and the first record of an org. Sealed and opened on this machine. Secrets are never shown.
 */
export function wranglerStore({ local }: { local: boolean }): OrgStore {
  const { secrets } = readConfig(local ? localVariables() : readSecrets())
  if (!secrets) throw new Error(secretsRule)
  const names = createNames(secrets.naming)
  const vault = createVault(secrets.roots)
  const place = local ? ['--local', '--persist-to', '.wrangler/state'] : ['--remote']

  function run(args: string[]): { ok: boolean; output: Buffer } {
    const { status, stdout } = spawnSync(
      'wrangler',
      ['kv', 'key', ...args, '--binding', 'ORGS', ...place],
      { stdio: ['ignore', 'pipe', 'ignore'], maxBuffer: 1 << 26 },
    )
    return { ok: status === 0, output: stdout ?? Buffer.alloc(0) }
  }

  async function open(name: string): Promise<StoredOrg | undefined> {
    const read = run(['get', name])
    if (!read.ok || read.output.length === 0) return undefined
    const sealed = new Uint8Array(read.output).buffer
    try {
      const orgKey = name.slice('o1:'.length)
      return StoredOrg.parse(await vault.open({ orgKey, name }, sealed))
    } catch {
      // What wrangler prints of a key that is not there is no record either.
      return undefined
    }
  }

  const load = async (id: string) => open((await names.orgKeys(id)).record)

  async function save(record: StoredOrg): Promise<boolean> {
    const { orgKey, record: name } = await names.orgKeys(record.id)
    const folder = mkdtempSync(join(tmpdir(), 'edgewise-org-'))
    const file = join(folder, 'record')
    writeFileSync(file, Buffer.from(await vault.seal({ orgKey, name }, StoredOrg.parse(record))))
    const written = run(['put', name, '--path', file])
    rmSync(folder, { recursive: true })
    return written.ok
  }

  return {
    async get(id) {
      const stored = await load(id)
      return stored
        ? ok(maskOrg(ownRecord(stored)))
        : fail('not_found', { field: 'id', expected: id })
    },

    async put(json) {
      const checked = checkOrg(json, { development: local })
      if (!checked.ok) return checked
      const before = await load(checked.value.id)
      const stored = before && ownRecord(before)
      const whole = unmaskOrg(checked.value, stored)
      if (!whole.ok) return whole
      const current = stored?.revision ?? 0
      const { revision = current } = whole.value
      if (revision !== current) {
        return fail('revision_conflict', { field: 'revision', expected: String(current) })
      }
      const own = { ...whole.value, revision: current + 1 }
      const planned = await planOrg(own, { before, read: load })
      if (!planned.ok) return planned
      for (const { record } of planned.value) {
        if (!(await save(record)))
          return fail('storage_unavailable', { detail: 'wrangler has failed' })
      }
      return ok(maskOrg(own))
    },

    async list() {
      const listed = run(['list', '--prefix', 'o1:'])
      if (!listed.ok) return fail('storage_unavailable', { detail: 'wrangler has failed' })
      const keys = Keys.parse(JSON.parse(listed.output.toString('utf8')))
      const orgs: Org[] = []
      for (const { name } of keys) {
        const stored = await open(name)
        if (stored) orgs.push(maskOrg(ownRecord(stored)))
      }
      return ok(orgs)
    },
  }
}
