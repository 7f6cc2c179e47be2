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

type Found = { issue: z.core.$ZodIssue; path: readonly PropertyKey[] }

/** What was wrong with a name, and of a choice of shapes with the one that came nearest. */
function deepest(issue: z.core.$ZodIssue, path: readonly PropertyKey[]): Found {
  if (issue.code === 'unrecognized_keys')
    return { issue, path: [...path, ...issue.keys.slice(0, 1)] }
  const within = (inner: z.core.$ZodIssue | undefined): Found[] =>
    inner ? [deepest(inner, [...path, ...inner.path])] : []
  const found =
    issue.code === 'invalid_key'
      ? within(issue.issues[0])
      : issue.code === 'invalid_union'
        ? issue.errors.flatMap(([inner]) => within(inner))
        : []
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
      return oneOf(issue.values)
    case 'invalid_union':
      return 'options' in issue && issue.options ? oneOf(issue.options) : issue.message
    case 'unrecognized_keys':
      return 'no such field'
    case 'too_big':
      return `${issue.inclusive === false ? 'less than' : 'at most'} ${issue.maximum}`
    case 'too_small':
      return `${issue.inclusive === false ? 'more than' : 'at least'} ${issue.minimum}`
    default:
      return issue.message
  }
}

const oneOf = (values: readonly unknown[]): string => `one of ${values.map(String).join(', ')}`
