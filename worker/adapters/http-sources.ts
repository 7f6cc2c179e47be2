import { limits } from '../../shared/limits.ts'
import { fail, ok, type Result } from '../../shared/problem.ts'
import { isSourceUrl } from '../../shared/source-url.ts'
import type { ContextSources } from '../ports.ts'

/** Names the user to a source: a pseudonym that only this org's sources and pages see. */
const SUBJECT = 'edgewise-subject'

/**
 * Context sources behind addresses of the org. What is sent: the pseudonym and the source's own token,
 * nothing of the request. What is read: at most 8 KiB of JSON. A redirect is not followed, for it could
 * lead off the list of hosts. `undefined`: the source has nothing to tell. Rejects where it cannot be reached.
 */
export function httpSources(
  fetch: (url: string, init: RequestInit) => Promise<Response>,
  { development }: { development: boolean },
): ContextSources {
  return {
    async load({ url, token }, { subject, signal }): Promise<Result<unknown>> {
      // Also where the record was written by other means than the ones that check it.
      if (!isSourceUrl(url, { development })) return unusable('an https address')
      const response = await fetch(url, {
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
  if (!body) return unusable('a body')
  const decoder = new TextDecoder()
  let size = 0
  let text = ''
  // Leaving the loop early cancels the rest.
  for await (const piece of body) {
    size += piece.byteLength
    if (size > limits.sourceBytes) return unusable(`at most ${limits.sourceBytes} bytes`)
    text += decoder.decode(piece, { stream: true })
  }
  try {
    return ok(JSON.parse(text + decoder.decode()))
  } catch {
    return unusable('JSON')
  }
}
