import * as z from 'zod/mini'
import { extractFrom } from '../shared/extract/extract.ts'
import type { LoadedTagger } from './load-tagger.ts'

const Line = z.looseObject({ id: z.union([z.string(), z.number()]), text: z.string() })

/** What one line of input is answered with; see `npm run -s extract -- --help`. */
export type Answer = Record<string, unknown>

/** Answers one line; a bad one with `{id?, error}`. Never rejects for any line. */
export async function answerLine(text: string, { tagger, config }: LoadedTagger): Promise<Answer> {
  const value = parseJson(text)
  if (value === undefined) return { error: errorOf('bad_json', '', 'one JSON object a line') }
  const parsed = Line.safeParse(value)
  if (parsed.success) {
    const { id, text: message } = parsed.data
    return { id, facts: await extractFrom(message, tagger, config) }
  }
  const [issue] = parsed.error.issues
  const expected = issue && 'expected' in issue ? String(issue.expected) : 'string or number'
  const field = (issue?.path ?? []).map(String).join('.')
  return { ...readId(value), error: errorOf('bad_request', field, expected) }
}

const errorOf = (code: string, field: string, expected: string) => ({ code, field, expected })

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

function readId(value: unknown): { id?: string | number } {
  const parsed = z.looseObject({ id: Line.shape.id }).safeParse(value)
  return parsed.success ? { id: parsed.data.id } : {}
}
