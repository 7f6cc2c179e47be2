import { env } from 'cloudflare:workers'
import { createExecutionContext } from 'cloudflare:test'
import { SignJWT, UnsecuredJWT } from 'jose'
import type { Org } from '../../shared/schema/org.ts'
import { decodeReceipt } from '../../shared/receipt.ts'
import type { Receipt } from '../../shared/schema/receipt.ts'
import { createApp } from '../../worker/app.ts'
import { createDeps, createPorts, type Deps, type Runtime } from '../../worker/deps.ts'
import { readConfig } from '../../worker/config.ts'
import { createFlows, type Ports } from '../../worker/flow/flows.ts'
import { createNames } from '../../worker/adapters/names.ts'
import type { LogEntry, StorageKeys } from '../../worker/ports.ts'
import { recordingProvider, type ProviderFake } from '../fakes/recording-provider.ts'

export const testKey = 'a-key-for-tests-only-0123456789abcdef'
export const orgSecret = 'the-shared-key-of-an-org-0123456789abcd'

const development = { ENVIRONMENT: 'development', DEVELOPMENT_KEY: testKey }

/** The bindings of this runtime with other variables. */
export const bindings = (vars: Partial<Env> = {}): Env => ({
  ASSETS: env.ASSETS,
  ORGS: env.ORGS,
  PERSONAS: env.PERSONAS,
  SELF_MODELS: env.SELF_MODELS,
  ALLOWANCES: env.ALLOWANCES,
  ORG_RECORDS: env.ORG_RECORDS,
  ...(env.LEARNING ? { LEARNING: env.LEARNING } : {}),
  ...(env.LEARNING_DEAD ? { LEARNING_DEAD: env.LEARNING_DEAD } : {}),
  ...(env.METRICS ? { METRICS: env.METRICS } : {}),
  ...development,
  ...vars,
})

export type Harness = {
  provider: ProviderFake
  logs: LogEntry[]
  /** The time that the Worker sees, ms. */
  time: { now: number }
  fetch(path: string, init?: RequestInit & { as?: string }): Promise<Response>
  /** A chat request; `context` goes into the header as it is. */
  chat(body: unknown, options?: ChatOptions): Promise<Response>
}
export type ChatOptions = {
  as?: string
  context?: unknown
  /** Another dialect's route. */
  path?: string
  headers?: Record<string, string>
}

type Options = { vars?: Partial<Env>; ports?: (real: Ports) => Partial<Ports> }

/** The app over the real bindings of workerd, with a provider that records, and a clock that can be set. */
export function createHarness({ vars = {}, ports }: Options = {}): Harness {
  const provider = recordingProvider()
  const logs: LogEntry[] = []
  const time = { now: realNow() }
  const runtime: Runtime = {
    clock: () => time.now,
    newId: () => crypto.randomUUID(),
    log: (entry) => logs.push(entry),
    fetch: provider.fetch,
  }
  const settings: Partial<Env> = {
    PROVIDER: 'openai',
    OPENAI_BASE_URL: 'https://provider.test/v1',
    OPENAI_API_KEY: 'sk-ours',
    ...vars,
  }
  const app = createApp(() => depsOf(bindings(settings), runtime, ports))
  const fetch: Harness['fetch'] = async (path, { as = 'ada', ...init } = {}) => {
    const headers = new Headers(init.headers)
    const isSent = headers.has('authorization') || headers.has('x-api-key')
    if (!isSent && as !== '') headers.set('authorization', `Bearer ${await tokenFor(as)}`)
    const request = new Request(`https://edge.test${path}`, { ...init, headers })
    return app.fetch(request, bindings(settings), createExecutionContext())
  }
  return {
    provider,
    logs,
    time,
    fetch,
    chat(body, { as = 'ada', context, path = '/v1/chat/completions', headers = {} } = {}) {
      const value = typeof context === 'string' ? context : JSON.stringify(context)
      return fetch(path, {
        as,
        method: 'POST',
        headers: {
          'content-type': 'application/json',
          ...(context === undefined ? {} : { 'edgewise-context': value }),
          ...headers,
        },
        body: typeof body === 'string' ? body : JSON.stringify(body),
      })
    },
  }
}

/** The storage keys of a user, as the Worker of these tests makes them. */
export function keysOf(user: string, org = 'demo'): Promise<StorageKeys> {
  const { secrets } = readConfig(bindings())
  if (!secrets) throw new Error('no secrets')
  return createNames(secrets.naming).storageKeys(org, user)
}

function depsOf(bound: Env, runtime: Runtime, change: Options['ports']): Deps {
  const deps = createDeps(bound, runtime)
  const config = readConfig(bound)
  if (!change || !config.secrets) return deps
  const real = createPorts(bound, { ...config, secrets: config.secrets }, runtime)
  return { ...deps, flows: createFlows({ ...real, ...change(real) }) }
}
const realNow = () => Date.now()

type TokenOptions = {
  org?: string
  aud?: string
  ttl?: number
  key?: string
  kid?: string | undefined
  alg?: string
}

/** An app token; of the org `demo` by default, signed with the development key. */
export function tokenFor(user: string, options: TokenOptions = {}): Promise<string> {
  const { org = 'demo', aud = 'edgewise', ttl = 300, key = testKey, alg = 'HS256' } = options
  const kid = 'kid' in options ? options.kid : 'development'
  return new SignJWT({ org })
    .setProtectedHeader({ alg, ...(kid === undefined ? {} : { kid }) })
    .setSubject(user)
    .setAudience(aud)
    .setExpirationTime(Math.floor(realNow() / 1000) + ttl)
    .sign(new TextEncoder().encode(key))
}

export const unsignedToken = (user: string): string =>
  new UnsecuredJWT({ org: 'demo' })
    .setSubject(user)
    .setAudience('edgewise')
    .setExpirationTime('5m')
    .encode()

/** An org that is not `demo`, with a key of its own, as `orgs` of the harness. */
export const orgsOf = (...known: Org[]): Ports['orgs'] => ({
  load: async (id) => known.find((org) => org.id === id),
  any: async () => known.length > 0,
})

export const acme = (rest: Partial<Org> = {}): Org => ({
  v: 1,
  id: 'acme',
  keys: [{ kid: 'k1', alg: 'HS256', secret: orgSecret }],
  ...rest,
})
export const acmeToken = (user: string, options: TokenOptions = {}): Promise<string> =>
  tokenFor(user, { org: 'acme', key: orgSecret, kid: 'k1', ...options })

export function receiptOf(response: Response): Receipt {
  const receipt = decodeReceipt(response.headers.get('edgewise-receipt') ?? '')
  if (!receipt) throw new Error(`no receipt: ${response.status}`)
  return receipt
}

let users = 0
/** A user whom no other test knows: storage is shared by the tests of a file. */
export const someone = (): string => `user-${++users}-${crypto.randomUUID()}`
