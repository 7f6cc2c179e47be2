import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import { build } from 'esbuild'
import { Miniflare } from 'miniflare'
import type { Org } from '../../shared/schema/org.ts'
import { orgEntry } from '../../worker/adapters/kv-orgs.ts'
import { createNames } from '../../worker/adapters/names.ts'
import { createVault } from '../../worker/adapters/vault.ts'
import { readConfig } from '../../worker/config.ts'

/** Signs tokens of the org `demo` in a Worker that was started here. */
export const testKey = 'a-key-for-tests-only-0123456789abcdef'

export type RunningWorker = {
  /** Where it listens, without a slash at the end. */
  url: string
  miniflare: Miniflare
  /** Writes an org's record, as an operator would. */
  saveOrg(org: Org): Promise<void>
  stop(): Promise<void>
}

type Options = {
  /** Variables and secrets of the Worker. */
  vars?: Record<string, string>
  /** 0: any free port. */
  port?: number
  /** Leaves the rate-limit bindings out, for load. */
  unlimited?: boolean
}

/** Bundles the Worker as it is deployed and runs it in workerd, listening on a port of this machine. */
export async function startWorker({
  vars = {},
  port = 0,
  unlimited = false,
}: Options = {}): Promise<RunningWorker> {
  const out = await mkdtemp(join(tmpdir(), 'edgewise-worker-'))
  const bindings = { ENVIRONMENT: 'development', DEVELOPMENT_KEY: testKey, ...vars }
  const files = await bundle('worker/index.ts', out)
  const miniflare = new Miniflare({
    host: '127.0.0.1',
    port,
    modulesRoot: out,
    modules: files,
    compatibilityDate: '2026-07-30',
    compatibilityFlags: ['enable_request_signal'],
    bindings,
    kvNamespaces: ['ORGS', 'PERSONAS'],
    durableObjects: {
      SELF_MODELS: { className: 'SelfModel', useSQLite: true },
      ALLOWANCES: { className: 'Allowance', useSQLite: true },
      ORG_RECORDS: { className: 'OrgRecord', useSQLite: true },
    },
    queueProducers: { LEARNING: 'learning', LEARNING_DEAD: 'learning-dead' },
    queueConsumers: {
      learning: {
        maxBatchSize: 50,
        maxBatchTimeout: 1,
        maxRetries: 5,
        deadLetterQueue: 'learning-dead',
      },
      'learning-dead': { maxBatchSize: 50, maxBatchTimeout: 1, maxRetries: 5 },
    },
    d1Databases: ['METRICS'],
    ...(unlimited
      ? {}
      : { ratelimits: { USER_RATE: rate('1001', 15), ORG_RATE: rate('1002', 750) } }),
  })
  const address = await miniflare.ready
  const { secrets } = readConfig(bindings)
  await migrate(miniflare)
  return {
    url: address.origin,
    miniflare,
    async saveOrg(org) {
      if (!secrets) throw new Error('this Worker has no storage secrets')
      const names = createNames(secrets.naming)
      const { key, value } = await orgEntry(org, { names, vault: createVault(secrets.roots) })
      const orgs = await miniflare.getKVNamespace('ORGS')
      await orgs.put(key, value)
    },
    async stop() {
      await miniflare.dispose()
      await rm(out, { recursive: true, force: true })
    },
  }
}

const rate = (id: string, limit: number) => ({
  namespace_id: id,
  simple: { limit, period: 60 as const },
})

/** Makes the tables, as `wrangler d1 migrations apply` does. */
export async function migrate(miniflare: Miniflare, worker?: string): Promise<void> {
  const database = await miniflare.getD1Database('METRICS', worker)
  const folder = 'worker/migrations'
  for (const file of (await readdir(folder)).toSorted()) {
    const sql = (await readFile(join(folder, file), 'utf8')).replaceAll(/^--.*$/gm, '')
    const statements = sql.split(';').filter((statement) => statement.trim() !== '')
    await database.batch(statements.map((statement) => database.prepare(statement)))
  }
}

type Module = { type: 'ESModule' | 'Data'; path: string; contents: string | Uint8Array }

/** One script, and beside it the files that it imports as bytes. The entry comes first. */
export async function bundle(entry: string, out: string): Promise<Module[]> {
  const built = await build({
    entryPoints: [entry],
    bundle: true,
    format: 'esm',
    target: 'es2024',
    conditions: ['workerd', 'worker', 'browser'],
    external: ['cloudflare:*'],
    loader: { '.bin': 'copy' },
    outdir: out,
    metafile: true,
    logLevel: 'error',
  })
  const paths = Object.keys(built.metafile.outputs).toSorted((a, b) => order(a) - order(b))
  return Promise.all(
    paths.map(async (path): Promise<Module> => {
      const file = join(out, basename(path))
      return path.endsWith('.js')
        ? { type: 'ESModule', path: file, contents: await readFile(file, 'utf8') }
        : { type: 'Data', path: file, contents: await readFile(file) }
    }),
  )
}

const order = (path: string) => (path.endsWith('.js') ? 0 : 1)
