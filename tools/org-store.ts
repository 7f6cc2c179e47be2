import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { stripVTControlCharacters } from 'node:util'
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
import { readSecrets, withSecrets } from './secrets.ts'

const Keys = z.array(z.object({ name: z.string() }))
/** In the place of a local value that is not there. */
const NOTHING = 'Value not found'

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
  const given = local ? withSecrets(localVariables(), 'environment') : readSecrets()
  const { secrets } = readConfig(given)
  if (!secrets) throw new Error('these have been checked')
  const names = createNames(secrets.naming)
  const vault = createVault(secrets.roots)
  const place = local ? ['--local', '--persist-to', '.wrangler/state'] : ['--remote']

  /** What wrangler answers. Throws with its own words where it fails. */
  function ask(args: string[]): Buffer {
    const { status, stdout, stderr } = spawnSync(
      'wrangler',
      ['kv', 'key', ...args, '--binding', 'ORGS', ...place],
      { stdio: ['ignore', 'pipe', 'pipe'], maxBuffer: 1 << 26 },
    )
    if (status !== 0) throw new Error(reasonIn(String(stderr ?? '')))
    return stdout
  }

  const namesWith = (prefix: string): string[] =>
    Keys.parse(JSON.parse(String(ask(['list', '--prefix', prefix])))).map(({ name }) => name)

  /** The bytes under a name. wrangler fails where there are none: then the list tells. */
  function bytesOf(name: string): Buffer | undefined {
    try {
      const bytes = ask(['get', name])
      return String(bytes).trim() === NOTHING ? undefined : bytes
    } catch (cause) {
      if (namesWith(name).includes(name)) throw cause
      return undefined
    }
  }

  async function open(name: string): Promise<StoredOrg | undefined> {
    const bytes = bytesOf(name)
    if (!bytes) return undefined
    try {
      const orgKey = name.slice('o1:'.length)
      return StoredOrg.parse(await vault.open({ orgKey, name }, new Uint8Array(bytes).buffer))
    } catch {
      throw new Error(`What stands under ${name} cannot be opened with the secrets given here.`)
    }
  }

  const load = async (id: string) => open((await names.orgKeys(id)).record)

  async function save(record: StoredOrg): Promise<void> {
    const { orgKey, record: name } = await names.orgKeys(record.id)
    const folder = mkdtempSync(join(tmpdir(), 'edgewise-org-'))
    try {
      const file = join(folder, 'record')
      writeFileSync(file, Buffer.from(await vault.seal({ orgKey, name }, StoredOrg.parse(record))))
      ask(['put', name, '--path', file])
    } finally {
      rmSync(folder, { recursive: true })
    }
  }

  return {
    get: (id) =>
      reach(async () => {
        const stored = await load(id)
        return stored
          ? ok(maskOrg(ownRecord(stored)))
          : fail('not_found', { field: 'id', expected: id })
      }),

    put: (json) =>
      reach(async () => {
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
        for (const { record } of planned.value) await save(record)
        return ok(maskOrg(own))
      }),

    list: () =>
      reach(async () => {
        const orgs: Org[] = []
        for (const name of namesWith('o1:')) {
          const stored = await open(name)
          if (stored) orgs.push(maskOrg(ownRecord(stored)))
        }
        return ok(orgs)
      }),
  }
}

async function reach<T>(work: () => Promise<Result<T>>): Promise<Result<T>> {
  try {
    return await work()
  } catch (cause) {
    return fail('storage_unavailable', { detail: cause instanceof Error ? cause.message : '' })
  }
}

/** What wrangler says is wrong, without colours and without what it says besides. */
function reasonIn(said: string): string {
  const plain = stripVTControlCharacters(said)
  return /\[ERROR\]\s*(.+)/.exec(plain)?.[1] ?? 'wrangler has failed'
}
