import type { ChatCall } from '../ports.ts'
import { fail, ok, type Result } from '../../shared/problem.ts'

export type Fetch = (url: string, init: RequestInit) => Promise<Response>

type Outgoing = {
  method?: 'GET' | 'POST'
  body?: ChatCall['body'] | null
  headers: Record<string, string>
  signal: AbortSignal
}

/** Asks a provider. Errors: `provider_unreachable`, also for a redirect. */
export async function send(
  fetch: Fetch,
  url: string,
  { method = 'GET', body = null, headers, signal }: Outgoing,
): Promise<Result<Response>> {
  // What was read as JSON here must not be read as a form there.
  if (body !== null) headers['content-type'] = 'application/json'
  try {
    const init = { method, body, headers, signal, redirect: 'manual' } as const
    const response = await fetch(url, init)
    // A redirect would carry the key and the prompt to another host.
    if (response.status < 300 || response.status >= 400) return ok(response)
    await response.body?.cancel()
    return fail('provider_unreachable', { detail: `It answered ${response.status}, a redirect.` })
  } catch {
    return fail('provider_unreachable')
  }
}

/** What of the caller's headers a provider sees; nothing of ours, no cookie, no address. */
export function passHeaders(from: Headers, names: readonly string[]): Record<string, string> {
  const headers: Record<string, string> = {}
  for (const name of names) {
    const value = from.get(name)
    if (value !== null) headers[name] = value
  }
  return headers
}

export const always = ['accept', 'content-encoding', 'user-agent'] as const
