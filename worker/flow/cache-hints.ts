import { cachePlan, type CallersMarker, type Segment } from '../../shared/cache-plan.ts'
import { chat as dialect } from '../../shared/dialect/chat.ts'
import { HOUR } from '../../shared/dialect/marking.ts'
import { isObject } from '../../shared/is-object.ts'
import type { Org } from '../../shared/schema/org.ts'
import type { CacheHints, ContextRequest } from '../../shared/schema/session.ts'
import { estimateTokens } from '../../shared/tokens.ts'
import { leadingCount } from '../../shared/turn.ts'
import type { StorageKeys } from '../ports.ts'
import { keyFor, pricedModel } from './economy.ts'

type From = { org: Org; keys: StorageKeys; policy: string; block: string }
/** `message`: which of the request's own it is. */
type Placed = Segment & { message?: number; own?: { ttl?: number }[] }

/**
 * Where an app that calls its provider itself marks the prompt, by the plan that holds for proxied
 * requests. What it does not tell (its model; the size of what stands outside `messages`) cannot count.
 */
export function cacheHints(asked: ContextRequest, from: From): CacheHints {
  const { policy, block, org, keys } = from
  const none = { markers: [], exclusive: false }
  if (asked.model === undefined) return { ...none, why: 'no_model' }
  if (org.cache === 'off') return { ...none, why: 'off' }
  const model = pricedModel(asked.model, org)
  const segments = segmentsOf(asked, { policy, block })
  const own = segments.flatMap((segment, at): CallersMarker[] =>
    (segment.own ?? []).map((marker) => ({ at, ...marker })),
  )
  const { why, field, markers, exclusive, key } = cachePlan(model, segments, own)
  return {
    why,
    exclusive,
    markers: markers.flatMap((at) => placeOf(segments[at])),
    ...(field === undefined || markers.length === 0 ? {} : { field }),
    ...(key ? { key: keyFor({ org, keys }) } : {}),
  }
}

function placeOf(segment: Placed | undefined): CacheHints['markers'] {
  if (!segment) return []
  const { kind, message } = segment
  if (kind === 'shared') return [{ after: 'shared' }]
  return message === undefined ? [{ after: 'query' }] : [{ after: 'message', message }]
}

/** The prompt as the app will send it: what is shared, the org's text, what was said, the query, the block. */
function segmentsOf(
  { messages = [], sharedTokens = 0, query }: ContextRequest,
  { policy, block }: Pick<From, 'policy' | 'block'>,
): Placed[] {
  const shared = leadingCount(messages)
  const said = messages.map((message, i): Placed => {
    const kind = i < shared ? 'shared' : message.role === 'user' ? 'words' : 'history'
    const words = dialect.promptOf({ messages: [message] }).map(({ text }) => text)
    return { kind, tokens: estimateTokens(words.join('\n')), message: i, own: ownMarkers(message) }
  })
  return [
    ...(sharedTokens > 0 ? [{ kind: 'shared' as const, tokens: sharedTokens }] : []),
    ...said.slice(0, shared),
    ...(policy ? [{ kind: 'shared' as const, tokens: estimateTokens(policy) }] : []),
    ...said.slice(shared),
    { kind: 'words', tokens: estimateTokens(query) },
    ...(block ? [{ kind: 'block' as const, tokens: estimateTokens(block) }] : []),
  ]
}

function ownMarkers({ content }: Record<string, unknown>): { ttl?: number }[] {
  const parts: unknown[] = Array.isArray(content) ? content : []
  return parts.flatMap((part) => {
    const marker = isObject(part) && (part['cache_control'] ?? part['prompt_cache_breakpoint'])
    return isObject(marker) ? [marker['ttl'] === '1h' ? { ttl: HOUR } : {}] : []
  })
}
