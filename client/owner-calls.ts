import type { Fact } from '../shared/schema/fact.ts'
import type { AuditEntry, Change, Erasure, OwnerSettings } from '../shared/schema/learning.ts'
import type { Routes } from '../shared/contract.ts'
import type { OutcomeReply } from '../shared/schema/experiment.ts'
import type { Persona } from '../shared/schema/persona.ts'
import type { SelfModelView } from '../shared/schema/session.ts'
import type { CallOf } from './api.ts'
import { isObject } from '../shared/is-object.ts'
import { isFact, isList, isPersona } from './check.ts'

type Facets = NonNullable<SelfModelView['facets']>

const isAbout = (value: unknown): value is { fact: string } =>
  isObject(value) && typeof value['fact'] === 'string'

const isFacets = (value: unknown): value is Facets =>
  isObject(value) &&
  isObject(value['style']) &&
  isList(value['expertise'], isAbout) &&
  isList(value['goals'], isAbout)

const isSelfModel = (value: unknown): value is SelfModelView =>
  isObject(value) &&
  isList(value['facts'], isFact) &&
  isPersona(value['persona']) &&
  (value['facets'] === undefined || isFacets(value['facets']))

const isForgotten = (value: unknown): value is { persona: Persona } =>
  isObject(value) && isPersona(value['persona'])

const isChanged = (value: unknown): value is { fact: Fact; persona: Persona } =>
  isForgotten(value) && 'fact' in value && isFact(value.fact)

const isErasure = (value: unknown): value is Erasure =>
  isObject(value) && typeof value['signed'] === 'string'

const isErased = (value: unknown): value is { persona: Persona; erasure?: Erasure } =>
  isForgotten(value) && (!('erasure' in value) || isErasure(value.erasure))

const isChange = (value: unknown): value is Change =>
  isObject(value) &&
  typeof value['id'] === 'number' &&
  typeof value['at'] === 'number' &&
  typeof value['action'] === 'string'

const isHistory = (value: unknown): value is { changes: Change[] } =>
  isObject(value) && isList(value['changes'], isChange)

const isAuditEntry = (value: unknown): value is AuditEntry =>
  isObject(value) && typeof value['at'] === 'number' && typeof value['action'] === 'string'

const isAuditLog = (value: unknown): value is { entries: AuditEntry[] } =>
  isObject(value) && isList(value['entries'], isAuditEntry)

const isSettled = (value: unknown): value is { settings: OwnerSettings; persona: Persona } =>
  isForgotten(value) && 'settings' in value && isObject(value.settings)

const isMerged = (value: unknown): value is { merged: number; persona: Persona } =>
  isForgotten(value) && 'merged' in value && typeof value.merged === 'number'

const isOutcomeReply = (value: unknown): value is OutcomeReply =>
  isObject(value) && typeof value['counted'] === 'boolean'

/** The routes that stand behind what the user may do. */
export const calls = {
  selfModel: { method: 'GET', path: '/v1/self-model', is: isSelfModel },
  exportSelfModel: { method: 'GET', path: '/v1/self-model/export', is: isSelfModel },
  forget: { method: 'DELETE', path: '/v1/self-model', is: isErased },
  addFact: { method: 'POST', path: '/v1/self-model/facts', is: isChanged },
  changeFact: { method: 'PATCH', path: '/v1/self-model/facts/:id', is: isChanged },
  deleteFact: { method: 'DELETE', path: '/v1/self-model/facts/:id', is: isForgotten },
  history: { method: 'GET', path: '/v1/self-model/history', is: isHistory },
  undo: { method: 'POST', path: '/v1/self-model/history/:id/undo', is: isForgotten },
  audit: { method: 'GET', path: '/v1/self-model/audit', is: isAuditLog },
  settings: { method: 'PATCH', path: '/v1/self-model/settings', is: isSettled },
  mergeDevice: { method: 'POST', path: '/v1/devices/merge', is: isMerged },
  outcome: { method: 'POST', path: '/v1/outcomes', is: isOutcomeReply },
} as const satisfies { [K in OwnersRoute]: CallOf<K> }

type OwnersRoute = Exclude<
  keyof Routes,
  'openSession' | 'context' | 'observe' | 'earned' | 'erasure'
>
