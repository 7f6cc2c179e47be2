import { contentId } from '../../../shared/fact-id.ts'
import { learnable } from '../../../shared/learnable.ts'
import { renderPersona } from '../../../shared/persona.ts'
import {
  MergeDevice,
  Observation,
  SettingsChange,
  type Change,
} from '../../../shared/schema/learning.ts'
import {
  changesBetween,
  learnSightings,
  undoChange,
  type SelfModel,
} from '../../../shared/self-model.ts'

type Models = {
  read: (user: string) => SelfModel
  write: (user: string, model: SelfModel) => void
  tokenFor: (user: string) => string
}
type Asked = { path: string; method: string; user: string; body: unknown }
type Answered = { body: unknown; status?: number }

/** What learns at the edge, in this process: the real rules, and a queue that may be held. */
export function createUnderstanding({ read, write, tokenFor }: Models) {
  const queue: (() => void)[] = []
  const learnedIds = new Set<string>()
  const histories = new Map<string, Change[]>()
  const self = {
    /** Observations as they came, oldest first. */
    observed: [] as Observation[],
    /** Holds the queue until `deliver`. */
    held: false,
    deliver: () => queue.splice(0).forEach((work) => work()),
    settings: { learn: true },
    /** What a change by its owner puts into the history. */
    changed(user: string, before: SelfModel, target?: string): void {
      const about = { cause: 'owner' as const, ...(target ? { target } : {}) }
      tell(user, changesBetween(before, read(user), { now: Date.now(), ...about }))
    },
    merged: [] as MergeDevice[],
    openDevice: (token: string) => ({
      token: token === '' ? tokenFor(`device:${crypto.randomUUID()}`) : token,
      expires: Date.now() + 30 * 24 * 3600 * 1000,
    }),
    answer(asked: Asked): Answered | undefined {
      const { path, method, user } = asked
      const now = Date.now()
      const persona = () => renderPersona(read(user), now)
      if (path === '/v1/observe')
        return { body: observe(user, Observation.parse(asked.body)), status: 202 }
      if (path === '/v1/self-model/history') return { body: { changes: histories.get(user) ?? [] } }
      if (path.endsWith('/undo')) {
        const change = histories.get(user)?.find(({ id }) => String(id) === path.split('/')[4])
        const undone = change && undoChange(read(user), change, now)
        if (!undone?.ok) return { body: { code: 'not_found' }, status: 404 }
        write(user, undone.value)
        return { body: { persona: persona() } }
      }
      if (path === '/v1/self-model/audit') {
        const entry = { at: now, actor: 'page', action: 'view', target: '' }
        return { body: { entries: [entry, { ...entry, actor: 'edge', action: 'learn' }] } }
      }
      if (path === '/v1/self-model/settings' && method === 'PATCH') {
        const { learn, limits } = SettingsChange.parse(asked.body)
        if (learn !== undefined) self.settings = { learn }
        const model = read(user)
        write(user, { ...model, version: model.version + 1, ...(limits ? { limits } : {}) })
        return { body: { settings: self.settings, persona: persona() } }
      }
      if (path === '/v1/devices/merge') {
        self.merged.push(MergeDevice.parse(asked.body))
        return { body: { merged: 1, persona: persona() } }
      }
      return undefined
    },
  }

  function tell(user: string, changes: readonly Omit<Change, 'id'>[]): void {
    const before = histories.get(user) ?? []
    const added = changes.map((change, i) => ({ ...change, id: before.length + i + 1 }))
    histories.set(user, [...added.toReversed(), ...before])
  }

  function observe(user: string, observation: Observation) {
    self.observed.push(observation)
    const { id = '', epoch, facts = [] } = observation
    const kept = facts.filter(
      (fact) => observation.consent === 'edge' && !('refused' in learnable(fact)),
    )
    queue.push(() => {
      const model = read(user)
      if (learnedIds.has(id) || (epoch ?? 0) < model.epoch) return
      learnedIds.add(id)
      const now = Date.now()
      const sightings = kept.map(({ source = 'typed', at = now, supersedes, ...fact }) => {
        const { category, text } = fact
        return { source, at, category, text, ...(supersedes ? { supersedes } : {}) }
      })
      const idOf = (category: string, text: string) => `f_${contentId(category + text)}`
      const next = learnSightings(model, sightings, { now, idOf })
      const changes = changesBetween(model, next, { now, cause: 'learned' })
      tell(user, changes)
      write(user, { ...next, version: model.version + 1 })
    })
    if (!self.held) self.deliver()
    return { id, accepted: kept.length, refused: {} }
  }
  return self
}
