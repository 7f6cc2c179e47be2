import { limits } from '../../shared/limits.ts'
import { fail, ok, type Result } from '../../shared/problem.ts'
import type { ContextSource } from '../../shared/schema/source.ts'
import { isSourceUrl } from '../../shared/source-url.ts'
import { readBounded } from '../bounded-text.ts'
import type { ContextSources } from '../ports.ts'

/** Names the user to a source: a pseudonym that only this org's sources and pages see. */
const SUBJECT = 'edgewise-subject'

/** Workers that are bound to this one as sources, by the names of their bindings. */
export type BoundSources = ReadonlyMap<string, Pick<Fetcher, 'fetch'>>

/** The address under which a bound Worker is asked: it sees the path alone, the source's name. */
const BOUND = 'https://edgewise.internal/'

/**
 * Context sources behind addresses of the org, or behind service bindings. What is sent: the pseudonym and the source's own token,
 * nothing of the request. What is read: at most 8 KiB of JSON. A redirect is not followed, for it could
 * lead off the list of hosts. `undefined`: the source has nothing to tell. Rejects where it cannot be reached.
 */
export function httpSources(
  fetch: (url: string, init: RequestInit) => Promise<Response>,
  { development, bound }: { development: boolean; bound: BoundSources },
): ContextSources {
  // Also where the record was written by other means than the ones that check it.
  function wayTo({ name, url, binding }: ContextSource) {
    if (binding !== undefined) {
      const worker = bound.get(binding)
      return worker && ((init: RequestInit) => worker.fetch(BOUND + name, init))
    }
    if (url === undefined || !isSourceUrl(url, { development })) return undefined
    return (init: RequestInit) => fetch(url, init)
  }
  return {
    async load(source, { subject, signal }): Promise<Result<unknown>> {
      const ask = wayTo(source)
      if (!ask) return unusable('an https address, or a binding of SOURCE_BINDINGS')
      const { token } = source
      const response = await ask({
        headers: {
          accept: 'application/json',
          [SUBJECT]: subject,
          ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
        },
        redirect: 'manual',
        signal,
      })
      if (response.status === 204 || response.status === 404) {
        await response.body?.cancel()
        return ok(undefined)
      }
      const type = response.headers.get('content-type') ?? ''
      if (response.status !== 200 || !/^application\/([\w.-]+\+)?json\b/i.test(type)) {
        await response.body?.cancel()
        return unusable('200 with application/json')
      }
      return readJson(response)
    },
  }
}

const unusable = (expected: string) => fail('bad_request', { field: 'source', expected })

async function readJson({ body }: Response): Promise<Result<unknown>> {
  const text = await readBounded(body, limits.sourceBytes)
  if (text === undefined) return unusable(`a body of at most ${limits.sourceBytes} bytes`)
  try {
    return ok(JSON.parse(text))
  } catch {
    return unusable('JSON')
  }
}
