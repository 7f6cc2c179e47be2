import { renderPersona } from '../../shared/persona.ts'
import type { Fact } from '../../shared/schema/fact.ts'
import type { Persona } from '../../shared/schema/persona.ts'
import type { SelfModelView } from '../../shared/schema/session.ts'
import * as pure from '../../shared/self-model.ts'
import type { State } from './self-model-rows.ts'

/** What its owner sees of a self-model, and what the panel draws. */
export function viewOf(
  { meta, model }: State,
  { now, persona }: { now: number; persona: Persona },
): SelfModelView {
  const { version, epoch } = model
  const facts: Fact[] = pure.currentFacts(model.facts, now)
  return {
    version,
    epoch,
    facts,
    persona,
    facets: pure.facetsOf(facts, now),
    ...meta.settings,
    ...(meta.erasedAt > 0 ? { erased: { epoch, at: meta.erasedAt } } : {}),
  }
}

/** Whether a snapshot changes. Counting would add nothing: the same facts have the same tokens. */
export const isOtherPersona = (
  before: pure.SelfModel,
  after: pure.SelfModel,
  now: number,
): boolean =>
  JSON.stringify(renderPersona(before, now)) !== JSON.stringify(renderPersona(after, now))
