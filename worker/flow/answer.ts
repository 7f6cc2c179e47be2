import { headers as names } from '../../shared/headers.ts'
import { limits } from '../../shared/limits.ts'
import { ok, type Result } from '../../shared/problem.ts'
import type { Org } from '../../shared/schema/org.ts'
import type { Receipt, Usage } from '../../shared/schema/receipt.ts'
import type {
  Allowances,
  ChatCall,
  Clock,
  Provider,
  ProviderFamily,
  Spender,
  StorageKeys,
} from '../ports.ts'
import type { Admit, Call } from './admit.ts'
import type { Assign } from './assign.ts'
import { readContext, type Attach } from './attach.ts'
import type { DialectRoute } from './dialect-routes.ts'
import type { Exposures } from './exposures.ts'
import { planRequest, type Plan } from './plan.ts'
import type { Metrics } from './metrics.ts'
import { readBody } from './read-body.ts'
import { isTooLong, respond } from './respond.ts'
import { createSettingsReader } from './settings-reader.ts'

export type AnswerDeps = {
  admit: Admit
  attach: Attach
  assign: Assign
  exposures: Exposures
  allowances: Allowances
  providers: Record<ProviderFamily, Provider>
  metrics: Pick<Metrics, 'answered'>
  clock: Clock
}
export type Answer = (request: Request, call: Call, to: DialectRoute) => Promise<Result<Response>>

/**
 * A request in a provider's dialect: who asks, what they may, what goes along, then the provider's own answer. Errors:
 * those of `Admit`, `readBody` and `planRequest`, `allowance_spent`, `rate_limited`, `provider_unreachable`.
 */
export function createAnswer(deps: AnswerDeps): Answer {
  const { allowances, metrics, clock } = deps
  const settingsOf = createSettingsReader()

  return async function answer(request, call, to) {
    const provider = deps.providers[to.family]
    const arrived = clock()
    const reading = readBody(request)
    const admitted = await deps.admit(request, call)
    if (!admitted.ok) return admitted
    const { org, keys, providerKey, orgMs } = admitted.value
    const feature = readFeature(request.headers)
    const settings = settingsOf(org, feature)
    const { headers, signal } = request
    const assigned = deps.assign(admitted.value, { feature, headers })
    const context = readContext(headers)
    const exact = to.family === 'openai'
    const asker = { id: call.id, feature, orgMs, assigned, keys, settings, exact }
    const started = deps.attach.start(asker, context)
    const body = await reading
    if (!body.ok) return body
    const planned = await planRequest({
      body: body.value,
      started,
      settings,
      org,
      keys,
      dialect: to.dialect,
      parts: provider.parts,
      paysItself: providerKey !== undefined,
    })
    if (!planned.ok) return planned
    const plan = planned.value
    const reserved = plan.input + plan.output
    const reservation = to.counts
      ? free
      : allowances.take(spenderOf(org, keys), reserved, call.waitUntil)
    if (!reservation.ok) return reservation

    const edgeMs = clock() - arrived
    const outgoing = {
      headers,
      signal,
      route: to.route,
      body: plan.body,
      search: to.family === 'anthropic' ? new URL(request.url).search : undefined,
      key: providerKey,
    }
    const sent = await sendWithRetry({ provider, clock, plan, to, call: outgoing })
    if (!sent.ok) {
      reservation.value.settle(0)
      return sent
    }
    const { response, receipt } = sent.value
    const { status } = response
    const { model, statesUsage, input, output } = plan
    const onEnd = (usage: Usage) => {
      reservation.value.settle(usage.input + usage.output)
      if (to.counts) return
      metrics.answered(
        {
          org: keys.orgKey,
          receipt,
          usage,
          status,
          edgeMs,
          model,
          cohort: receipt.cohort,
        },
        call.waitUntil,
      )
    }
    if (!to.counts) {
      deps.exposures.answered({ keys, assigned, receipt, context, headers }, call.waitUntil)
    }
    const counts = to.counts === true
    const account = { receipt, statesUsage, input, output, model, counts, onEnd }
    return respond(response, account)
  }
}

/** The place in the app that asks; what is no plain label counts as none. */
export function readFeature(headers: Headers): string | undefined {
  const value = headers.get(names.feature) ?? ''
  return /^[\w.:-]{1,64}$/.test(value) ? value : undefined
}

/** What is only counted costs nothing. */
const free = ok({ settle() {} })

const spenderOf = (org: Org, { userKey, orgKey }: StorageKeys): Spender => ({
  orgKey,
  orgLimit: org.tokensPerDay ?? limits.orgTokensPerDay,
  user: { userKey, userLimit: org.userTokensPerDay ?? limits.userTokensPerDay },
})

type Sending = {
  provider: Provider
  clock: Clock
  plan: Plan
  to: DialectRoute
  call: ChatCall
}
type Sent = { response: Response; receipt: Receipt }

/** Once more without the block where the provider finds the request too long. */
async function sendWithRetry({ provider, clock, plan, to, call }: Sending): Promise<Result<Sent>> {
  const { plain, receipt } = plan
  const started = clock()
  const first = await provider.chat(call)
  if (!first.ok) return first
  receipt.providerMs = clock() - started
  const isRefused = plain !== undefined && first.value.status === 400
  if (!isRefused || !(await isTooLong(first.value, to.dialect))) {
    return ok({ response: first.value, receipt })
  }
  const second = await provider.chat({ ...call, body: plain() })
  if (!second.ok) return second
  const slices = receipt.slices.filter((slice) => slice === 'org')
  const bare: Receipt = { ...receipt, why: 'length_retry', slices, facts: [], tokens: 0 }
  bare.providerMs = clock() - started
  return ok({ response: second.value, receipt: bare })
}
