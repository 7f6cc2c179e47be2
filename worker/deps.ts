import { version } from '../package.json'
import gateConfig from '../models/gate.json'
import disclosure from '../models/disclosure.bin'
import weights from '../models/lite.bin'
import tokenTable from '../models/o200k.bin'
import { readExtractConfig, type ExtractConfig } from '../shared/extract/config.ts'
import { extractFacts, extractPicked, ownWords } from '../shared/extract/extract.ts'
import { createLiteTagger } from '../shared/extract/lite-tagger.ts'
import { readPieces } from '../shared/extract/pieces.ts'
import { readGateConfig } from '../shared/gate/config.ts'
import { createLiteGate } from '../shared/gate/lite.ts'
import { auditTable } from './adapters/audit-log.ts'
import { deadLetterTable } from './adapters/dead-letters.ts'
import { developmentTokens } from './adapters/development-tokens.ts'
import { deviceTokens, orgsWithDevices } from './adapters/device-tokens.ts'
import { durableMeter } from './adapters/durable-meter.ts'
import { durableSelfModels } from './adapters/durable-self-models.ts'
import { httpSources, type BoundSources } from './adapters/http-sources.ts'
import { experimentTable } from './adapters/experiment-table.ts'
import { erasureProofs } from './adapters/erasure-proofs.ts'
import { claimedOrg, joseTokens } from './adapters/jose-tokens.ts'
import { kvOrgs, retentionOf } from './adapters/kv-orgs.ts'
import { kvPersonas, savePersona } from './adapters/kv-personas.ts'
import { learningQueue } from './adapters/learning-queue.ts'
import { metricTable } from './adapters/metric-table.ts'
import { createNames } from './adapters/names.ts'
import { durableOrgRecords } from './adapters/org-admin.ts'
import { rateBindings } from './adapters/rate-bindings.ts'
import type { SelfModelDeps } from './adapters/self-model-object.ts'
import { createVault } from './adapters/vault.ts'
import { readConfig, type Config, type Secrets } from './config.ts'
import type { EdgeGate } from './flow/attach.ts'
import {
  createConsumers,
  createFlows,
  type Consumers,
  type Flows,
  type Ports,
} from './flow/flows.ts'
import type { EdgePick } from './flow/infer.ts'
import type { EdgeExtract } from './flow/observe.ts'
import type { Clock, Log, NewId, Provider } from './ports.ts'
import { nameProviders, type ProviderConfig } from './provider-config.ts'
import { anthropic } from './providers/anthropic.ts'
import { noProvider } from './providers/none.ts'
import { openai } from './providers/openai.ts'
import { preview } from './providers/preview.ts'
import { createTokenCounter } from './tokens/counter.ts'

export type { Consumers, Flows } from './flow/flows.ts'

/** What is not the same twice: it is given from the entry, so that everything below can be tested. */
export type Runtime = {
  clock: Clock
  newId: NewId
  log: Log
  fetch: (url: string, init: RequestInit) => Promise<Response>
}

/** What the app is made of. Flows and consumers are left out where the deployment has no storage secrets. */
export type Deps = {
  version: string
  provider: string
  newId: NewId
  log: Log
  flows?: Flows
  consumers?: Consumers
  /** App tokens for the demo page; in development only. */
  demoToken?: (user: string, admin: boolean) => Promise<string>
}

/** The one composition root: from bindings and variables to parts that know neither. */
export function createDeps(env: Env, runtime: Runtime): Deps {
  const config = readConfig(env)
  const { newId, log } = runtime
  const { developmentKey } = config
  const deps = {
    version,
    newId,
    log,
    provider: nameProviders(config.providers),
    ...(developmentKey ? { demoToken: developmentTokens(developmentKey, runtime.clock) } : {}),
  }
  if (!config.secrets) return deps
  const ports = createPorts(env, { ...config, secrets: config.secrets }, runtime)
  return { ...deps, flows: createFlows(ports), consumers: createConsumers(ports) }
}

