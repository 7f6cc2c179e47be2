import type { Dialect } from '../../shared/dialect/port.ts'
import { headers as names } from '../../shared/headers.ts'
import { isObject } from '../../shared/is-object.ts'
import { fail, ok, type Result } from '../../shared/problem.ts'
import { encodeReceipt } from '../../shared/receipt.ts'
import type { Receipt, Usage } from '../../shared/schema/receipt.ts'
import { estimateTokens } from '../../shared/tokens.ts'
import { withUsageComment, type Metering } from './meter-stream.ts'
import { priced, usageInJson } from './usage.ts'

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
    ...['requests', 'tokens', 'input-tokens', 'output-tokens'].map(
      (kind) => `anthropic-ratelimit-${kind}-${what}`,
    ),
  ]),
])

export function keptHeaders(upstream: Headers): Record<string, string> {
  const headers: Record<string, string> = { 'cache-control': 'no-store' }
  upstream.forEach((value, name) => {
    if (kept.has(name)) headers[name] = value
  })
  return headers
}

type Account = Metering & {
  /** All but the usage. */
  receipt: Receipt
  /** The provider will state a stream's usage: `hidden`, where only we have asked for it. */
  statesUsage: boolean | 'hidden'
  /** The request is only counted: the answer has no usage. */
  counts: boolean
  /** Tokens that count as the answer of a stream that nobody looks into. */
  output: number
}

const NOTHING: Usage = { input: 0, output: 0, estimated: false }

/**
 * The provider's answer for the caller: its bytes untouched, with the receipt. Usage is in the receipt,
 * or for a stream, where the provider states it, in a comment before the end; any other stream passes by
 * itself, and an estimate is counted for it. Errors: `provider_unreachable` where an answer breaks off.
 */
export async function respond(upstream: Response, account: Account): Promise<Result<Response>> {
  const { receipt, statesUsage, input, output, onEnd, model } = account
  const { status, body } = upstream
  const headers = keptHeaders(upstream.headers)
  const write = (usage?: Usage) => {
    headers[names.receipt] = encodeReceipt(usage ? { ...receipt, usage } : receipt)
  }

  if (!upstream.ok || !body || account.counts) {
    onEnd(NOTHING)
    write()
    return ok(new Response(body, { status, headers }))
  }
  if (headers['content-type']?.startsWith('text/event-stream')) {
    write()
    if (statesUsage) {
      const metering = { input, onEnd, model, hidden: statesUsage === 'hidden' }
      return ok(new Response(withUsageComment(body, metering), { status, headers }))
    }
    // Left to the platform: each chunk that passes through JavaScript costs more than all else here.
    onEnd({ input, output, estimated: true })
    return ok(new Response(body, { status, headers }))
  }
  const bytes = await upstream.arrayBuffer().catch(() => undefined)
  if (!bytes) {
    // What was asked is paid all the same.
    onEnd({ input, output: 0, estimated: true })
    return fail('provider_unreachable', { detail: 'Its answer broke off.' })
  }
  const text = new TextDecoder().decode(bytes)
  const stated = usageInJson(text) ?? { input, output: estimateTokens(text), estimated: true }
  const usage = priced(stated, model)
  onEnd(usage)
  write(usage)
  return ok(new Response(bytes, { status, headers }))
}

/** Whether a provider refused a request (400) because it is longer than the model's window. */
export async function isTooLong(response: Response, dialect: Dialect): Promise<boolean> {
  try {
    const body: unknown = await response.clone().json()
    return isObject(body) && dialect.isTooLong(body['error'])
  } catch {
    return false
  }
}
