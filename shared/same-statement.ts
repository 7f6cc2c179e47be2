import { oneLine } from './normalise.ts'
import { onceEach } from './once-each.ts'
import type { Category } from './schema/fact.ts'

const set = (words: string) => new Set(words.split(' '))

/** Words that say who speaks and how, never what. Negations, numbers and people are none of them. */
const filler = set(
  'a an the this that and i im am is are be it its my me to of in on at for with as do does have has ive really very also just quite',
)
/** Words that a category says already. */
const framing: Partial<Record<Category, Set<string>>> = {
  diet: set('eat eats food diet follow follows'),
  location: set('live lives living based located'),
  role: set('work works working job'),
  tool: set('use uses using'),
  preference: set('prefer prefers like likes'),
  style: set('prefer prefers like likes answer answers'),
}

type Statement = { category?: Category; text: string }

const contentOf = onceEach(({ category, text }: Statement): string => {
  const frame = category && framing[category]
  const words = oneLine(text)
    .toLowerCase()
    .replace(/['’]/g, '')
    .split(/[^\p{L}\p{N}]+/u)
    .filter((word) => word !== '' && !filler.has(word) && !frame?.has(word))
  return words.map(singular).join(' ')
})

const singular = (word: string) =>
  word.length > 4 && word.endsWith('s') && !word.endsWith('ss') ? word.slice(0, -1) : word

/**
 * Leaves out what an earlier one of the list says in other words: the same content, apart from who speaks
 * and what the category says anyway. Anything more, or less, is another statement: "no fish" is not "fish",
 * and a sister's diet is not one's own.
 */
export function withoutRepeats<T>(items: readonly T[], read: (item: T) => Statement): T[] {
  const said = new Set<string>()
  return items.filter((item) => {
    const content = contentOf(read(item))
    if (content === '') return true
    if (said.has(content)) return false
    said.add(content)
    return true
  })
}

type Opening = { pattern: RegExp; only?: readonly Category[] }
const openings: readonly Opening[] = [
  { pattern: /^(?:i am|i'm|i’m) (?=\S)/i },
  { pattern: /^i work as (?:an? |the )?(?=\S)/i, only: ['role'] },
  { pattern: /^i live in (?=\S)/i, only: ['location'] },
  { pattern: /^i (?:prefer|like) (?=\S)/i, only: ['preference', 'style'] },
  { pattern: /^my (?=\S)/i },
]

/**
 * The same fact in fewer words: without the opening that its category says anyway. Nothing else is cut,
 * for what comes late in a sentence may turn its meaning.
 */
export const shortForm = onceEach(({ category, text }: Required<Statement>): string => {
  const line = oneLine(text)
  const fitting = openings.find(
    ({ pattern, only }) => pattern.test(line) && (only?.includes(category) ?? true),
  )
  return fitting ? line.replace(fitting.pattern, '') : line
})
