import { sharingPays } from '../../shared/cache-plan.ts'
import { cohortTemplate } from '../../shared/cohort.ts'
import type { Dialect, Prompt } from '../../shared/dialect/port.ts'
import type { Model } from '../../shared/models-table.ts'
import type { Settings } from '../../shared/resolve.ts'
import { cohorts, type Cohort } from '../../shared/schema/cohort.ts'
import type { Org } from '../../shared/schema/org.ts'
import { estimateTokens } from '../../shared/tokens.ts'
import { leadingCount, messagesOf } from '../../shared/turn.ts'
import type { Started } from './attach.ts'

type Asked = {
  started: Started
  settings: Settings
  org: Org
  dialect: Dialect
  model: Model | undefined
}

/**
 * Where an org has it on: what all of the user's cohort have in their prefix in place of a style line; nothing
 * where the cohort has nothing to say, or too few requests would share it while the provider keeps it.
 */
export async function sharedTemplate(
  prompt: Prompt,
  asked: Asked,
): Promise<{ cohort: Cohort; text: string } | undefined> {
  const { started, settings, org, dialect, model } = asked
  if (!model || model.cache.way === 'none') return undefined
  const cohort = await started.cohort()
  const text = cohort ? cohortTemplate(org, cohort, settings.style) : ''
  if (!cohort || text === '') return undefined
  const own = dialect.promptOf(appsOwn(prompt.body)).map(({ text: words }) => words)
  const tokens = estimateTokens([...own, settings.policy, text].join('\n'))
  // As if users were spread evenly: the small classes gain less than that, the large ones more.
  const perMinute = (org.requestsPerMinute ?? 0) / cohorts.length
  const requests = Math.floor((perMinute * model.cache.ttl) / 60)
  return sharingPays(model, { tokens, requests }) ? { cohort, text } : undefined
}

/** A body without what is said in it: the app's own messages stand in front. */
function appsOwn(body: Prompt['body']): Prompt['body'] {
  const field = Array.isArray(body['messages']) ? 'messages' : 'input'
  const messages = messagesOf(body, field)
  const count = leadingCount(messages)
  return count === messages.length ? body : { ...body, [field]: messages.slice(0, count) }
}
