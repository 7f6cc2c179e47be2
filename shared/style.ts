import { limits } from './limits.ts'
import { oneLine } from './normalise.ts'
import { estimateTokens } from './tokens.ts'

/* Style wishes become fixed phrases, one a facet: bounded, the same for all who wish the same. */
type Facet = 'length' | 'level' | 'tone' | 'format'
const facets: readonly { name: Facet; values: readonly [RegExp, string][] }[] = [
  {
    name: 'length',
    values: [
      [/\b(short|brief|concise|terse|tl;?dr|few words|to the point)/i, 'brief'],
      [/\b(detail|thorough|in depth|long|complete|comprehensive)/i, 'thorough'],
    ],
  },
  {
    name: 'level',
    values: [
      [/\b(expert|advanced|skip (the )?basics|no basics|senior)/i, 'expert level, skip basics'],
      [
        /\b(beginner|simple|plain (words|english)|eli5|no jargon|basics)/i,
        'plain words, no jargon',
      ],
    ],
  },
  {
    name: 'tone',
    values: [
      [/\b(formal|polite)/i, 'formal'],
      [/\b(friendly|warm|casual|informal)/i, 'friendly'],
      [/\b(blunt|direct|no fluff|no flattery)/i, 'direct'],
    ],
  },
  {
    name: 'format',
    values: [
      [/\b(bullet|list)/i, 'bullet points'],
      [/\btable/i, 'tables where they fit'],
      [/\bcode( first|[- ]only)?\b/i, 'code first'],
      [/\b(prose|paragraph|no lists|no bullets)/i, 'prose'],
    ],
  },
]

export type StyleFacets = Partial<Record<Facet, string>>

/** What one wish says of length, level, tone and format, each as its fixed phrase. */
export function styleFacets(wish: string): StyleFacets {
  const said: StyleFacets = {}
  for (const { name, values } of facets) {
    const phrase = values.find(([pattern]) => pattern.test(wish))?.[1]
    if (phrase) said[name] = phrase
  }
  return said
}

/**
 * The style line of a user, at most 30 tokens: the newest wish of each facet as its fixed phrase,
 * then wishes that fit no facet in their own words while there is room. `wishes`: newest first.
 */
export function styleLine(wishes: readonly string[]): string {
  const taken = new Map<string, string>()
  const own: string[] = []
  for (const wish of wishes) {
    const said = Object.entries(styleFacets(wish))
    for (const [name, phrase] of said) if (!taken.has(name)) taken.set(name, phrase)
    if (said.length === 0) own.push(oneLine(wish).replace(/[.;]+$/, ''))
  }
  let line = ''
  for (const phrase of [...taken.values(), ...own]) {
    const longer = line === '' ? phrase : `${line}; ${phrase}`
    if (estimateTokens(longer) <= limits.styleTokens) line = longer
  }
  return line
}
