import type { Fact } from '../shared/schema/fact.ts'
import type { Persona } from '../shared/schema/persona.ts'
import type { SelfModelView } from '../shared/schema/session.ts'
import type { CallOf } from './api.ts'
import { isFact, isList, isObject, isPersona } from './check.ts'

const isSelfModel = (value: unknown): value is SelfModelView =>
  isObject(value) && isList(value['facts'], isFact) && isPersona(value['persona'])

const isForgotten = (value: unknown): value is { persona: Persona } =>
  isObject(value) && isPersona(value['persona'])

const isChanged = (value: unknown): value is { fact: Fact; persona: Persona } =>
  isForgotten(value) && 'fact' in value && isFact(value.fact)

/** The routes that stand behind what the user may do. */
export const calls = {
  selfModel: { method: 'GET', path: '/v1/self-model', is: isSelfModel },
  exportSelfModel: { method: 'GET', path: '/v1/self-model/export', is: isSelfModel },
  forget: { method: 'DELETE', path: '/v1/self-model', is: isForgotten },
  addFact: { method: 'POST', path: '/v1/self-model/facts', is: isChanged },
  changeFact: { method: 'PATCH', path: '/v1/self-model/facts/:id', is: isChanged },
  deleteFact: { method: 'DELETE', path: '/v1/self-model/facts/:id', is: isForgotten },
} as const satisfies {
  [
    K in 'selfModel' | 'exportSelfModel' | 'forget' | 'addFact' | 'changeFact' | 'deleteFact'
  ]: CallOf<K>
}
