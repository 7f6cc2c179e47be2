import * as z from 'zod/mini'

const levels = ['plain', 'usual', 'expert'] as const
const lengths = ['brief', 'usual', 'thorough'] as const
const forms = ['free', 'structured'] as const
type Name = `${Level}-${(typeof lengths)[number]}-${(typeof forms)[number]}`
export type Level = (typeof levels)[number]

/** All 18: what a class says of level, length and form of answers; `usual` and `free` say nothing. */
export const cohorts: readonly Name[] = levels.flatMap((level) =>
  lengths.flatMap((length) => forms.map((form): Name => `${level}-${length}-${form}`)),
)

/** A class of users by what they know and how they like answers, as `expert-brief-structured`. */
export const Cohort = z.enum(cohorts)
export type Cohort = z.infer<typeof Cohort>
