import type { OrgKey } from '../../shared/schema/org.ts'
import type {
  Clock,
  ContextSources,
  DeviceTokens,
  Log,
  Meter,
  MetricStore,
  NewId,
  OrgRecords,
  Orgs,
  Personas,
  Provider,
  Rates,
  StorageKeys,
  Tokens,
} from '../ports.ts'
import type {
  AuditLog,
  DeadLetters,
  Delivery,
  Erasures,
  LearningQueue,
  SelfModels,
} from '../learning-ports.ts'
import type { ExperimentStore } from '../experiment-ports.ts'
import { createAdmin, type Admin } from './admin.ts'
import { createAdmit, type Admit } from './admit.ts'
import { createAllowances } from './allowances.ts'
import { createAnswer, type Answer } from './answer.ts'
import { createAttach, type Attach, type EdgeGate } from './attach.ts'
import { createBury } from './bury.ts'
import { createLetters, type Letters } from './dead-letters.ts'
import { createDevices, type Devices } from './devices.ts'
import { createExperiments, type Experiments } from './experiments.ts'
import { createErase } from './erase.ts'
import { createForget, type Forget } from './forget.ts'
import { createIdentify, type ClaimedOrg } from './identify.ts'
import { createLearn } from './learn.ts'
import { createInfer, type EdgePick } from './infer.ts'
import { createLastingAudit } from './lasting-audit.ts'
import { createLastingDrop, type LastingDrop } from './lasting-drop.ts'
import { createListModels, type ListModels } from './list-models.ts'
import { createMetricReports, type MetricReports } from './metric-reports.ts'
import { createMetrics, type Metrics } from './metrics.ts'
import { createObserve, type EdgeExtract, type Observe } from './observe.ts'
import { createPersonaReader, type PersonaReader } from './persona-reader.ts'
import { createSourceReader } from './sources.ts'

/** All that the flows need from outside. */
export type Ports = {
  clock: Clock
  newId: NewId
  log: Log
  orgs: Orgs
  personas: Personas
  sources: ContextSources
  orgRecords: OrgRecords
  /** On a developer's machine: servers of this machine may be sources. */
  development: boolean
  selfModels: SelfModels
  tokens: Tokens
  claimedOrg: ClaimedOrg
  storageKeys: (org: string, user: string) => Promise<StorageKeys>
  meter: Meter
  rates: Rates
  /** For OpenAI's dialects, and for Anthropic's. */
  provider: Provider
  anthropic: Provider
  /** Opened when the edge first has to decide. */
  gate: () => EdgeGate
  /** Opened when a conversation is first to be read. */
  extract: () => EdgeExtract
  /** Opened when a language model first proposes something. */
  pick: () => EdgePick
  learning: LearningQueue
  deadLetters: DeadLetters
  audit: AuditLog
  erasures: Erasures
  deviceTokens: DeviceTokens
  /** Left out where the deployment has no database. */
  metrics?: MetricStore
  experiments?: ExperimentStore
  /** Reads the metrics of all orgs. */
  metricsToken?: string
  developmentKey?: OrgKey
}

/** What routes can ask for. It holds this isolate's memory: org records, personas, leases. */
export type Flows = Experiments & {
  admin: Admin
  admit: Admit
  attach: Attach
  answer: Answer
  models: ListModels
  selfModels: SelfModels
  reader: PersonaReader
  observe: Observe
  devices: Devices
  forget: Forget
  letters: Letters
  erasures: Erasures
  audit: AuditLog
  /** Left out where the deployment has no database. */
  keptForExperiments?: ExperimentStore['listOf']
  metrics: Metrics
  reports: MetricReports
  clock: Clock
  newId: NewId
  log: (cause: string) => void
}

/** What the queues ask for. */
export type Consumers = {
  learn: (batch: readonly Delivery[]) => Promise<void>
  bury: (batch: readonly Delivery[]) => Promise<void>
}

export function createConsumers(ports: Ports): Consumers {
  const log = logOf(ports)
  const metrics = metricsOf(ports)
  const infer = createInfer({ ...ports, allowances: createAllowances(ports) })
  return {
    learn: createLearn({
      ...ports,
      infer,
      audit: auditOf(ports),
      kept: keptOf(ports),
      metrics,
      log,
    }),
    bury: createBury({ ...ports, log }),
  }
}

/** Milliseconds for which an isolate gathers what it counts; less where somebody sits and watches. */
const AGE = 10_000
const AGE_IN_DEVELOPMENT = 1500

const ageOf = ({ development }: Ports): number => (development ? AGE_IN_DEVELOPMENT : AGE)

const metricsOf = (ports: Ports): Metrics =>
  createMetrics({
    ...ports,
    store: ports.metrics,
    log: logOf(ports),
    age: ageOf(ports),
  })

const auditOf = ({ audit, learning }: Ports): AuditLog => createLastingAudit(audit, learning)

/** Without a database nothing was ever kept. */
const keptOf = ({ deadLetters, experiments, learning }: Ports): LastingDrop =>
  createLastingDrop(experiments ? [experiments, deadLetters] : [], learning)

const logOf = (ports: Ports) => (cause: string) =>
  ports.log({ code: 'internal', request: 'flow', cause })

export function createFlows(ports: Ports): Flows {
  const { clock, newId, selfModels } = ports
  const providers = { openai: ports.provider, anthropic: ports.anthropic }
  const log = logOf(ports)
  const metrics = metricsOf(ports)
  const identify = createIdentify(ports)
  const admit = createAdmit({ identify, rates: ports.rates, clock })
  const reader = createPersonaReader({ personas: ports.personas, clock, log })
  const sources = createSourceReader({ sources: ports.sources, clock })
  const attach = createAttach({ reader, sources, gate: ports.gate, clock, log })
  const allowances = createAllowances({ meter: ports.meter, clock, newId })
  const admin = createAdmin({ ...ports, identify, records: ports.orgRecords })
  const age = ageOf(ports)
  const experiments = createExperiments({ ...ports, store: ports.experiments, admin, log, age })
  const erase = createErase({ selfModels, ...experiments, kept: keptOf(ports), log })
  return {
    admin,
    admit,
    attach,
    selfModels,
    reader,
    clock,
    newId,
    ...experiments,
    answer: createAnswer({ ...experiments, admit, attach, allowances, providers, metrics, clock }),
    models: createListModels({ admit, providers }),
    observe: createObserve(ports),
    devices: createDevices({ ...ports, identify, tokens: ports.deviceTokens, erase }),
    forget: createForget({ ...ports, erase, metrics }),
    letters: createLetters(ports),
    erasures: ports.erasures,
    audit: auditOf(ports),
    ...(ports.experiments ? { keptForExperiments: ports.experiments.listOf } : {}),
    metrics,
    reports: createMetricReports({ ...ports, admin }),
    log,
  }
}
