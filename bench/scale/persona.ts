import { renderPersona } from '../../shared/persona.ts'
import type { Persona } from '../../shared/schema/persona.ts'
import { addFact, emptyModel } from '../../shared/self-model.ts'
import { facts } from '../edge/conversation.ts'

/** The snapshot of a user with the bench's twelve facts, rendered as the edge does it. */
export function benchPersona(now: number): Persona {
  let model = emptyModel()
  for (const [i, [category, text]] of facts.entries()) {
    const added = addFact(model, { category, text }, { id: `f${i}`, now })
    if (added.ok) model = added.value.model
  }
  return renderPersona(model, now)
}
