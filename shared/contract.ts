import * as z from 'zod/mini'
import { EarnedReport, FactChange, Fact, NewFact } from './schema/fact.ts'
import {
  AuditLog,
  ChosenLetters,
  DeadLetterList,
  Device,
  Erasure,
  History,
  LettersDone,
  MergeDevice,
  NewDevice,
  Observation,
  Observed,
  OwnerSettings,
  SettingsChange,
} from './schema/learning.ts'
import {
  ContextReply,
  ContextRequest,
  OpenSession,
  SelfModelExport,
  SelfModelView,
  Session,
} from './schema/session.ts'
import { Outcome, OutcomeReply } from './schema/experiment.ts'
import { ExperimentList, ExperimentResults } from './schema/experiment-report.ts'
import { MetricsReport } from './schema/metrics.ts'
import { Org } from './schema/org.ts'
import { Persona } from './schema/persona.ts'

type Route = {
  method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'
  path: string
  body?: z.ZodMiniType
  reply: z.ZodMiniType
  /** Of a good answer; 200 where left out. */
  status?: number
}

const Changed = z.object({ fact: Fact, persona: Persona })
/** How many of the facts are known. */
const Counted = z.object({ counted: z.number() })
const Forgotten = z.object({ persona: Persona })
const Erased = z.object({ persona: Persona, erasure: z.optional(Erasure) })
/** A JSON Web Key Set: it verifies the proofs of erasure. */
const KeySet = z.object({ keys: z.array(z.record(z.string(), z.unknown())) })
const Settled = z.object({ settings: OwnerSettings, persona: Persona })
const Merged = z.object({ merged: z.number(), persona: Persona })

/** The own routes, once: router, typed client and documentation are made from this table. */
export const routes = {
  openSession: { method: 'POST', path: '/v1/sessions', body: OpenSession, reply: Session },
  context: { method: 'POST', path: '/v1/context', body: ContextRequest, reply: ContextReply },
  selfModel: { method: 'GET', path: '/v1/self-model', reply: SelfModelView },
  exportSelfModel: { method: 'GET', path: '/v1/self-model/export', reply: SelfModelExport },
  forget: { method: 'DELETE', path: '/v1/self-model', reply: Erased },
  addFact: { method: 'POST', path: '/v1/self-model/facts', body: NewFact, reply: Changed },
  changeFact: {
    method: 'PATCH',
    path: '/v1/self-model/facts/:id',
    body: FactChange,
    reply: Changed,
  },
  deleteFact: { method: 'DELETE', path: '/v1/self-model/facts/:id', reply: Forgotten },
  earned: { method: 'POST', path: '/v1/self-model/earned', body: EarnedReport, reply: Counted },
  history: { method: 'GET', path: '/v1/self-model/history', reply: History },
  undo: { method: 'POST', path: '/v1/self-model/history/:id/undo', reply: Forgotten },
  audit: { method: 'GET', path: '/v1/self-model/audit', reply: AuditLog },
  settings: {
    method: 'PATCH',
    path: '/v1/self-model/settings',
    body: SettingsChange,
    reply: Settled,
  },
  erasure: { method: 'GET', path: '/v1/self-model/erasure', reply: Erasure },
  observe: { method: 'POST', path: '/v1/observe', body: Observation, reply: Observed, status: 202 },
  outcome: { method: 'POST', path: '/v1/outcomes', body: Outcome, reply: OutcomeReply },
  mergeDevice: { method: 'POST', path: '/v1/devices/merge', body: MergeDevice, reply: Merged },
} as const satisfies Record<string, Route>
export type Routes = typeof routes

/** Routes for tokens of an org whose scope holds `org:admin`; `If-Match` names the revision that is changed. */
export const adminRoutes = {
  getOrg: { method: 'GET', path: '/v1/admin/orgs/:org', reply: Org },
  putOrg: { method: 'PUT', path: '/v1/admin/orgs/:org', body: Org, reply: Org },
  deadLetters: { method: 'GET', path: '/v1/admin/orgs/:org/dead-letters', reply: DeadLetterList },
  replayDeadLetters: {
    method: 'POST',
    path: '/v1/admin/orgs/:org/dead-letters/replay',
    body: ChosenLetters,
    reply: LettersDone,
  },
  dropDeadLetters: {
    method: 'POST',
    path: '/v1/admin/orgs/:org/dead-letters/drop',
    body: ChosenLetters,
    reply: LettersDone,
  },
  /** Of the token's org; the query is `MetricsQuery`. */
  metrics: { method: 'GET', path: '/v1/admin/reports/metrics', reply: MetricsReport },
  /** Of the token's org. */
  experiments: { method: 'GET', path: '/v1/admin/reports/experiments', reply: ExperimentList },
  /** `?outcome=`: one of the experiment's; the first, where left out. */
  experiment: {
    method: 'GET',
    path: '/v1/admin/reports/experiments/:id',
    reply: ExperimentResults,
  },
} as const satisfies Record<string, Route>

/** Routes that need no app token. */
export const openRoutes = {
  openDevice: { method: 'POST', path: '/v1/devices', body: NewDevice, reply: Device },
  keys: { method: 'GET', path: '/v1/keys', reply: KeySet },
} as const satisfies Record<string, Route>
