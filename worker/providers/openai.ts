import { fail, ok, type Result } from '../../shared/problem.ts'
import type { Provider } from '../ports.ts'
import type { ProviderConfig } from '../config.ts'

/** What of the caller's headers a provider sees; nothing of ours, no cookie, no address. */
const always = ['accept', 'content-type', 'content-encoding', 'user-agent'] as const
/** These name the caller's own account, so they go along with the caller's own key only. */
const withOwnKey = ['openai-organization', 'openai-project', 'openai-beta'] as const

/** Any server that speaks OpenAI's chat completions, at the configured address and nowhere else. */
export function openai(
  { baseUrl, key: ours, parts }: Extract<ProviderConfig, { name: 'openai' }>,
  fetch: (url: string, init: RequestInit) => Promise<Response>,
): Provider {
  async function send(path: string, init: RequestInit): Promise<Result<Response>> {
    try {
      const response = await fetch(baseUrl + path, { ...init, redirect: 'manual' })
      // A redirect would carry the key and the prompt to another host.
      if (response.status < 300 || response.status >= 400) return ok(response)
      await response.body?.cancel()
      return fail('provider_unreachable', { detail: `It answered ${response.status}, a redirect.` })
    } catch {
      return fail('provider_unreachable')
    }
  }

  function headersFor(from: Headers, own: string | undefined): Headers {
    const headers = new Headers()
    for (const name of own === undefined ? always : [...always, ...withOwnKey]) {
      const value = from.get(name)
      if (value !== null) headers.set(name, value)
    }
    const key = own ?? ours
    if (key !== undefined) headers.set('authorization', `Bearer ${key}`)
    return headers
  }

  return {
    name: 'openai',
    parts,
    chat: ({ body, headers, signal, key }) =>
      send('/chat/completions', {
        method: 'POST',
        body,
        headers: headersFor(headers, key),
        signal,
      }),
    models: ({ headers, signal, key, path }) =>
      send(`/models${path}`, { headers: headersFor(headers, key), signal }),
  }
}
