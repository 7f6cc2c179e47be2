import type { StyleWishes } from '../schema/org.ts'
import { styleFacets } from '../style.ts'

const words: { [K in keyof StyleWishes]-?: Record<NonNullable<StyleWishes[K]>, string> } = {
  length: { brief: 'brief', thorough: 'thorough' },
  level: { expert: 'expert level, skip basics', plain: 'plain words, no jargon' },
  tone: { formal: 'formal', friendly: 'friendly', direct: 'direct' },
  format: {
    bullets: 'bullet points',
    tables: 'tables where they fit',
    code: 'code first',
    prose: 'prose',
  },
}

/** What is fixed, in words for the model. */
export function phrases({ length, level, tone, format }: StyleWishes): string[] {
  return [
    length && words.length[length],
    level && words.level[level],
    tone && words.tone[tone],
    format && words.format[format],
  ].filter((phrase) => phrase !== undefined)
}

/** A user's style line without the wishes about what is fixed above them. */
export function withoutFixed(line: string, fixed: StyleWishes): string {
  if (Object.keys(fixed).length === 0) return line
  return line
    .split('; ')
    .filter((phrase) => !Object.keys(styleFacets(phrase)).some((facet) => facet in fixed))
    .join('; ')
}
