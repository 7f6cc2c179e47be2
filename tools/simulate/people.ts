import { readFileSync } from 'node:fs'
import { renderPersona } from '../../shared/persona.ts'
import { Category } from '../../shared/schema/fact.ts'
import type { Persona } from '../../shared/schema/persona.ts'
import { addFact, emptyModel } from '../../shared/self-model.ts'
import { estimateTokens } from '../../shared/tokens.ts'
import { prose, type Random } from './random.ts'

type Known = { category: Category; text: string }

/** Facts as people state them: those of the labelled development set. */
export function readFacts(): { facts: Known[]; wishes: Known[] } {
  const lines = readFileSync(
    new URL('../../data/dev/fact_use/users.jsonl', import.meta.url),
    'utf8',
  )
  const all = lines
    .split('\n')
    .filter((line) => line !== '')
    .flatMap((line): Known[] => JSON.parse(line).facts)
    .map(({ category, text }) => ({ category: Category.parse(category), text }))
  return {
    facts: all.filter(({ category }) => category !== 'style'),
    wishes: all.filter(({ category }) => category === 'style'),
  }
}

/** One user's snapshot, rendered by the product's own code from facts added one by one. */
export function createPersona(
  random: Random,
  { facts, wishes, size, now }: ReturnType<typeof readFacts> & { size: number; now: number },
): Persona {
  let model = emptyModel()
  const add = (fact: Known) => {
    const added = addFact(model, fact, { id: `f${model.facts.length}`, now })
    if (added.ok) model = added.value.model
  }
  add(random.pick(wishes))
  for (let i = 0; i < size; i++) add(random.pick(facts))
  return renderPersona(model, now)
}

/** What stays of a full profile from turn to turn: everything known, filled up with what was ever said. */
export function profileBody(random: Random, persona: Persona, tokens: number): string {
  const lines = persona.facts.map(({ category, text }) => `${category}: ${text}`)
  let known = ''
  for (const line of lines) {
    if (estimateTokens(`${known}\n${line}`) < tokens) known += `\n${line}`
  }
  const rest = tokens - estimateTokens(known) - HEADING
  return rest > 0 ? `${known}\nearlier: ${prose(random, rest)}` : known
}

const HEADING = 18

/** A profile as it is usually sent: newest first, so that a change shows at the top. */
export const fullProfile = (body: string, revision: number): string =>
  `User profile, revision ${String(revision).padStart(5, '0')}, newest first.${body}`
