import type { ProviderConfig } from '../provider-config.ts'
import type { Provider } from '../ports.ts'
import { always, passHeaders, send, type Fetch } from './send.ts'

/** Version that is spoken where the caller names none. */
const VERSION = '2023-06-01'
const passed = [...always, 'anthropic-version', 'anthropic-beta'] as const

/**
 * Any server that speaks Anthropic's messages, at the configured address and nowhere else. A caller's own
 * key goes on in the header that it came in: older SDKs use `x-api-key`, newer ones `Authorization`.
 */
export function anthropic(
  { baseUrl, key: ours }: Extract<ProviderConfig, { name: 'anthropic' }>,
  fetch: Fetch,
): Provider {
  function headersFor(from: Headers, own: string | undefined): Record<string, string> {
    const headers = passHeaders(from, passed)
    headers['anthropic-version'] ??= VERSION
    const isBearer = own !== undefined && from.get('x-api-key')?.trim() !== own
    if (isBearer) headers['authorization'] = `Bearer ${own}`
    else if (own !== undefined || ours !== undefined) headers['x-api-key'] = own ?? ours ?? ''
    return headers
  }

  return {
    name: 'anthropic',
    parts: true,
    chat: ({ route = 'messages', search = '', body, headers, signal, key }) =>
      send(fetch, `${baseUrl}/v1/${route}${search}`, {
        method: 'POST',
        body,
        headers: headersFor(headers, key),
        signal,
      }),
    models: ({ headers, signal, key, path, search = '' }) =>
      send(fetch, `${baseUrl}/v1/models${path}${search}`, {
        headers: headersFor(headers, key),
        signal,
      }),
  }
}
