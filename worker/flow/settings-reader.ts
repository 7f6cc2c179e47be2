import { resolveSettings, type Settings } from '../../shared/resolve.ts'
import type { Org } from '../../shared/schema/org.ts'

/**
 * What holds for a feature of an org, resolved once for each record: a record that is read anew is another
 * object. Features that the org does not name are resolved each time, so that made-up names fill nothing.
 */
export function createSettingsReader(): (org: Org, feature: string | undefined) => Settings {
  const known = new WeakMap<Org, Map<string, Settings>>()
  return function settingsOf(org, feature) {
    if (feature !== undefined && !Object.hasOwn(org.features ?? {}, feature)) {
      return resolveSettings(org, feature)
    }
    const ofOrg = known.get(org) ?? new Map<string, Settings>()
    known.set(org, ofOrg)
    const name = feature ?? ''
    const settings = ofOrg.get(name) ?? resolveSettings(org, feature)
    ofOrg.set(name, settings)
    return settings
  }
}
