import { sharingPays } from '../../shared/cache-plan.ts'
import { cohortTemplate } from '../../shared/cohort.ts'
import type { Dialect, Prompt } from '../../shared/dialect/port.ts'
import type { Model } from '../../shared/models-table.ts'
import type { Settings } from '../../shared/resolve.ts'
import { cohorts, type Cohort } from '../../shared/schema/cohort.ts'
import type { Org } from '../../shared/schema/org.ts'
import { estimateTokens } from '../../shared/tokens.ts'
import type { Started } from './attach.ts'

type Asked = {
  started: Started
  settings: Settings
  org: Org
  dialect: Dialect
}

/**
 * Where an org has it on: what all of the user's cohort have in their prefix in place of a style line; nothing
 * where the cohort has nothing to say, or too few requests would share it while the provider keeps it.
 */
export async function sharedTemplate(
  prompt: Prompt,
  model: Model | undefined,
  asked: Asked,
): Promise<{ cohort: Cohort; text: string } | undefined> {
  const { started, settings, org, dialect } = asked
  if (!model || model.cache.way === 'none') return undefined
  const cohort = await started.cohort()
  const text = cohort ? cohortTemplate(org, cohort, settings.style) : ''
  if (!cohort || text === '') return undefined
  // As if users were spread evenly: the small classes gain less than that, the large ones more.
  const perMinute = (org.requestsPerMinute ?? 0) / cohorts.length
  const requests = Math.floor((perMinute * model.cache.ttl) / 60)
  const own = dialect.promptOf(prompt.body, prompt.leading).map(({ text: words }) => words)
  const prefix = [...own, settings.policy, text].join('\n')
  // No character is more than one token: what is too short need not be counted.
  if (prefix.length < model.cache.minimum) return undefined
  const tokens = estimateTokens(prefix)
  return sharingPays(model, { tokens, requests }) ? { cohort, text } : undefined
}
