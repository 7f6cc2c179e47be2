import { runDurableObjectAlarm } from 'cloudflare:test'
import { env } from 'cloudflare:workers'
import type { ClientContext, WireDecision } from '../../shared/schema/context.ts'
import type { Fact } from '../../shared/schema/fact.ts'
import { keysOf, type Harness } from './harness.ts'

/** Twelve facts of one person. */
export const twelve = [
  ['diet', 'I eat vegetarian food'],
  ['health', 'I am allergic to peanuts'],
  ['role', 'I work as a structural engineer'],
  ['project', 'I am building a footbridge in Porto'],
  ['location', 'I live in Porto'],
  ['family', 'I have two children'],
  ['tool', 'I cook on an induction stove'],
  ['preference', 'I like Sichuan food'],
  ['schedule', 'I work from home on Fridays'],
  ['goal', 'I want to run a half marathon'],
  ['history', 'I studied in Delft'],
  ['belief', 'I think fast food should be taxed'],
] as const

export type Person = { user: string; facts: Fact[]; version: number }

/** Tells the self-model of a user these facts, one call each, as the panel does. */
export async function introduce(
  harness: Harness,
  user: string,
  facts: readonly (readonly [string, string])[] = twelve,
): Promise<Person> {
  const kept: Fact[] = []
  for (const [category, text] of facts) {
    const response = await harness.fetch('/v1/self-model/facts', {
      as: user,
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ category, text }),
    })
    const { fact } = await response.json<{ fact: Fact }>()
    kept.push(fact)
  }
  await publish(user)
  return { user, facts: kept, version: kept.length }
}

/** Lets the snapshot reach KV now, as its alarm would within a second. */
export async function publish(user: string): Promise<void> {
  const { userKey } = await keysOf(user)
  await runDurableObjectAlarm(env.SELF_MODELS.getByName(userKey))
}

/** The id of the fact that says this. */
export function idOf({ facts }: Person, words: string): string {
  const fact = facts.find(({ text }) => text.includes(words))
  if (!fact) throw new Error(`no fact says ${words}`)
  return fact.id
}

export const decision = (rest: Partial<WireDecision> = {}): WireDecision => ({
  tier: 'lite',
  mode: 'balanced',
  slices: { style: false, session: false, profile: (rest.facts ?? []).length > 0 },
  facts: [],
  stakes: 'none',
  language: 'en',
  inherited: 0,
  ms: 0.4,
  reason: 'test',
  ...rest,
})

/** What the page sends along: the device has decided, and has seen this version of the persona. */
export const context = (rest: Partial<ClientContext> = {}): ClientContext => ({
  v: 1,
  session: 'session-of-a-test',
  device: { store: 'edge', gate: 'ready' },
  ...rest,
})

export const chatBody = (content: string, rest: object = {}): string =>
  JSON.stringify({ model: 'test-model', messages: [{ role: 'user', content }], ...rest })
