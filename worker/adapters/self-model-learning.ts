import { limits } from '../../shared/limits.ts'
import type { Category } from '../../shared/schema/fact.ts'
import type { Lesson, LessonOutcome } from '../../shared/schema/learning.ts'
import type { Sighting } from '../../shared/self-model.ts'
import type { Meta } from './self-model-rows.ts'

/** Whether a lesson may still be learned; undefined where it may. */
export function objectTo(
  lesson: Pick<Lesson, 'made' | 'epoch'>,
  meta: Meta,
  now: number,
): LessonOutcome | undefined {
  if (lesson.made < now - limits.learningTime) return 'late'
  const isOlder =
    lesson.epoch === undefined || lesson.epoch > meta.epoch
      ? // Nobody knows of which epoch it is: then what was made before the erasure, or may have been, is void.
        meta.erasedAt > 0 && lesson.made <= meta.erasedAt + limits.clockSkew
      : lesson.epoch < meta.epoch
  if (isOlder) return 'void'
  return meta.settings.learn ? undefined : 'off'
}

/**
 * The statements of messages that were not learned before, without what org or owner forbid. Whoever
 * made the lesson has sifted them (`learnable`); it was sealed since.
 */
export function sightingsOf(
  lesson: Lesson,
  meta: Meta,
  isNew: (messageId: string) => boolean,
): Sighting[] {
  const blocked = new Set<Category>([...lesson.blocked, ...(meta.settings.limits?.blocked ?? [])])
  return lesson.messages
    .filter(({ id }) => isNew(id))
    .flatMap(({ facts }) => facts)
    .filter(({ category }) => !blocked.has(category))
    .map(({ expires, supersedes, at, ...said }) => ({
      ...said,
      at: Math.min(at, lesson.made),
      ...(expires === undefined ? {} : { expires }),
      ...(supersedes === undefined ? {} : { supersedes }),
    }))
}
