import type { Place, SelfModels, Subject } from '../learning-ports.ts'
import type { SelfModelObject } from './self-model-object.ts'

const placeOf = ({ orgKey, persona, retentionDays }: Subject): Place => ({
  orgKey,
  persona,
  ...(retentionDays === undefined ? {} : { retentionDays }),
})

/** Calls the object of a user. What comes back is copied out of the call's own memory. */
export function durableSelfModels(objects: DurableObjectNamespace<SelfModelObject>): SelfModels {
  const objectOf = ({ userKey }: Subject) => objects.getByName(userKey)
  return {
    view: async (subject) => objectOf(subject).view(),
    addFact: async (subject, fact) => objectOf(subject).addFact(fact, placeOf(subject)),
    changeFact: async (subject, change) => objectOf(subject).changeFact(change, placeOf(subject)),
    removeFact: async (subject, id) => objectOf(subject).removeFact(id, placeOf(subject)),
    undo: async (subject, change) => objectOf(subject).undo(change, placeOf(subject)),
    earned: async (subject, counts) => objectOf(subject).earned(counts, placeOf(subject)),
    history: async (subject) => objectOf(subject).history(),
    settings: async (subject, change) => objectOf(subject).settings(change, placeOf(subject)),
    learn: async (subject, lessons) => objectOf(subject).learn(lessons, placeOf(subject)),
    unread: async (subject, asked) => objectOf(subject).unread(asked),
    forget: async (subject) => objectOf(subject).forget(placeOf(subject)),
  }
}
