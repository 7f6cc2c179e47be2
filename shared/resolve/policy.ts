import { limits } from '../limits.ts'
import type { Org, StyleWishes } from '../schema/org.ts'
import { phrases } from './style.ts'
import { estimateTokens } from '../tokens.ts'

const ruleText = (rule: NonNullable<Org['compliance']>[number]): string =>
  typeof rule === 'string' ? rule : rule.text

/**
 * The org text of the shared prefix: the same for all users of a feature, whatever they ask, so that the
 * provider's cache holds it. Compliance stands first and is kept whole; the rest follows while it fits.
 * Terms are not in it: a request that uses one carries its meaning in the block.
 */
export function policyText({ compliance, systemPrompt, tone }: Org, style: StyleWishes): string {
  const fixed = phrases(style)
  const sections = [
    compliance?.length
      ? `Rules:\n${compliance.map((rule) => `- ${ruleText(rule)}`).join('\n')}`
      : '',
    systemPrompt ?? '',
    tone ? `Tone: ${tone}` : '',
    fixed.length > 0 ? `Form of answers: ${fixed.join('; ')}` : '',
  ]
  let text = ''
  for (const section of sections) {
    if (section === '') continue
    const longer = text === '' ? section : `${text}\n\n${section}`
    if (text === '' || estimateTokens(longer) <= limits.policyTokens) text = longer
  }
  return text
}
