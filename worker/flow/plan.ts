import { assembleChat, readChat, type Chat } from '../../shared/chat.ts'
import { limits } from '../../shared/limits.ts'
import { fail, ok, type Result } from '../../shared/problem.ts'
import type { Settings } from '../../shared/resolve.ts'
import type { Org } from '../../shared/schema/org.ts'
import type { ChatCall } from '../ports.ts'
import type { Attachment, Started } from './attach.ts'
import type { Body } from './read-body.ts'

/** What is sent to the provider, and the receipt's account of it. */
export type Plan = {
  body: ChatCall['body']
  /** The same without the block, where there is one: for a provider that finds it too long. */
  plain?: ChatCall['body']
  attachment: Attachment
  /** Estimated tokens of the request, and of the answer as it is paid in advance. */
  input: number
  output: number
  /** The app asked for a stream's usage. */
  statesUsage: boolean
}

/**
 * Answer tokens that are reserved where the request names no limit of its own, and that count where
 * nobody says how many there were.
 */
const EXPECTED_OUTPUT = 1000
/** Of English prose, in UTF-8; texts of other scripts have about as many. */
const BYTES_A_TOKEN = 4
/** Room in the window that limits no block, tokens. */
const AMPLE = limits.blockTokensHighStakes / limits.blockShareOfRoom

type PlanInput = { body: Body; started: Started; settings: Settings; org: Org; parts: boolean }

/**
 * Decides what goes out. A body that cannot be read passes through as it came, unless the org's rules
 * need it to be read. Errors: `model_not_allowed`, `body_too_large`, `bad_json`, `bad_request`.
 */
export async function planRequest(input: PlanInput): Promise<Result<Plan>> {
  const { body, started, settings, org, parts } = input
  const hasRules = org.models !== undefined || settings.policy !== ''
  if (body.text === undefined) {
    if (!hasRules) return ok(unread(body, started))
    return 'stream' in body
      ? fail('body_too_large', { expected: `at most ${limits.inspectBytes} bytes` })
      : fail('bad_request', { field: 'body', expected: 'JSON text in UTF-8, not compressed' })
  }
  if (started.settled && !hasRules && !namesLimits(body.text)) {
    return ok(untouched(body.bytes, started.settled))
  }
  const chat = readChat(body.text)
  if (!chat.ok)
    return hasRules ? chat : ok(unread({ bytes: body.bytes, why: 'unreadable_body' }, started))
  const { model } = chat.value
  if (org.models && (model === undefined || !org.models.includes(model))) {
    return fail('model_not_allowed', { field: 'model', expected: org.models.join(', ') })
  }
  return ok(await planChat(chat.value, { started, settings, parts, bytes: body.bytes }))
}

/** Whether the app may have asked for usage, or limited the answer: then the body is read. */
const namesLimits = (text: string): boolean =>
  text.includes('"include_usage"') ||
  text.includes('"max_tokens"') ||
  text.includes('"max_completion_tokens"')

/** Nothing can be added, whatever the words are: they are not even parsed. */
const untouched = (bytes: ArrayBuffer, attachment: Attachment): Plan => ({
  body: bytes,
  attachment,
  input: Math.ceil(bytes.byteLength / BYTES_A_TOKEN),
  output: EXPECTED_OUTPUT,
  statesUsage: false,
})

type ChatPlanInput = { started: Started; settings: Settings; parts: boolean; bytes: ArrayBuffer }

async function planChat(chat: Chat, input: ChatPlanInput): Promise<Plan> {
  const { started, parts, bytes } = input
  const { policy } = input.settings
  const { query, history } = chat
  // No text has more tokens than bytes: what is far from filling the window need not be estimated.
  const most = limits.window - bytes.byteLength - chat.maxTokens
  const room = most >= AMPLE ? most : limits.window - chat.tokens - chat.maxTokens
  const attachment = await started.finish({ query, history, room })
  const { block } = attachment
  // With nothing to add, the very bytes that came go out.
  const plain = policy ? assembleChat(chat, { policy, parts }) : bytes
  return {
    body: block ? assembleChat(chat, { policy, block, parts }) : plain,
    ...(block ? { plain } : {}),
    attachment: policy ? { ...attachment, slices: [...attachment.slices, 'org'] } : attachment,
    input: Math.ceil(bytes.byteLength / BYTES_A_TOKEN) + attachment.tokens,
    output: chat.maxTokens || EXPECTED_OUTPUT,
    statesUsage: chat.includeUsage,
  }
}

function unread(body: Exclude<Body, { text: string }>, started: Started): Plan {
  const sent = 'stream' in body ? body.stream : body.bytes
  return {
    body: sent,
    attachment: started.nothing(body.why),
    input:
      'stream' in body
        ? limits.inspectBytes / BYTES_A_TOKEN
        : Math.ceil(body.bytes.byteLength / BYTES_A_TOKEN),
    output: EXPECTED_OUTPUT,
    statesUsage: false,
  }
}
