import * as z from 'zod/mini'
import {
  fail,
  ok,
  problems,
  type Problem,
  type ProblemCode,
  type Result,
} from '../shared/problem.ts'
import { Org } from '../shared/schema/org.ts'

type Options = { endpoint: string; token: string }

/** One org's record through the admin API of a running deployment, with a token of that org's own. */
export function apiStore({ endpoint, token }: Options): {
  get(id: string): Promise<Result<Org>>
  put(json: unknown): Promise<Result<Org>>
} {
  const base = endpoint.replace(/\/(v1\/?)?$/, '')

  async function call(id: string, init: RequestInit = {}): Promise<Result<Org>> {
    let response: Response
    try {
      response = await fetch(`${base}/v1/admin/orgs/${encodeURIComponent(id)}`, {
        ...init,
        headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
        redirect: 'error',
      })
    } catch {
      return fail('edge_unreachable', { detail: base })
    }
    const body: unknown = await response.json().catch(() => undefined)
    if (!response.ok) return { ok: false, problem: problemOf(body) }
    const read = Org.safeParse(body)
    return read.success ? ok(read.data) : fail('internal', { detail: 'The answer is no record.' })
  }

  return {
    get: (id) => call(id),
    // The revision in the file says on which state the change was made.
    async put(json) {
      const named = Named.safeParse(json)
      if (!named.success) return fail('bad_request', { field: 'id', expected: 'the id of an org' })
      return call(named.data.id, { method: 'PUT', body: JSON.stringify(json) })
    },
  }
}

const Named = z.object({ id: z.string().check(z.minLength(1)) })

const ProblemBody = z.object({
  code: z.custom<ProblemCode>((code) => typeof code === 'string' && code in problems),
  detail: z.optional(z.string()),
  field: z.optional(z.string()),
  expected: z.optional(z.string()),
})

/** The problem that an answer tells of; `internal` where it tells of none that is known. */
export function problemOf(body: unknown): Problem {
  const read = ProblemBody.safeParse(body)
  if (!read.success) return { code: 'internal' }
  const { code, detail, field, expected } = read.data
  return {
    code,
    ...(detail ? { detail } : {}),
    ...(field ? { field } : {}),
    ...(expected ? { expected } : {}),
  }
}
