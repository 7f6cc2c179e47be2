import type { GateFact, GateInput } from '../../shared/gate/port.ts'
import type { Evaluation } from './evaluation.ts'
import type { Files } from './files.ts'
import * as formats from './formats.ts'
import type { Sample } from './metrics.ts'
import { createRandom, draw } from './random.ts'
import type { Reading, System } from './system.ts'

/** Samples by the key that rows.ts names. */
export type Samples = Map<string, Sample[]>

type Kind = Sample['kind'] | boolean

/** Adds a score under a key; a system that has none there adds nothing. */
type Add = (
  kind: Kind,
  group: string,
  id?: string,
) => (key: string, score: number | undefined) => void
type Context = { files: Files; system: System; add: Add; evaluation: Evaluation }

/** Runs one system over every set that is there. */
export async function collect(
  files: Files,
  system: System,
  evaluation: Evaluation,
): Promise<Samples> {
  const samples: Samples = new Map()
  const add: Add =
    (is, group, id = group) =>
    (key, score) => {
      if (score === undefined) return
      const kind = typeof is === 'string' ? is : is ? 'positive' : 'negative'
      const list = samples.get(key) ?? []
      list.push({ score, kind, group, id })
      samples.set(key, list)
    }
  const context = { files, system, add, evaluation }
  for (const set of [
    realPrompts,
    stakes,
    factUse,
    persistBench,
    preferences,
    impersonal,
    sessions,
    languages,
  ])
    await set(context)
  return samples
}

const ask = (query: string, more: Partial<GateInput> = {}): GateInput => ({
  query,
  history: [],
  notes: [],
  facts: [],
  ...more,
})
const rate = (yes: boolean | undefined) => (yes === undefined ? undefined : Number(yes))

async function realPrompts({ files, system, add }: Context): Promise<void> {
  for (const item of files.read('dev/real_prompts/gold_dev.jsonl', formats.TwiceLabelled) ?? []) {
    const reading = await system.read(ask(item.query))
    const needs = agreed(item.profile.map((label) => label >= 1))
    if (needs !== undefined) {
      add(needs, item.id)('needs', reading.profile)
      const key = needs ? 'attachedRecall' : 'attached'
      add(needs, item.id)(key, rate(reading.needsProfile))
    }
    const style = agreed(item.style.map((label) => label >= 1))
    if (style !== undefined) add(style, item.id)('style', reading.style)
    if (agreed(item.stakes.map((label) => label !== 'none')) === false)
      add(false, item.id)('stakes', reading.stakes)
  }
}

/** What both annotators say, or undefined where they differ. */
const agreed = (labels: readonly boolean[]): boolean | undefined =>
  labels.every((label) => label === labels[0]) ? labels[0] : undefined

async function stakes({ files, system, add }: Context): Promise<void> {
  for (const name of ['liveqa', 'other'])
    for (const { id, text } of files.read(`dev/stakes/${name}.jsonl`, formats.Stakes) ?? [])
      add(true, id)('stakes', (await system.read(ask(text))).stakes)
}

async function factUse({ files, system, add }: Context): Promise<void> {
  const users = files.read('dev/fact_use/users.jsonl', formats.User) ?? []
  for (const user of users)
    await readUser(user, system, ({ score, helps, kind, id }) => {
      add(kind, user.user, id)('helps', score)
      add(kind, user.user, id)('helpsAlone', helps)
    })
}

type SeenPair = Pick<Sample, 'score' | 'kind'> & { helps: number | undefined; id: string }

/** Each fact with each request of one user. */
async function readUser(
  { user, facts, queries }: formats.User,
  system: System,
  see: (pair: SeenPair) => void,
): Promise<void> {
  const known: GateFact[] = facts.map(({ id, text, category }) => ({
    id,
    text,
    ...(category ? { category } : {}),
  }))
  for (const { q, use, trap = [] } of queries) {
    const reading = await system.read(ask(q, { facts: known }))
    reading.facts?.forEach(({ score, helps }, i) => {
      const id = facts[i]?.id ?? ''
      const kind = (use[id] ?? 0) >= 1 ? 'positive' : trap.includes(id) ? 'trap' : 'negative'
      see({ score, helps, kind, id: `${user} ${id} ${JSON.stringify(q)}` })
    })
  }
}

const best = ({ facts }: Reading): number | undefined =>
  facts && Math.max(0, ...facts.map(({ score }) => score))

async function persistBench({ files, system, add }: Context): Promise<void> {
  const sets = [
    ['beneficial_samples', 'positive', ['crossDomain', 'sycophancy']],
    ['cross_domain', 'negative', ['crossDomain']],
    ['sycophancy', 'negative', ['sycophancy']],
  ] as const
  for (const [name, kind, keys] of sets) {
    const items = files.read(`dev/persistbench/${name}.jsonl`, formats.Memories) ?? []
    for (const [i, { query, memories }] of items.entries()) {
      const facts = memories.map((text, k) => ({ id: `m${k}`, text }))
      const score = best(await system.read(ask(query, { facts })))
      for (const key of keys) add(kind, `${name}${i}`)(key, score)
    }
  }
}

async function preferences({ files, system, add, evaluation }: Context): Promise<void> {
  const { seed, others, category } = evaluation.prefeval
  const random = createRandom(seed)
  const items = files.read('dev/prefeval/explicit.jsonl', formats.Preference) ?? []
  for (const { id, preference, question } of items) {
    const strangers = draw(
      items.filter((item) => item.preference !== preference),
      others,
      random,
    )
    const facts = [preference, ...strangers.map((item) => item.preference)].map((text, k) => ({
      id: `p${k}`,
      text,
      category,
    }))
    const reading = await system.read(ask(question, { facts }))
    reading.facts?.forEach(({ attach }, k) => {
      if (k === 0) add(true, id)('ownPreference', Number(attach))
      else add(false, id)('otherPreference', Number(attach))
    })
  }
}

async function impersonal({ files, system, add }: Context): Promise<void> {
  const sets = [
    ['objective', 'dev/memsyco/objective_fact_judgment.jsonl'],
    ['factoid', 'dev/nq_open/efficientqa_dev.jsonl'],
  ] as const
  for (const [key, path] of sets) {
    const items = files.read(path, formats.Question) ?? []
    for (const [i, { question }] of items.entries())
      add(false, String(i))(key, rate((await system.read(ask(question))).needsProfile))
  }
}

async function sessions({ files, system, add }: Context): Promise<void> {
  for (const item of files.read('dev/session_need/items.jsonl', formats.SessionItem) ?? []) {
    if (item.session === 1) continue
    const { query, history = [], notes = [] } = item
    const opening = history[0]?.content ?? notes[0] ?? item.id
    const reading = await system.read(ask(query, { history, notes }))
    add(item.session === 2, opening, item.id)('session', reading.session)
  }
}

async function languages({ files, system, add }: Context): Promise<void> {
  for (const language of ['de', 'es', 'fr', 'pt', 'zh']) {
    for (const item of files.read(`dev/languages/${language}/prompts.jsonl`, formats.Labelled) ??
      []) {
      const reading = await system.read(ask(item.query))
      const to = add(item.profile >= 1, item.id)
      to(`needs.${language}`, reading.profile)
      to('needs.pooled', reading.profile)
      if (item.profile === 0) to(`attached.${language}`, rate(reading.needsProfile))
    }
    for (const user of files.read(`dev/languages/${language}/users.jsonl`, formats.User) ?? [])
      await readUser(user, system, ({ score, kind, id }) =>
        add(kind, user.user, id)(`helps.${language}`, score),
      )
  }
}
