import { decodeContext } from '../../shared/context-header.ts'
import { chat as dialect } from '../../shared/dialect/chat.ts'
import { headers as names } from '../../shared/headers.ts'
import { limits } from '../../shared/limits.ts'
import { ok, type Result } from '../../shared/problem.ts'
import { resolveSettings } from '../../shared/resolve.ts'
import type { ClientContext } from '../../shared/schema/context.ts'
import type { ContextReply, ContextRequest } from '../../shared/schema/session.ts'
import { estimateTokens } from '../../shared/tokens.ts'
import type { Admitted, Call } from './admit.ts'
import { readFeature } from './answer.ts'
import type { Assign } from './assign.ts'
import type { Attach } from './attach.ts'
import { cacheHints } from './cache-hints.ts'
import type { Exposures } from './exposures.ts'

/**
 * Only the block: the app calls its provider itself. What the body brings of facts and notes is as
 * client-written as the header's. Errors: `bad_context`.
 */
export async function composeContext(
  asked: ContextRequest,
  { attach, assign, exposures, admitted, headers, call }: Asking,
): Promise<Result<ContextReply>> {
  const header = headers.get(names.context)
  const decoded = header === null ? undefined : decodeContext(header)
  if (decoded && !decoded.ok) return decoded
  const { org, keys, orgMs } = admitted
  const feature = readFeature(headers)
  const settings = resolveSettings(org, feature)
  const assigned = assign(admitted, { feature, headers })
  const history = (asked.messages ? dialect.promptOf({ messages: asked.messages }) : [])
    .filter(({ role }) => role === 'user' || role === 'assistant')
    .map(({ role, text }) => ({ role, content: text }))
  const said = history.reduce((sum, { content }) => sum + estimateTokens(content), 0)
  const asker = { id: call.id, feature, orgMs, assigned, keys, settings, exact: false }
  const { block, receipt } = await attach.start(asker, withBody(decoded?.value, asked)).finish({
    query: asked.query,
    history,
    room: limits.window - said - estimateTokens(asked.query),
    ...(asked.maxTokens === undefined ? {} : { maxTokens: asked.maxTokens }),
  })
  exposures.answered({ keys, assigned, receipt, context: decoded, headers }, call.waitUntil)
  return ok({
    block,
    placement: { role: 'user', position: 'after_last_user_text' },
    policy: settings.policy,
    stakes: receipt.stakes,
    receipt,
    cache: cacheHints(asked, { org, keys, policy: settings.policy, block }),
  })
}

type Asking = {
  attach: Attach
  assign: Assign
  exposures: Exposures
  admitted: Admitted
  headers: Headers
  call: Call
}

/** A call from a back end without the script brings no header: then its body is the context. */
function withBody(
  given: ClientContext | undefined,
  { facts, notes }: ContextRequest,
): Result<ClientContext> | undefined {
  if (!given && !facts && !notes) return undefined
  const base: ClientContext = given ?? {
    v: 1,
    session: 'without-script',
    device: { store: 'memory', gate: 'off' },
  }
  return ok({ ...base, ...(facts ? { facts } : {}), ...(notes ? { notes } : {}) })
}
