import { headers as names } from '../../shared/headers.ts'
import { encodeReceipt } from '../../shared/receipt.ts'
import type { Receipt, Usage } from '../../shared/schema/receipt.ts'
import { estimateTokens } from '../../shared/tokens.ts'
import { withUsageComment, type Metering } from './meter-stream.ts'
import { usageInJson } from './usage.ts'

/** What of a provider's headers reaches the caller. Length and encoding are those of this connection. */
const kept = new Set([
  'content-type',
  'x-request-id',
  'request-id',
  'retry-after',
  'retry-after-ms',
  'x-should-retry',
  'openai-processing-ms',
  'openai-version',
  ...['limit', 'remaining', 'reset'].flatMap((what) => [
    `ratelimit-${what}`,
    `x-ratelimit-${what}-requests`,
    `x-ratelimit-${what}-tokens`,
  ]),
])

export function keptHeaders(upstream: Headers): Record<string, string> {
  const headers: Record<string, string> = { 'cache-control': 'no-store' }
  for (const [name, value] of upstream) if (kept.has(name)) headers[name] = value
  return headers
}

type Account = Metering & {
  receipt: Receipt
  /** The app asked for a stream's usage, so the provider will state it. */
  statesUsage: boolean
  /** Tokens that count as the answer of a stream that nobody looks into. */
  output: number
}

const NOTHING: Usage = { input: 0, output: 0, estimated: false }

/**
 * The provider's answer for the caller: its bytes untouched, with the receipt. Usage is in the receipt,
 * or for a stream, where the provider states it, in a comment before the end; any other stream passes by
 * itself, and an estimate is counted for it.
 */
export async function respond(upstream: Response, account: Account): Promise<Response> {
  const { receipt, statesUsage, input, output, onEnd } = account
  const { status, body } = upstream
  const headers = keptHeaders(upstream.headers)
  const set = (value: Receipt) => {
    headers[names.receipt] = encodeReceipt(value)
  }

  if (!upstream.ok || !body) {
    onEnd(NOTHING)
    set(receipt)
    return new Response(body, { status, headers })
  }
  if (upstream.headers.get('content-type')?.startsWith('text/event-stream')) {
    set(receipt)
    if (statesUsage) {
      return new Response(withUsageComment(body, { input, onEnd }), { status, headers })
    }
    // Left to the platform: each chunk that passes through JavaScript costs more than all else here.
    onEnd({ input, output, estimated: true })
    return new Response(body, { status, headers })
  }
  const bytes = await upstream.arrayBuffer()
  const text = new TextDecoder().decode(bytes)
  const usage = usageInJson(text) ?? { input, output: estimateTokens(text), estimated: true }
  onEnd(usage)
  set({ ...receipt, usage })
  return new Response(bytes, { status, headers })
}

/** Whether a provider refused a request because it is longer than the model's window. */
export async function isLengthError(response: Response): Promise<boolean> {
  if (response.status !== 400) return false
  try {
    const body: unknown = await response.clone().json()
    const error = typeof body === 'object' && body !== null && 'error' in body ? body.error : null
    const code = typeof error === 'object' && error !== null && 'code' in error ? error.code : null
    return code === 'context_length_exceeded'
  } catch {
    return false
  }
}
