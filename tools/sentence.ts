import { problems, type Problem } from '../shared/problem.ts'

/** A problem in one plain sentence, for a terminal. */
export function sentence({ code, field, expected, detail }: Problem): string {
  const where = field === undefined ? '' : ` (${field})`
  const what = expected === undefined ? '' : ` Expected: ${expected}.`
  return `${problems[code].title}${where}.${detail ? ` ${detail}` : ''}${what}`
}
