import type { Decision } from '../schema/decision.ts'
import type { FactVerdict, KeptOut } from './rules.ts'

const longest = 300

/** The decision in plain words, at most 300 characters. */
export function explain(
  { slices, scores, thresholds, stakes, inherited }: Omit<Decision, 'reason' | 'ms'>,
  verdicts: readonly FactVerdict[],
): string {
  const compared = `profile ${twoDigits(scores.profile)} ${slices.profile ? '>=' : '<'} ${twoDigits(thresholds.profile)}`
  const attached = verdicts.filter(({ attach }) => attach)
  const vital = attached.filter(({ fact }) => fact.vital).length
  const clauses = [
    slices.profile
      ? `depends on who asks (${compared})`
      : `does not depend on who asks (${compared})`,
    inherited > 0
      ? `follows up, read together with the message ${count(inherited, 'step')} back`
      : '',
    slices.session && inherited === 0 ? 'refers to something outside itself' : '',
    attached.length > 0
      ? `${count(attached.length, 'fact')} ${attached.length === 1 ? 'helps' : 'help'}`
      : '',
    slices.profile && attached.length === 0 && verdicts.length > 0 ? 'no fact helps' : '',
    vital > 0 ? `${vital} of them vital` : '',
    keptOut(verdicts),
    slices.style ? 'style matters' : '',
    stakes === 'none' ? '' : `high stakes: ${stakes}`,
  ]
  return clauses
    .filter((clause) => clause !== '')
    .join('; ')
    .slice(0, longest)
}

const words: Partial<Record<KeptOut, (n: number) => string>> = {
  belief: (n) => count(n, 'belief'),
  blocked: (n) => `${n} blocked by settings`,
  limit: (n) => `${n} over the limit`,
}

function keptOut(verdicts: readonly FactVerdict[]): string {
  const parts = Object.entries(words).flatMap(([why, say]) => {
    const n = verdicts.filter((verdict) => verdict.keptOut === why).length
    return n > 0 ? [say(n)] : []
  })
  return parts.length > 0 ? `kept out: ${parts.join(', ')}` : ''
}

const count = (n: number, noun: string) => `${n} ${noun}${n === 1 ? '' : 's'}`
const twoDigits = (p: number) => p.toFixed(2)
