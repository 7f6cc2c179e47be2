export { isOver, sizeOf } from './self-model/bounds.ts'
export {
  changesBetween,
  withoutRemovedWords,
  type ChangeContext,
  type NewChange,
} from './self-model/changes.ts'
export { currentFacts } from './self-model/current.ts'
export { addEarned, sumEarned, type EarnedCounts } from './self-model/earned.ts'
export { addFact, changeFact, removeFact, type Changed } from './self-model/edit.ts'
export { facetsOf } from './self-model/facets.ts'
export { isSameStatement, type Sighting } from './self-model/join.ts'
export { learnSightings } from './self-model/learn.ts'
export { emptyModel, forgetAll, type Removed, type SelfModel } from './self-model/model.ts'
export { letGo, nextToGo } from './self-model/retention.ts'
export { undoChange } from './self-model/undo.ts'
export { wordsToKeep } from './self-model/words.ts'
