import type { ProviderConfig } from '../provider-config.ts'
import type { Provider } from '../ports.ts'
import { always, passHeaders, send, type Fetch } from './send.ts'

/** These name the caller's own account, so they go along with the caller's own key only. */
const withOwnKey = [...always, 'openai-organization', 'openai-project', 'openai-beta'] as const

/** Any server that speaks OpenAI's dialects, at the configured address and nowhere else. */
export function openai(
  { baseUrl, key: ours, parts }: Extract<ProviderConfig, { name: 'openai' }>,
  fetch: Fetch,
): Provider {
  function headersFor(from: Headers, own: string | undefined): Record<string, string> {
    const headers = passHeaders(from, own === undefined ? always : withOwnKey)
    const key = own ?? ours
    if (key !== undefined) headers['authorization'] = `Bearer ${key}`
    return headers
  }

  return {
    name: 'openai',
    parts,
    chat: ({ route = 'chat/completions', body, headers, signal, key }) =>
      send(fetch, `${baseUrl}/${route}`, {
        method: 'POST',
        body,
        headers: headersFor(headers, key),
        signal,
      }),
    models: ({ headers, signal, key, path }) =>
      send(fetch, `${baseUrl}/models${path}`, { headers: headersFor(headers, key), signal }),
  }
}
