import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Miniflare, type WorkerOptions } from 'miniflare'
import { mintToken } from '../../client/server.ts'
import type { Org } from '../../shared/schema/org.ts'
import { bundle, migrate } from '../../test/fakes/start-worker.ts'
import { orgEntry } from '../../worker/adapters/kv-orgs.ts'
import { createNames } from '../../worker/adapters/names.ts'
import { createVault } from '../../worker/adapters/vault.ts'
import { benchPersona } from './persona.ts'
import type { Seed } from './seeder.ts'

export type Edge = {
  users: number
  url: string
  /** Signs a new app token of this user; no place has seen it. */
  mint(user: number): Promise<string>
}
export type Running = { edges: Edge[]; stop(): Promise<void> }

const ORG = 'bench'
/** Users seeded in one call: a Worker may write only so much for one request. */
const CALL = 900
const naming = 'a-naming-secret-for-the-bench-0123456789'
const root = 'a-root-secret-for-the-bench-0123456789abcd'
const key = {
  kid: 'bench',
  alg: 'HS256' as const,
  secret: 'a-secret-for-the-bench-only-0123456789',
}
const org: Org = { v: 1, id: ORG, keys: [key], tokensPerDay: 1e12, userTokensPerDay: 1e12 }
const common = { compatibilityDate: '2026-07-30', compatibilityFlags: ['enable_request_signal'] }

type Options = {
  upstream: string
  /** How many users each of the Workers has. */
  sizes: readonly number[]
  now: number
  progress: (done: number, all: number) => void
}

/** The Worker once for each size, each with a store of its own that holds so many snapshots. */
export async function startEdges({ upstream, sizes, now, progress }: Options): Promise<Running> {
  const out = await mkdtemp(join(tmpdir(), 'edgewise-bench-'))
  const edge = await bundle('worker/index.ts', join(out, 'edge'))
  const seeder = await bundle('bench/scale/seeder.ts', join(out, 'seeder'))
  const workersOf = (users: number): WorkerOptions[] => [
    {
      ...common,
      name: `edge-${users}`,
      modulesRoot: join(out, 'edge'),
      modules: edge,
      bindings: {
        ENVIRONMENT: 'production',
        PROVIDER: 'openai',
        OPENAI_API_KEY: 'bench',
        OPENAI_BASE_URL: upstream,
        EDGEWISE_NAMING_SECRET: naming,
        EDGEWISE_ROOT_SECRETS: root,
      },
      kvNamespaces: { ORGS: `orgs-${users}`, PERSONAS: `personas-${users}` },
      durableObjects: {
        SELF_MODELS: { className: 'SelfModel', useSQLite: true },
        ALLOWANCES: { className: 'Allowance', useSQLite: true },
      },
      d1Databases: { METRICS: `metrics-${users}` },
      unsafeDirectSockets: [{ host: '127.0.0.1', port: 0 }],
    },
    {
      ...common,
      name: `seeder-${users}`,
      modulesRoot: join(out, 'seeder'),
      modules: seeder,
      bindings: { NAMING: naming, ROOT: root },
      kvNamespaces: { PERSONAS: `personas-${users}` },
    },
  ]
  const miniflare = new Miniflare({ workers: sizes.flatMap(workersOf) })
  await miniflare.ready
  const all = sizes.reduce((sum, users) => sum + users, 0)
  let done = 0
  for (const users of sizes) {
    await migrate(miniflare, `edge-${users}`)
    await saveOrg(miniflare, users)
    for (let from = 0; from < users; from += CALL) {
      const count = Math.min(CALL, users - from)
      await seed(miniflare, users, { org: ORG, persona: benchPersona(now), from, count })
      progress((done += count), all)
    }
  }
  const edges = sizes.map(async (users): Promise<Edge> => ({
    users,
    url: (await miniflare.unsafeGetDirectURL(`edge-${users}`)).origin,
    mint: (user) => mintToken({ key, org: ORG, user: `user-${user}`, ttl: 7200 }),
  }))
  return {
    edges: await Promise.all(edges),
    async stop() {
      await miniflare.dispose()
      await rm(out, { recursive: true, force: true })
    },
  }
}

async function saveOrg(miniflare: Miniflare, users: number): Promise<void> {
  const orgs = await miniflare.getKVNamespace('ORGS', `edge-${users}`)
  const entry = await orgEntry(org, { names: createNames(naming), vault: createVault([root]) })
  await orgs.put(entry.key, entry.value)
}

async function seed(miniflare: Miniflare, users: number, asked: Seed): Promise<void> {
  const worker = await miniflare.getWorker(`seeder-${users}`)
  const body = JSON.stringify(asked)
  const answer = await worker.fetch('http://seeder/', { method: 'POST', body })
  if (!answer.ok) throw new Error(`seeding failed: ${answer.status} ${await answer.text()}`)
}
