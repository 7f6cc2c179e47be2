import { headers as names } from '../../shared/headers.ts'
import { limits } from '../../shared/limits.ts'
import { fail, ok, type Result } from '../../shared/problem.ts'
import type { Org } from '../../shared/schema/org.ts'
import type { Receipt, Usage } from '../../shared/schema/receipt.ts'
import type { Allowances, ChatCall, Clock, Provider, Spender, StorageKeys } from '../ports.ts'
import type { Admit, Call } from './admit.ts'
import { readContext, type Attach, type Attachment } from './attach.ts'
import { planRequest, type Plan } from './plan.ts'
import { readBody } from './read-body.ts'
import { isLengthError, respond } from './respond.ts'
import { createSettingsReader } from './settings-reader.ts'

export type AnswerDeps = {
  admit: Admit
  attach: Attach
  allowances: Allowances
  provider: Provider
  clock: Clock
}
export type Answer = (request: Request, call: Call) => Promise<Result<Response>>

/**
 * A chat completion: who asks, what they may, what goes along, then the provider's own answer. Errors:
 * those of `Admit`, `readBody` and `planRequest`, `allowance_spent`, `provider_unreachable`.
 */
export function createAnswer(deps: AnswerDeps): Answer {
  const { provider, allowances, clock } = deps
  const settingsOf = createSettingsReader()

  return async function answer(request, call) {
    const reading = readBody(request)
    const admitted = await deps.admit(request, call)
    if (!admitted.ok) return admitted
    const { org, keys, providerKey, orgMs } = admitted.value
    const feature = readFeature(request.headers)
    const settings = settingsOf(org, feature)
    const started = deps.attach.start({ keys, settings }, readContext(request.headers))
    const body = await reading
    if (!body.ok) return body
    const planned = await planRequest({
      body: body.value,
      started,
      settings,
      org,
      parts: provider.parts,
    })
    if (!planned.ok) return planned
    const plan = planned.value
    const reserved = plan.input + plan.output
    const reservation = allowances.take(spenderOf(org, keys), reserved, call.waitUntil)
    if (!reservation) return fail('allowance_spent')

    const { headers, signal } = request
    const own = providerKey === undefined ? {} : { key: providerKey }
    const sent = await sendWithRetry({ provider, clock, plan, call: { headers, signal, ...own } })
    if (!sent.ok) {
      reservation.settle(0)
      return sent
    }
    const { response, attachment, providerMs } = sent.value
    const { block: _block, ...account } = attachment
    const receipt: Receipt = {
      ...account,
      id: call.id,
      orgMs,
      providerMs,
      ...(feature === undefined ? {} : { feature }),
    }
    const onEnd = ({ input, output }: Usage) => reservation.settle(input + output)
    const { input, output, statesUsage } = plan
    return ok(await respond(response, { receipt, input, output, statesUsage, onEnd }))
  }
}

/** The place in the app that asks; what is no plain label counts as none. */
export function readFeature(headers: Headers): string | undefined {
  const value = headers.get(names.feature) ?? ''
  return /^[\w.:-]{1,64}$/.test(value) ? value : undefined
}

const spenderOf = (org: Org, { userKey, orgKey }: StorageKeys): Spender => ({
  userKey,
  orgKey,
  userLimit: org.userTokensPerDay ?? limits.userTokensPerDay,
  orgLimit: org.tokensPerDay ?? limits.orgTokensPerDay,
})

type Sending = {
  provider: Provider
  clock: Clock
  plan: Plan
  call: Omit<ChatCall, 'body'>
}
type Sent = { response: Response; attachment: Attachment; providerMs: number }

/** Once more without the block where the provider finds the request too long. */
async function sendWithRetry({ provider, clock, plan, call }: Sending): Promise<Result<Sent>> {
  const { body, plain, attachment } = plan
  const started = clock()
  const first = await provider.chat({ ...call, body })
  if (!first.ok) return first
  const providerMs = clock() - started
  if (plain === undefined || !(await isLengthError(first.value))) {
    return ok({ response: first.value, attachment, providerMs })
  }
  const second = await provider.chat({ ...call, body: plain })
  if (!second.ok) return second
  const slices = attachment.slices.filter((slice) => slice === 'org')
  const bare: Attachment = { ...attachment, why: 'length_retry', slices, facts: [], tokens: 0 }
  return ok({ response: second.value, attachment: bare, providerMs: clock() - started })
}
