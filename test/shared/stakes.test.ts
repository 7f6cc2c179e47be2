import { describe, expect, test } from 'vitest'
import { compose, type ComposeInput } from '../../shared/compose.ts'
import { placeOrg } from '../../shared/org-tree.ts'
import { resolveSettings } from '../../shared/resolve.ts'
import { Stakes } from '../../shared/schema/decision.ts'
import { Category, type BriefFact } from '../../shared/schema/fact.ts'
import type { Org } from '../../shared/schema/org.ts'
import { readSource } from '../../shared/source-text.ts'

/* What goes along where an answer can do harm. */

const org: Org = { v: 1, id: 'demo', keys: [] }
const kinds = Stakes.options.filter((kind) => kind !== 'none')
const words: Partial<Record<Category, string>> = {
  belief: 'Thinks that vaccines are overrated',
  health: 'Takes blood thinners since May',
  finance: 'Has a mortgage of 200,000 euros',
  location: 'Lives in Porto',
  preference: 'Likes Sichuan food',
  tool: 'Cooks on an induction stove',
}
const facts = Category.options.map((category): BriefFact => {
  const text = words[category] ?? `A statement that is about ${category} alone`
  return { id: category, category, text }
})

const ask = (
  stakes: Stakes,
  { settings = {}, ...rest }: Partial<Omit<ComposeInput, 'settings'>> & { settings?: object } = {},
) =>
  compose({
    persona: { v: 1, version: 1, epoch: 0, style: 'brief', summary: [], facts },
    deviceFacts: [],
    notes: [],
    settings: {
      ...resolveSettings({ ...org, settings: { maxFacts: 64, highStakesBudget: 500 } }),
      ...settings,
    },
    history: [],
    query: 'what now?',
    room: 100_000,
    ...rest,
    decision: {
      tier: 'lite',
      mode: 'balanced',
      stakes,
      language: 'en',
      inherited: 0,
      ms: 1,
      slices: { style: true, session: false, profile: true },
      facts: rest.deviceFacts?.map(({ id }) => id) ?? facts.map(({ id }) => id),
      reason: '',
    },
  })
const categoriesOf = (stakes: Stakes) => ask(stakes).facts.map(({ category }) => category)

describe('where the stakes are high', () => {
  test.each(kinds)('%s: opinions and what merely pleases never go along', (kind) => {
    for (const category of ['belief', 'preference', 'style', 'tool', 'schedule', 'project']) {
      expect(categoriesOf(kind)).not.toContain(category)
    }
    expect(ask(kind).block).not.toContain('vaccines')
  })
  test('facts of the domain go along, those of another do not', () => {
    expect(categoriesOf('medical')).toContain('health')
    expect(categoriesOf('medical')).not.toContain('finance')
    expect(categoriesOf('financial')).toContain('finance')
    expect(categoriesOf('financial')).not.toContain('health')
    expect(categoriesOf('legal')).toContain('location')
    expect(categoriesOf('safety')).toContain('health')
  })
  test('what protects its owner goes along whatever the domain, unless it is an opinion', () => {
    const deviceFacts: BriefFact[] = [
      { id: 'epi', category: 'tool', text: 'Carries an adrenaline pen', vital: true },
      { id: 'view', category: 'belief', text: 'Trusts no doctor', vital: true },
    ]
    expect(ask('legal', { deviceFacts }).facts.map(({ id }) => id)).toEqual(['epi'])
  })
  test('the model is asked to find out what is missing before it agrees', () => {
    expect(ask('medical').block).toContain('ask for what is missing before agreeing')
    expect(ask('none').block).not.toContain('before agreeing')
  })
  test('with facts of other domains alone, the receipt says that none helps', () => {
    const deviceFacts: BriefFact[] = [{ id: 'm', category: 'finance', text: 'Has a mortgage' }]
    const asked = ask('medical', { deviceFacts, settings: { blocked: ['style'] } })
    expect(asked).toMatchObject({ why: 'no_fact_helps', block: '' })
  })
  test('a source of the org goes along only where all that it tells is of the domain', () => {
    const told = (categories: Category[]) => {
      const schema = [{ name: 'plan', type: 'text' as const }]
      const shape = { name: 'crm', timeoutMs: 50, cacheSeconds: 60, maxTokens: 40, schema }
      const read = readSource({ ...shape, url: 'https://crm.test/', categories }, { plan: 'Gold' })
      return read.ok && read.value ? [read.value] : []
    }
    const slicesOf = (stakes: Stakes, categories: Category[]) =>
      ask(stakes, { sources: told(categories) }).slices
    expect(slicesOf('financial', ['finance'])).toContain('sources')
    expect(slicesOf('financial', ['finance', 'preference'])).not.toContain('sources')
    expect(slicesOf('financial', [])).not.toContain('sources')
    expect(slicesOf('none', [])).toContain('sources')
  })
})

describe('an org can have no personalization there at all', () => {
  const strict = { offAtHighStakes: true }
  test.each(kinds)('%s: nothing goes along, and the receipt says why', (kind) => {
    expect(ask(kind, { settings: strict })).toMatchObject({
      block: '',
      why: 'high_stakes',
      slices: [],
      facts: [],
    })
  })
  test('elsewhere everything stays as it is', () => {
    expect(ask('none', { settings: strict })).toEqual(ask('none'))
  })
  test('by feature, and by an org above', () => {
    const record: Org = { ...org, features: { triage: strict } }
    expect(resolveSettings(record, 'triage').offAtHighStakes).toBe(true)
    expect(resolveSettings(record, 'search').offAtHighStakes).toBe(false)
    const parent: Org = { v: 1, id: 'above', keys: [], children: ['demo'], settings: strict }
    const child = { ...org, parent: 'above', settings: { offAtHighStakes: false } }
    const placed = placeOrg(child, parent)
    expect(placed.ok && resolveSettings(placed.value).offAtHighStakes).toBe(true)
  })
})
