import { contentId } from '../../shared/fact-id.ts'
import { fail, ok, type Result } from '../../shared/problem.ts'
import { resolveSettings } from '../../shared/resolve.ts'
import { isSameStatement } from '../../shared/self-model.ts'
import type { Fact, FactChange } from '../../shared/schema/fact.ts'
import type { Device, LearnedMessage, Lesson } from '../../shared/schema/learning.ts'
import type { Org } from '../../shared/schema/org.ts'
import type { Persona } from '../../shared/schema/persona.ts'
import type { Clock, DeviceTokens, NewId, Orgs, Rates, StorageKeys } from '../ports.ts'
import type { SelfModels } from '../learning-ports.ts'
import { isAllowedOrigin, type Call } from './admit.ts'
import { readCredentials } from './credentials.ts'
import type { Erase } from './erase.ts'
import type { Identify } from './identify.ts'

/** How the users are named who are devices: no app's own user may be. */
const DEVICE = 'device:'
export const isDevice = (user: string): boolean => user.startsWith(DEVICE)

type Deps = {
  orgs: Orgs
  identify: Identify
  rates: Rates
  tokens: DeviceTokens
  selfModels: SelfModels
  erase: Erase
  storageKeys: (org: string, user: string) => Promise<StorageKeys>
  clock: Clock
  newId: NewId
}

export type Devices = {
  /**
   * A session for a visitor without an account. With a device's token in the request it is renewed.
   * Errors: `forbidden` where there is no such org or it does not allow it, `origin_not_allowed`,
   * `rate_limited`, `storage_unavailable`.
   */
  open(org: string, request: Request, call: Pick<Call, 'waitUntil'>): Promise<Result<Device>>
  /**
   * What a device has learned becomes the user's, and all of the device's own is erased. Once,
   * however often it is asked for. Errors: `token_invalid` where the token is no device's of this org,
   * `forbidden` for a device instead of a user; rejects where storage fails.
   */
  merge(
    user: { org: Org; user: string; keys: StorageKeys },
    device: string,
  ): Promise<Result<{ merged: number; persona: Persona }>>
}

export function createDevices(deps: Deps): Devices {
  const { orgs, identify, rates, tokens, selfModels, erase, storageKeys, clock, newId } = deps

  async function known(org: string, request: Request): Promise<string | undefined> {
    const sent = readCredentials(request.headers)
    const identity = sent.ok ? await identify(sent.value.token) : sent
    if (!identity.ok || identity.value.org.id !== org) return undefined
    return isDevice(identity.value.user) ? identity.value.user : undefined
  }

  async function loadOrg(id: string): Promise<Result<Org | undefined>> {
    try {
      return ok(await orgs.load(id))
    } catch {
      return fail('storage_unavailable', { retryAfter: 1 })
    }
  }

  /**
   * What its owner has pinned on the device, or marked as important or not, stays so; beyond the 32 pins it is
   * only learned. The last persona, if any.
   */
  async function markSame(
    keys: StorageKeys,
    { from, to }: { from: readonly Fact[]; to: readonly Fact[] },
  ): Promise<Persona | undefined> {
    let persona: Persona | undefined
    for (const fact of from) {
      const same = to.find((one) => isSameStatement(one, fact))
      for (const change of same ? marksOf(fact, same) : []) {
        const edit = await selfModels.changeFact(keys, { id: same?.id ?? '', change })
        if (edit.ok) ({ persona } = edit.value)
      }
    }
    return persona
  }

  return {
    async open(id, request, { waitUntil }) {
      const loaded = await loadOrg(id)
      if (!loaded.ok) return loaded
      const org = loaded.value
      if (!org?.anonymous || org.disabled) {
        return fail('forbidden', { field: 'org', expected: 'an organisation that allows devices' })
      }
      if (!isAllowedOrigin(request, org.origins)) {
        return fail('origin_not_allowed', { field: 'Origin' })
      }
      const caller = request.headers.get('cf-connecting-ip') ?? 'unknown'
      const retryAfter = rates.refusedFor(await storageKeys(id, `address:${caller}`), waitUntil)
      if (retryAfter > 0) return fail('rate_limited', { retryAfter })
      const user = (await known(id, request)) ?? `${DEVICE}${newId()}`
      return ok(await tokens.issue(org, user))
    },

    async merge({ org, user, keys }, token) {
      if (isDevice(user)) return fail('forbidden', { expected: 'the app token of a user' })
      const device = await identify(token)
      if (!device.ok || device.value.org.id !== org.id || !isDevice(device.value.user)) {
        return fail('token_invalid', { field: 'device', expected: 'the token of a device' })
      }
      const from = device.value.keys
      const [mine, theirs] = await Promise.all([selfModels.view(keys), selfModels.view(from)])
      const { blocked } = resolveSettings(org)
      const facts = theirs.facts.filter(
        ({ status, category }) => status !== 'superseded' && !blocked.includes(category),
      )
      const messages = facts.map((fact) => toMessage(fact, from.deviceKey))
      const { retentionDays } = org
      const lesson: Lesson = {
        v: 1,
        made: clock(),
        epoch: mine.epoch,
        cause: 'merged',
        messages,
        blocked,
        ...(retentionDays === undefined ? {} : { retentionDays }),
      }
      const { outcomes } = await selfModels.learn(
        { ...keys, ...(retentionDays ? { retentionDays } : {}) },
        [lesson],
      )
      const [outcome] = outcomes
      const merged = await selfModels.view(keys)
      // Whoever has switched learning off keeps the two apart.
      if (outcome !== 'learned' && outcome !== 'known') {
        return ok({ merged: 0, persona: merged.persona })
      }
      const persona = (await markSame(keys, { from: facts, to: merged.facts })) ?? merged.persona
      const { rest } = await erase({ keys: from, subject: from })
      await rest
      return ok({ merged: outcome === 'learned' ? facts.length : 0, persona })
    },
  }
}

/** Each on its own: where one is refused the other holds. What the user has said of the mark goes first, but for a yes. */
function marksOf(fact: Fact, same: Fact): FactChange[] {
  const isTold = fact.owned && fact.vital !== same.vital && (fact.vital || !same.owned)
  return [
    ...(isTold ? [{ vital: fact.vital }] : []),
    ...(fact.pinned && !same.pinned ? [{ pinned: true }] : []),
  ]
}

/** Ids of facts are new after an erasure, so a device that starts anew can merge again. */
const toMessage = (fact: Fact, device: string): LearnedMessage => ({
  id: `d_${contentId(`${device} ${fact.id}`)}`,
  facts: [
    {
      category: fact.category,
      text: fact.text,
      source: fact.owned && fact.status === 'active' ? 'typed' : fact.source,
      at: fact.lastSeen,
      ...(fact.expires === undefined ? {} : { expires: fact.expires }),
      ...(fact.supersedes === undefined ? {} : { supersedes: fact.supersedes }),
    },
  ],
})
