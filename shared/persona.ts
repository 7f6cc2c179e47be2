import { factLine } from './block.ts'
import { dayOf } from './calendar.ts'
import { limits } from './limits.ts'
import { asData } from './normalise.ts'
import type { Persona } from './schema/persona.ts'
import { currentFacts } from './self-model/current.ts'
import type { SelfModel } from './self-model/model.ts'
import { styleLine } from './style.ts'
import { estimateTokens } from './tokens.ts'
import { activeFacts } from './value.ts'

/**
 * The prompt-ready snapshot of a self-model at a time. The same model and day give the same bytes. `count`
 * counts tokens as OpenAI does: the summary is filled by it, and each fact's line is counted once, here.
 */
export function renderPersona(
  model: SelfModel,
  now: number,
  count?: (text: string) => number,
): Persona {
  const facts = activeFacts(currentFacts(model.facts, now), now)
  const wishes = facts
    .filter(({ category }) => category === 'style')
    .toSorted((a, b) => b.lastSeen - a.lastSeen)
  const summary: string[] = []
  let tokens = 0
  for (const { category, text } of facts) {
    const line = `${category}: ${asData(text)}`
    const cost = count ? count(`${line}\n`) : estimateTokens(line) + 1
    if (category === 'style' || tokens + cost > limits.summaryTokens) continue
    tokens += cost
    summary.push(line)
  }
  const brief = facts.map(({ id, category, text, vital, lastSeen, confidence }) => ({
    id,
    category,
    text,
    ...(vital ? { vital } : {}),
    seen: dayOf(lastSeen),
    // In tenths: a further sighting seldom makes another snapshot.
    confidence: Math.round(confidence * 10) / 10,
  }))
  return {
    v: 1,
    version: model.version,
    epoch: model.epoch,
    style: styleLine(wishes.map(({ text }) => text)),
    summary,
    facts: brief,
    ...(count ? { tokens: brief.map((fact) => count(`${factLine(fact)}\n`)) } : {}),
    ...(model.limits ? { limits: model.limits } : {}),
    ...(model.cohort && !keepsStyleOut(model) ? { cohort: model.cohort.cohort } : {}),
  }
}

const keepsStyleOut = ({ limits: less }: SelfModel): boolean =>
  less?.off === true || (less?.blocked ?? []).includes('style')

export const emptyPersona = (version = 0, epoch = 0): Persona => ({
  v: 1,
  version,
  epoch,
  style: '',
  summary: [],
  facts: [],
})
