import { mediaIn, type Media } from '../../shared/dialect/media.ts'
import type { Addition, Dialect, Prompt } from '../../shared/dialect/port.ts'
import { mayRespell } from '../../shared/dialect/read.ts'
import { limits } from '../../shared/limits.ts'
import type { Model } from '../../shared/models-table.ts'
import { fail, ok, type Result } from '../../shared/problem.ts'
import type { Settings } from '../../shared/resolve.ts'
import type { Org } from '../../shared/schema/org.ts'
import type { Receipt } from '../../shared/schema/receipt.ts'
import type { ChatCall, StorageKeys } from '../ports.ts'
import type { Started } from './attach.ts'
import { asksOnlyFor, readOneWay } from './body-rules.ts'
import { cacheFor, modelIn, pricedModel } from './economy.ts'
import type { Body } from './read-body.ts'
import { sharedTemplate } from './shared-template.ts'

/** What is sent to the provider, and the receipt of it. */
export type Plan = {
  body: ChatCall['body']
  /** The same without the block, where there is one: for a provider that finds it too long. */
  plain?: (() => string) | undefined
  receipt: Receipt
  /** Estimated tokens of the request, and of the answer as it is paid in advance. */
  input: number
  output: number
  /** The provider will state a stream's usage: `hidden`, where only we have asked for it. */
  statesUsage: boolean | 'hidden'
  model?: Model | undefined
}

/**
 * Answer tokens that are reserved where the request names no limit of its own, and that count where
 * nobody says how many there were. More where the deployment's key pays than where the caller's own does:
 * a leaked token must not spend that key at the price of short answers.
 */
const expectedOutput = ({ paysItself }: PlanInput): number => (paysItself ? 1000 : 4096)
/** Of English prose, in UTF-8; texts of other scripts have about as many. */
const BYTES_A_TOKEN = 4
/** Bodies below this hold no picture that matters, bytes. */
const LARGE = 64 * 1024
const noMedia: Media = { bytes: 0, asText: 0, tokens: 0 }
/** Room in the window that limits no block, tokens. */
const AMPLE = limits.blockTokensHighStakes / limits.blockShareOfRoom

type PlanInput = {
  body: Body
  started: Started
  settings: Settings
  org: Org
  keys: StorageKeys
  dialect: Dialect
  parts: boolean
  /** The caller brought a provider key of their own. */
  paysItself: boolean
}

/**
 * Decides what goes out. A body that cannot be read passes through as it came, unless the org's rules
 * need it to be read. Errors: `model_not_allowed`, `body_too_large`, `bad_json`, `bad_request`.
 */
export async function planRequest(input: PlanInput): Promise<Result<Plan>> {
  const { body, started, settings, org, dialect } = input
  const hasRules = org.models !== undefined || settings.policy !== ''
  if (body.text === undefined) {
    if (!hasRules) return ok(unread(body, input))
    return body.why === 'too_large_to_read'
      ? fail('body_too_large', { expected: `at most ${limits.inspectBytes} bytes` })
      : fail('bad_request', { field: 'body', expected: 'JSON text, not compressed' })
  }
  const isPlain = !hasRules && !org.cohorts?.on && body.size < LARGE
  if (started.settled && isPlain && !mayLimit(body.text)) {
    const plan = untouched(body, started.settled.receipt, input)
    if (plan) return ok(plan)
  }
  const prompt = dialect.read(body.text)
  if (!prompt.ok) return hasRules ? prompt : ok(unread(body, input))
  const clear = hasRules ? readOneWay(body.text) : ok(undefined)
  if (!clear.ok) return clear
  if (org.models && !asksOnlyFor(org.models, prompt.value)) {
    return fail('model_not_allowed', { field: 'model', expected: org.models.join(', ') })
  }
  return ok(await planPrompt(prompt.value, input, body.size))
}

/** Whether the app may have asked for usage or several answers, or limited them: then the body is read. */
const limitNames = /"(?:n|include_usage|max_(?:completion_|output_)?to[k\u212a]en[s\u017f])"/i
const mayLimit = (text: string) => limitNames.test(text) || mayRespell(text)

/** Where nothing can be added, whatever the words are: they are not even parsed. */
function untouched(
  { text, size }: { text: string; size: number },
  receipt: Receipt,
  input: PlanInput,
): Plan | undefined {
  const { org, keys, dialect } = input
  const model = pricedModel(modelIn(text), org)
  if (cacheFor(model, { org, keys, bytes: size })) return undefined
  if (org.metering === 'metered' && text.includes('"stream"')) return undefined
  return {
    body: text,
    receipt,
    input: Math.ceil(size / BYTES_A_TOKEN),
    output: expectedOutput(input),
    statesUsage: dialect.alwaysStates,
    model,
  }
}

async function planPrompt(prompt: Prompt, input: PlanInput, size: number): Promise<Plan> {
  const { started, settings, org, keys, dialect, parts } = input
  const { query, history, maxTokens } = prompt
  const model = pricedModel(prompt.model, org)
  const window = model?.window || limits.window
  // No text has more tokens than bytes: what is far from filling the window need not be estimated.
  const media = size < LARGE ? noMedia : mediaIn(prompt.body)
  const [words, rest] = [size - media.bytes, window - media.tokens - maxTokens]
  const room = rest - words >= AMPLE ? rest - words : rest - (prompt.tokens() - media.asText)
  const isKept = prompt.stored && org.storedResponses !== 'allow'
  const isShared = org.cohorts?.on && !isKept
  const template = isShared ? await sharedTemplate(prompt, model, input) : undefined
  const isStyled = template !== undefined
  const policy = [settings.policy, template?.text].filter(Boolean).join('\n\n')
  const attachment = await started.finish({ query, history, room, isStyled, isKept })
  const { block, receipt } = attachment
  const cohort = template?.cohort
  const cache = cacheFor(model, { org, keys, bytes: size, cohort })
  const asks = org.metering === 'metered' && prompt.stream && !prompt.statesUsage
  const added: Addition = { policy, isStyled, block: '', parts, usage: asks, cache }
  // With nothing to add, the very bytes that came go out.
  const plain = () => (policy || asks || cache ? dialect.assemble(prompt, added) : prompt.raw)
  return {
    body: block ? dialect.assemble(prompt, { ...added, block }) : plain(),
    plain: block ? plain : undefined,
    receipt: policy ? { ...receipt, slices: [...receipt.slices, 'org'] } : receipt,
    input: Math.ceil(words / BYTES_A_TOKEN) + media.tokens + receipt.tokens,
    // No answer is longer than the window: a made-up limit must not spend what all users of the org share.
    output: Math.min(maxTokens || expectedOutput(input), window) * prompt.answers,
    statesUsage: asks ? 'hidden' : prompt.statesUsage,
    model,
  }
}

function unread(body: Body, planned: PlanInput): Plan {
  const { bytes, why } =
    body.text === undefined ? body : ({ bytes: body.text, why: 'unreadable_body' } as const)
  return {
    body: bytes,
    receipt: planned.started.nothing(why).receipt,
    input: Math.ceil(body.size / BYTES_A_TOKEN),
    output: expectedOutput(planned),
    statesUsage: planned.dialect.alwaysStates,
  }
}
