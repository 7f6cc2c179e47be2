import { onceEach } from './once-each.ts'
import {
  resolveFields,
  type Fields,
  type SetBy,
  type Stack,
  type Wishes,
} from './resolve/layers.ts'
import { policyText } from './resolve/policy.ts'
import type { ContextSource, PriorityName } from './schema/source.ts'
import type { FeatureSettings, Org, StyleWishes } from './schema/org.ts'
import type { GateSettings } from './schema/session.ts'
import { isAllowedSource } from './source-url.ts'
import type { UserLimits } from './schema/user-limits.ts'

export { withoutFixed } from './resolve/style.ts'

/** What holds for one request of a feature, after all who may wish have been heard. */
export type Settings = Fields & {
  /** Org text, at most 1,500 tokens; empty where the org has none. */
  policy: string
  /** Rules stand in the org text: a user's wishes hold within them. */
  hasRules: boolean
  terms: Readonly<Record<string, string>>
  priorities: Priorities
  sources: readonly ContextSource[]
  /** Which layer set what is not the default. */
  by: SetBy
  /** What org and feature have said, for those who are heard later. */
  stack: Stack
  feature?: string
}

export type Priorities = Readonly<Record<PriorityName, number>>

/** Compliance, in the org text, and vital facts stand at 100, above all of these. */
export const priorities: Priorities = {
  session: 90,
  role: 80,
  org: 70,
  preference: 60,
  history: 40,
  general: 20,
}

/** Who is heard after the org: wishes of the user's cohort, limits of the user and of this visit. */
export type Below = { cohort?: Wishes; user?: UserLimits; session?: UserLimits }

/**
 * Org over cohort over user over session, field by field; a rule stands over all of them, a feature's own
 * settings over its org's. What anybody blocks is blocked, and a user's or a visit's less stands.
 */
export function resolveSettings(org: Org, feature?: string, below: Below = {}): Settings {
  const own = feature === undefined ? undefined : org.features?.[feature]
  const stack: Stack = {
    ...rules(org),
    ...(own ? { feature: own } : {}),
    ...(org.settings ? { org: org.settings } : {}),
  }
  const { fields, by } = resolveFields(stack)
  const settings: Settings = {
    ...fields,
    policy: policyText(org, fields.style),
    hasRules: (org.compliance?.length ?? 0) > 0,
    terms: org.terminology ?? {},
    priorities: { ...priorities, ...org.priorities },
    sources: allowedSources(org),
    by,
    stack,
    ...(feature === undefined ? {} : { feature }),
  }
  return narrow(settings, below)
}

/** The same settings once more, now that those below the org are known too. */
export function narrow(settings: Settings, { cohort, user, session }: Below): Settings {
  if (!cohort && !user && !session) return settings
  const { feature } = settings
  const stack: Stack = {
    ...settings.stack,
    ...(cohort ? { cohort } : {}),
    ...(user ? { user: wishesOf(user, feature) } : {}),
    ...(session ? { session: wishesOf(session, feature) } : {}),
  }
  const { fields, by } = resolveFields(stack)
  // What stands in the shared prefix is the org's alone.
  return { ...settings, ...fields, style: settings.style, by, stack }
}

/** What the device's gate must know, and who said so. */
export const gateSettings = ({ mode, off, maxFacts, blocked, by }: Settings): GateSettings => ({
  mode,
  off,
  maxFacts,
  blocked,
  ...(Object.keys(by).length > 0 ? { why: by } : {}),
})

/** Who set what is not the default, in one line of a receipt. */
export const rulesLine = onceEach(({ by }: Settings): string | undefined => {
  const said = Object.entries(by).map(([field, layer]) => `${field}=${layer}`)
  return said.length > 0 ? said.join(' ') : undefined
})

/** Also where a record was written without being checked: no source off the list of hosts is asked. */
function allowedSources(org: Org): ContextSource[] {
  return (org.sources ?? []).filter((source) => isAllowedSource(source, org))
}

function rules({ compliance = [] }: Org): Stack {
  const typed = compliance.filter((rule) => typeof rule !== 'string')
  if (typed.length === 0) return {}
  const style: StyleWishes = Object.assign(
    {},
    ...typed.map((rule) => rule.style ?? {}).toReversed(),
  )
  return { compliance: { blocked: typed.flatMap(({ blocked = [] }) => blocked), style } }
}

/** Limits of a person as wishes: a smaller block is smaller also where the stakes are high. */
function wishesOf(given: UserLimits, feature: string | undefined): FeatureSettings {
  const here = feature === undefined ? undefined : given.features?.[feature]
  const { off, mode, budget, maxFacts } = given
  return {
    ...(mode === undefined ? {} : { mode }),
    ...(budget === undefined ? {} : { budget, highStakesBudget: budget }),
    ...(maxFacts === undefined ? {} : { maxFacts }),
    ...(here === 'off' ? { off: true } : off === undefined ? {} : { off }),
    blocked: [...(given.blocked ?? []), ...(Array.isArray(here) ? here : [])],
  }
}
