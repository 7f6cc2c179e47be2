import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Miniflare } from 'miniflare'
import { mintToken } from '../../client/server.ts'
import type { Org } from '../../shared/schema/org.ts'
import { bundle, migrate } from '../../test/fakes/start-worker.ts'
import { orgEntry } from '../../worker/adapters/kv-orgs.ts'
import { createNames } from '../../worker/adapters/names.ts'
import { createVault } from '../../worker/adapters/vault.ts'
import { facts } from './conversation.ts'
import { naiveProxy, plainProxy } from './workers.ts'

export type User = { token: string; facts: string[]; fresh: string[] }
export type Running = {
  /** Where each of the three listens, by a socket of its own. */
  edge: string
  plain: string
  naive: string
  /** Users who each have twelve facts, the ids of those that a dinner request needs, tokens never sent. */
  users: User[]
  version: number
  /** Of the cold requests sent so far: none is sent twice in a row. */
  turn: number
  stop(): Promise<void>
}

const USERS = 100
/** So many that the Worker, which remembers a thousand, has forgotten one before it comes again. */
const FRESH = 40
const secret = 'a-secret-for-the-bench-only-0123456789'
const key = { kid: 'bench', alg: 'HS256' as const, secret }
const org: Org = {
  v: 1,
  id: 'bench',
  keys: [key],
  tokensPerDay: 1e12,
  userTokensPerDay: 1e12,
}
/** What an org may have on; every user is in the arm that goes on as before, but for one in a thousand. */
const features: Partial<Org> = {
  requestsPerMinute: 600,
  cohorts: { on: true },
  experiments: [
    {
      id: 'bench',
      arms: [
        { arm: 'summary', weight: 999 },
        { arm: 'none', weight: 1 },
      ],
      outcomes: [{ name: 'done', kind: 'yes' }],
    },
  ],
}
const direct = () => [{ host: '127.0.0.1', port: 0 }]
const common = { compatibilityDate: '2026-07-30', compatibilityFlags: ['enable_request_signal'] }

export async function startWorkers(upstream: string, { all }: { all: boolean }): Promise<Running> {
  const out = await mkdtemp(join(tmpdir(), 'edgewise-bench-'))
  const root = 'a-root-secret-for-the-bench-0123456789abcd'
  const naming = 'a-naming-secret-for-the-bench-0123456789'
  const miniflare = new Miniflare({
    workers: [
      {
        ...common,
        name: 'edge',
        modulesRoot: out,
        modules: await bundle('worker/index.ts', out),
        bindings: {
          ENVIRONMENT: 'production',
          PROVIDER: 'openai',
          OPENAI_API_KEY: 'bench',
          OPENAI_BASE_URL: upstream,
          EDGEWISE_NAMING_SECRET: naming,
          EDGEWISE_ROOT_SECRETS: root,
        },
        kvNamespaces: ['ORGS', 'PERSONAS'],
        durableObjects: {
          SELF_MODELS: { className: 'SelfModel', useSQLite: true },
          ALLOWANCES: { className: 'Allowance', useSQLite: true },
        },
        d1Databases: ['METRICS'],
        unsafeDirectSockets: direct(),
      },
      {
        ...common,
        name: 'plain',
        modules: true,
        script: plainProxy,
        bindings: {
          UPSTREAM: upstream,
          KEY: 'bench',
        },
        unsafeDirectSockets: direct(),
      },
      {
        ...common,
        name: 'naive',
        modules: true,
        script: naiveProxy,
        bindings: {
          UPSTREAM: upstream,
          KEY: 'bench',
        },
        kvNamespaces: ['PROFILES'],
        unsafeDirectSockets: direct(),
      },
    ],
  })
  await miniflare.ready
  await migrate(miniflare, 'edge')
  const address = async (name: string) => (await miniflare.unsafeGetDirectURL(name)).origin
  const [edge, plain, naive] = [
    await address('edge'),
    await address('plain'),
    await address('naive'),
  ]

  const orgs = await miniflare.getKVNamespace('ORGS', 'edge')
  const record = all ? { ...org, ...features } : org
  const entry = await orgEntry(record, { names: createNames(naming), vault: createVault([root]) })
  await orgs.put(entry.key, entry.value)
  const profiles = await miniflare.getKVNamespace('PROFILES', 'naive')
  await profiles.put(
    'ada',
    facts
      .map(([category, text]) => `${category}: ${text}`)
      .join('\n')
      .repeat(4),
  )

  const users: User[] = []
  for (let i = 0; i < USERS; i++) {
    const mint = (ttl: number) => mintToken({ key, org: 'bench', user: `user-${i}`, ttl })
    const token = await mint(7200)
    const fresh = await Promise.all(Array.from({ length: FRESH }, (_, n) => mint(7201 + n)))
    users.push({ token, facts: (await seed(edge, token)).slice(0, 2), fresh })
  }
  return {
    edge,
    plain,
    naive,
    users,
    version: facts.length,
    turn: 0,
    async stop() {
      await miniflare.dispose()
      await rm(out, {
        recursive: true,
        force: true,
      })
    },
  }
}

async function seed(edge: string, token: string): Promise<string[]> {
  const ids: string[] = []
  for (const [category, text] of facts) {
    const response = await fetch(`${edge}/v1/self-model/facts`, {
      method: 'POST',
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
      body: JSON.stringify({ category, text }),
    })
    if (!response.ok) throw new Error(`seeding failed: ${response.status} ${await response.text()}`)
    const { fact } = (await response.json()) as { fact: { id: string } }
    ids.push(fact.id)
  }
  return ids
}
