import type { OrgKey } from '../../shared/schema/org.ts'
import type {
  AuditLog,
  Clock,
  ContextSources,
  DeadLetters,
  Delivery,
  DeviceTokens,
  Erasures,
  LearningQueue,
  Log,
  Meter,
  NewId,
  OrgRecords,
  Orgs,
  Personas,
  Provider,
  Rates,
  SelfModels,
  StorageKeys,
  Tokens,
} from '../ports.ts'
import { createAdmin, type Admin } from './admin.ts'
import { createAdmit, type Admit } from './admit.ts'
import { createAllowances } from './allowances.ts'
import { createAnswer, type Answer } from './answer.ts'
import { createAttach, type Attach, type EdgeGate } from './attach.ts'
import { createDevices, type Devices } from './devices.ts'
import { createForget, type Forget } from './forget.ts'
import { createIdentify, type ClaimedOrg } from './identify.ts'
import { createBury, createLearn } from './learn.ts'
import { createListModels, type ListModels } from './list-models.ts'
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
  provider: Provider
  /** Opened when the edge first has to decide. */
  gate: () => EdgeGate
  /** Opened when a conversation is first to be read. */
  extract: () => EdgeExtract
  learning: LearningQueue
  deadLetters: DeadLetters
  audit: AuditLog
  erasures: Erasures
  deviceTokens: DeviceTokens
  developmentKey?: OrgKey
}

/** What routes can ask for. It holds this isolate's memory: org records, personas, leases. */
export type Flows = {
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
  erasures: Erasures
  audit: AuditLog
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
  return { learn: createLearn({ ...ports, log }), bury: createBury({ ...ports, log }) }
}

const logOf = (ports: Ports) => (cause: string) =>
  ports.log({ code: 'internal', request: 'flow', cause })

export function createFlows(ports: Ports): Flows {
  const { clock, newId, provider, selfModels } = ports
  const log = logOf(ports)
  const identify = createIdentify(ports)
  const admit = createAdmit({ identify, rates: ports.rates, clock })
  const reader = createPersonaReader({ personas: ports.personas, clock, log })
  const sources = createSourceReader({ sources: ports.sources, clock })
  const attach = createAttach({ reader, sources, gate: ports.gate, clock, log })
  const allowances = createAllowances({ meter: ports.meter, clock, newId })
  return {
    admin: createAdmin({ ...ports, identify, records: ports.orgRecords }),
    admit,
    attach,
    selfModels,
    reader,
    clock,
    newId,
    answer: createAnswer({ admit, attach, allowances, provider, clock }),
    models: createListModels({ admit, provider }),
    observe: createObserve(ports),
    devices: createDevices({ ...ports, identify, tokens: ports.deviceTokens }),
    forget: createForget({ ...ports, log }),
    erasures: ports.erasures,
    audit: ports.audit,
    log,
  }
}
