import * as z from 'zod/mini'
import { limits } from './limits.ts'
import { fail, ok, type Result } from './problem.ts'
import { Mode } from './schema/decision.ts'
import { Org, type FeatureSettings } from './schema/org.ts'

/**
 * A record as it is stored: what holds, merged with its ancestors when it was written, so that a request
 * reads one record. `own`: what its admins wrote, where that differs; `ancestors`: parent first; `basis`:
 * the state of the ancestors that it was merged with.
 */
export const StoredOrg = z.extend(Org, {
  own: z.optional(Org),
  ancestors: z.optional(z.array(z.string())),
  basis: z.optional(z.number()),
})
export type StoredOrg = z.infer<typeof StoredOrg>

/** What its admins wrote. */
export function ownRecord({ own, ancestors: _a, basis: _b, ...whole }: StoredOrg): Org {
  return own ?? whole
}

/** Grows with every change of a record or of one that it stands under. */
export const generationOf = ({ revision = 0, basis = 0 }: StoredOrg): number => revision + basis

/**
 * A record in its place under a parent. Errors: `bad_request` where the parent is not there or does not
 * name it (one answer, so that orgs cannot be probed), on a circle, and below the third level.
 */
export function placeOrg(own: Org, parent: StoredOrg | undefined): Result<StoredOrg> {
  if (own.parent === undefined) return ok(own)
  const wrong = (expected: string) => fail('bad_request', { field: 'parent', expected })
  if (!parent?.children?.includes(own.id)) {
    return wrong('an org that names this one among its children')
  }
  const ancestors = [parent.id, ...(parent.ancestors ?? [])]
  if (ancestors.includes(own.id)) return wrong('no circle')
  if (ancestors.length >= limits.orgDepth) return wrong(`at most ${limits.orgDepth} levels`)
  return ok({ ...inherit(parent, own), own, ancestors, basis: generationOf(parent) })
}

/**
 * What holds for an org under another. Rules add up; what limits is never wider than the parent's; texts,
 * terms and sources are the child's own where it has any. Keys, origins and name are never inherited.
 */
function inherit(parent: Org, own: Org): Org {
  const features = [...Object.keys(parent.features ?? {}), ...Object.keys(own.features ?? {})]
  const sources = [...(own.sources ?? [])]
  for (const source of parent.sources ?? []) {
    if (!sources.some(({ name }) => name === source.name)) sources.push(source)
  }
  return defined({
    ...own,
    disabled: own.disabled || parent.disabled || undefined,
    models: common(parent.models, own.models),
    systemPrompt: own.systemPrompt ?? parent.systemPrompt,
    tone: own.tone ?? parent.tone,
    terminology: merged(parent.terminology, own.terminology),
    compliance: joined(parent.compliance, own.compliance),
    cache: parent.cache === 'off' ? 'off' : (own.cache ?? parent.cache),
    requestsPerMinute: own.requestsPerMinute ?? parent.requestsPerMinute,
    storedResponses:
      parent.storedResponses === 'refuse'
        ? 'refuse'
        : (own.storedResponses ?? parent.storedResponses),
    metering: own.metering ?? parent.metering,
    cohorts: own.cohorts ?? parent.cohorts,
    prices: merged(parent.prices, own.prices),
    tokensPerDay: lower(parent.tokensPerDay, own.tokensPerDay),
    userTokensPerDay: lower(parent.userTokensPerDay, own.userTokensPerDay),
    retentionDays: lower(parent.retentionDays, own.retentionDays),
    settings: tighten(parent.settings, own.settings),
    features:
      features.length === 0
        ? undefined
        : Object.fromEntries(
            features.map((name) => {
              const above = parent.features?.[name] ?? parent.settings
              return [name, tighten(above, own.features?.[name]) ?? {}]
            }),
          ),
    priorities: merged(parent.priorities, own.priorities),
    sources: sources.length === 0 ? undefined : sources.slice(0, limits.sources),
    sourceHosts: joined(parent.sourceHosts, own.sourceHosts),
    sourceBindings: joined(parent.sourceBindings, own.sourceBindings),
  })
}

function tighten(
  above: FeatureSettings | undefined,
  own: FeatureSettings | undefined,
): FeatureSettings | undefined {
  if (!above || !own) return own ?? above
  return defined({
    mode: lowerMode(above.mode, own.mode),
    budget: lower(above.budget, own.budget),
    highStakesBudget: lower(above.highStakesBudget, own.highStakesBudget),
    maxFacts: lower(above.maxFacts, own.maxFacts),
    off: above.off || own.off,
    offAtHighStakes: above.offAtHighStakes || own.offAtHighStakes,
    allowed: common(above.allowed, own.allowed),
    blocked: joined(above.blocked, own.blocked),
    style: merged(own.style, above.style),
  })
}

const lower = (a: number | undefined, b: number | undefined): number | undefined =>
  a === undefined || b === undefined ? (a ?? b) : Math.min(a, b)

function lowerMode(a: Mode | undefined, b: Mode | undefined): Mode | undefined {
  if (a === undefined || b === undefined) return a ?? b
  return Mode.options.indexOf(a) < Mode.options.indexOf(b) ? a : b
}

function common<T>(a: T[] | undefined, b: T[] | undefined): T[] | undefined {
  if (!a || !b) return a ?? b
  return a.filter((item) => b.includes(item))
}

const joined = <T>(a: T[] | undefined, b: T[] | undefined): T[] | undefined =>
  a || b ? [...new Set([...(a ?? []), ...(b ?? [])])] : undefined

const merged = <T extends object>(a: T | undefined, b: T | undefined): T | undefined =>
  a && b ? { ...a, ...b } : (a ?? b)

type Defined<T> = { [K in keyof T]: Exclude<T[K], undefined> }
/** Fields that are not there are left out, as the schemas want it. */
function defined<T extends object>(record: T): Defined<T> {
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- exactly the fields that are there
  return Object.fromEntries(
    Object.entries(record).filter(([, value]) => value !== undefined),
  ) as Defined<T>
}
