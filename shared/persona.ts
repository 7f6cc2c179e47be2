import { limits } from './limits.ts'
import { asData } from './normalise.ts'
import type { Persona } from './schema/persona.ts'
import type { SelfModel } from './self-model.ts'
import { styleLine } from './style.ts'
import { estimateTokens } from './tokens.ts'
import { activeFacts } from './value.ts'

/** The prompt-ready snapshot of a self-model at a time. The same model and day give the same bytes. */
export function renderPersona(model: SelfModel, now: number): Persona {
  const facts = activeFacts(model.facts, now)
  const wishes = facts
    .filter(({ category }) => category === 'style')
    .toSorted((a, b) => b.lastSeen - a.lastSeen)
  const summary: string[] = []
  let tokens = 0
  for (const { category, text } of facts) {
    const line = `${category}: ${asData(text)}`
    const cost = estimateTokens(line) + 1
    if (category === 'style' || tokens + cost > limits.summaryTokens) continue
    tokens += cost
    summary.push(line)
  }
  return {
    v: 1,
    version: model.version,
    epoch: model.epoch,
    style: styleLine(wishes.map(({ text }) => text)),
    summary,
    facts: facts.map(({ id, category, text, vital, lastSeen }) => ({
      id,
      category,
      text,
      ...(vital ? { vital } : {}),
      seen: dayOf(lastSeen),
    })),
  }
}

const DAY = 24 * 3600 * 1000
const dayOf = (time: number) => Math.floor(time / DAY) * DAY

export const emptyPersona = (version = 0, epoch = 0): Persona => ({
  v: 1,
  version,
  epoch,
  style: '',
  summary: [],
  facts: [],
})