export function createPorts(
  env: Env,
  config: Config & { secrets: Secrets },
  runtime: Runtime,
): Ports {
  const { clock, newId, log } = runtime
  const names = createNames(config.secrets.naming)
  const { roots } = config.secrets
  const vault = createVault(roots)
  const devices = deviceTokens(roots, clock)
  const metrics = () => openDatabase(env.METRICS)
  return {
    clock,
    newId,
    log,
    claimedOrg,
    orgs: orgsWithDevices(kvOrgs(env.ORGS, { names, vault }), devices),
    personas: kvPersonas(env.PERSONAS, vault),
    sources: httpSources(runtime.fetch, { ...config, bound: boundSources(env, config) }),
    orgRecords: durableOrgRecords({ objects: env.ORG_RECORDS, kv: env.ORGS, names, vault }),
    development: config.development,
    selfModels: durableSelfModels(env.SELF_MODELS),
    tokens: joseTokens(clock),
    storageKeys: names.storageKeys,
    meter: durableMeter(env.ALLOWANCES),
    rates: rateBindings({ user: env.USER_RATE, org: env.ORG_RATE }, clock),
    provider: createProvider(config.providers.openai, runtime),
    anthropic: createProvider(config.providers.anthropic, runtime),
    gate: openLazily(() => createEdgeGate(clock)),
    extract: openLazily(createEdgeExtract),
    pick: openLazily(createEdgePick),
    learning: learningQueue({ learning: env.LEARNING, dead: env.LEARNING_DEAD, vault }),
    deadLetters: deadLetterTable(metrics),
    audit: auditTable(metrics),
    erasures: erasureProofs(roots),
    ...(env.METRICS
      ? { metrics: metricTable(metrics), experiments: experimentTable(metrics) }
      : {}),
    ...(config.metricsToken ? { metricsToken: config.metricsToken } : {}),
    deviceTokens: devices,
    ...(config.developmentKey ? { developmentKey: config.developmentKey } : {}),
  }
}

function createProvider(config: ProviderConfig, { fetch, clock, newId }: Runtime): Provider {
  if (config.name === 'openai') return openai(config, fetch)
  if (config.name === 'anthropic') return anthropic(config, fetch)
  return config.name === 'preview' ? preview({ clock, newId }) : noProvider(config.detail)
}

/** The same weights and numbers that the page decides with. */
function createEdgeGate(clock: Clock): EdgeGate {
  const config = readGateConfig(gateConfig, 'lite')
  if (!config.ok) throw new Error(`gate.json: ${config.problem.field ?? ''} is not as expected`)
  return createLiteGate(weights, config.value, clock)
}

/** The same weights and rules that the page finds facts with. */
function createEdgeExtract(): EdgeExtract {
  const config = edgeExtractConfig()
  const tokenize = readPieces(weights)
  const { tag } = createLiteTagger(disclosure, { tokenize, window: config.window })
  return (message) => {
    const text = ownWords(message)
    return text === '' ? [] : extractFacts(message, tag(text), config)
  }
}

/** The same rules for what a language model has picked. */
function createEdgePick(): EdgePick {
  const config = edgeExtractConfig()
  return (message, picked) => extractPicked(message, picked, config)
}

function edgeExtractConfig(): ExtractConfig {
  const read = readExtractConfig(gateConfig, 'lite')
  if (!read.ok) throw new Error(`gate.json: ${read.problem.field ?? ''} is not as expected`)
  return read.value
}

function openDatabase(database: D1Database | undefined): D1Database {
  if (!database) throw new Error('this deployment has no database')
  return database
}

function openLazily<T>(open: () => T): () => T {
  let value: T | undefined
  return () => (value ??= open())
}

/** Only what the deployment's owner has listed: no other binding can be asked, whatever a record says. */
const boundSources = (env: Env, { sourceBindings }: Config): BoundSources =>
  new Map(
    Object.entries(env).flatMap(([name, value]: [string, unknown]) =>
      sourceBindings.includes(name) && isFetcher(value) ? [[name, value]] : [],
    ),
  )

const isFetcher = (value: unknown): value is Fetcher =>
  typeof value === 'object' && value !== null && 'fetch' in value

/** One for all objects of this isolate: the table is read once. It remembers no text. */
const tokenCounter = openLazily(() => createTokenCounter(tokenTable))

/** What a self-model's object needs: where its snapshots go, and under which seal. */
export function selfModelDeps(
  env: Env,
  { clock, newId }: Pick<Runtime, 'clock' | 'newId'>,
): SelfModelDeps {
  const { secrets } = readConfig(env)
  const vault = secrets && createVault(secrets.roots)
  return {
    clock,
    newId,
    count: (text) => tokenCounter()(text),
    async publish(persona, place) {
      if (!vault) throw new Error('no storage secrets')
      await savePersona(persona, place, { kv: env.PERSONAS, vault })
    },
    retention: async (orgKey) => vault && retentionOf(orgKey, { kv: env.ORGS, vault }),
  }
}
