import type * as z from 'zod/mini'
import { fail, type Result } from './problem.ts'

/** The first thing that a schema found wrong: the field, and what was expected there. */
export function schemaProblem(issues: readonly z.core.$ZodIssue[]): Result<never> {
  const [first] = issues
  const { issue, path } = first ? deepest(first, first.path) : { issue: undefined, path: [] }
  return fail('bad_request', {
    field: pathOf(path) || 'body',
    expected: issue ? expectedOf(issue) : 'a valid body',
  })
}

/** Of a choice of shapes, what was wrong with the one that came nearest. */
function deepest(
  issue: z.core.$ZodIssue,
  path: readonly PropertyKey[],
): { issue: z.core.$ZodIssue; path: readonly PropertyKey[] } {
  if (issue.code !== 'invalid_union') return { issue, path }
  const found = issue.errors.flatMap(([inner]) =>
    inner ? [deepest(inner, [...path, ...inner.path])] : [],
  )
  return found.toSorted((a, b) => b.path.length - a.path.length)[0] ?? { issue, path }
}

/** `facts[2].text` */
export const pathOf = (path: readonly PropertyKey[]): string =>
  path.reduce<string>((text, key) => {
    if (typeof key === 'number') return `${text}[${key}]`
    return text === '' ? String(key) : `${text}.${String(key)}`
  }, '')

function expectedOf(issue: z.core.$ZodIssue): string {
  switch (issue.code) {
    case 'invalid_type':
      return issue.expected
    case 'invalid_value':
      return `one of ${issue.values.map(String).join(', ')}`
    case 'too_big':
      return `at most ${issue.maximum}`
    case 'too_small':
      return `at least ${issue.minimum}`
    default:
      return issue.message
  }
}
