import { oneLine } from '../normalise.ts'
import type { Category, Fact } from '../schema/fact.ts'
import { styleFacets } from '../style.ts'
import { expertiseOf } from './expertise.ts'
import { personOf } from './person.ts'

/** A fact's words as they are compared with another's. */
export type Reading = {
  category: Category
  /** Content words, stems, without who says it and how. */
  words: Set<string>
  negated: boolean
  /** Of whom it tells, where that is not the user: "sister". */
  person?: string
  /** Questions that have one answer at a time, and the answer: where one lives, how long answers shall be. */
  slots: Map<string, string>
  /** Content words of what this statement takes back. */
  takesBack?: Set<string>
}

const filler = new Set(
  (
    "a an the this that these those and or but so of to in on at for from with by as into about my our their his her its i i'm i've i'd im ive id me we us user users they them he she it " +
    'is am are was were be been being do does did have has had having got get gets will would can could really very also still just now currently always usually quite some ' +
    'live lives lived living use uses used using like likes liked liking love loves loved want wants wanted need needs work works worked working eat eats ate eating know knows knew prefer prefers preferred think thinks thought believe believes believed say says said own owns plan plans ' +
    'ich bin mein meine habe ist der die das und ein eine soy tengo mi el la un una es je suis mon ma le les ai est eu sou meu minha tenho o os é'
  ).split(' '),
)
/** Words that turn a statement around. */
const negations = new Set(
  (
    "no not never none without cannot can't cant don't dont doesn't doesnt isn't isnt aren't arent won't wont anymore stopped quit dislike dislikes hate hates " +
    'nicht kein keine keinen keiner nunca jamais não pas 不 没'
  ).split(' '),
)
/** Words that say nothing where a statement is turned around already. */
const besides = new Set('longer any more mehr ya plus ne já'.split(' '))
/** Chinese has no spaces: what says who, that it is so, and that it is not, is taken out of the words. */
const chineseFiller = /[我是不没再了的]/gu

const plain = /^[\x20-\x7e]*$/

export function readFact({ category, text, supersedes }: Fact): Reading {
  const line = oneLine(text).toLowerCase()
  const { words, negated } = readWords(line)
  const person = personOf(line)
  return {
    category,
    words,
    negated,
    ...(person ? { person } : {}),
    slots: slotsOf(category, line),
    ...(supersedes ? { takesBack: readWords(oneLine(supersedes).toLowerCase()).words } : {}),
  }
}

/** Content words of any text, as stems. */
export const contentWords = (text: string): Set<string> =>
  readWords(oneLine(text).toLowerCase()).words

function readWords(line: string): Pick<Reading, 'words' | 'negated'> {
  const isPlain = plain.test(line)
  const words = new Set<string>()
  let negated = !isPlain && /[不没]/u.test(line)
  for (const found of line.split(isPlain ? /[^a-z0-9']+/ : /[^\p{L}\p{N}']+/u)) {
    const bare = found.replace(/^'+|'s?$/g, '')
    const word = isPlain ? bare : bare.replace(chineseFiller, '')
    if (word === '' || filler.has(word)) continue
    if (negations.has(word)) negated = true
    else if (!besides.has(word)) words.add(stem(word))
  }
  return { words, negated }
}

/** Enough for "lists" and "list", "cooking" and "cooks". */
function stem(word: string): string {
  if (word.length < 5) return word
  if (word.endsWith('ing')) return word.slice(0, -3)
  if (word.endsWith('ed') || word.endsWith('es')) return word.slice(0, -2)
  return word.endsWith('s') || word.endsWith('e') ? word.slice(0, -1) : word
}

/** "lives in a flat", "works at night": says how, not where or for whom. */
const noTown =
  '(?!(?:an?|my|our|their|his|her|one|home|the (?:suburbs?|countryside|country|city|mountains?|woods|forest|village|town|cent(?:er|re)|middle|outskirts|coast|sea|north|south|east|west|same|house|top|ground))(?![a-z]))'
const elsewhere =
  "(?<!\\p{L})(?:wohne|wohnt|lebe|lebt|vivo|vive|moro|mora|j'habite|habite)(?: (?:jetzt|nun|ahora|agora|maintenant))? (?:in|en|em|à|au) (?!(?:ein(?:er|em)?|una?|uma?|une|casa)(?!\\p{L}))([^,.;]+)|住在([^,.;，。]+)"
const noEmployer =
  '(?!(?:night|nights|home|weekends?|least|most|about|up|over|more|once|first|free|fun|money|(?:my|him|her|them|our)sel(?:f|ves)|the (?:moment|weekend|same)|one|two|three|four|five|\\d+)(?![a-z]))'
const noOccupation = '(?!(?:part|little|much|long|hard|well|if|soon|far|many|few)(?![a-z]))'

const statements: readonly [Category, slot: string, RegExp][] = [
  [
    'location',
    'home',
    new RegExp(
      `\\b(?:lives?|based|resides?|living) (?:in|at|near) ${noTown}([^,.;]+)|\\b(?:moved|relocated) to ${noTown}(?!.*\\b(?:ago|in (?:19|20)\\d\\d)\\b)([^,.;]+)|${elsewhere}`,
      'u',
    ),
  ],
  [
    'role',
    'occupation',
    new RegExp(
      `\\b(?:works?|working) as (?:an? |the )?${noOccupation}([^,.;]+?)(?= (?:at|for|in) |[,.;]|$)`,
    ),
  ],
  [
    'role',
    'employer',
    new RegExp(`\\b(?:works?|working|employed) (?:at|for|by) ${noEmployer}([^,.;]+)`),
  ],
  ['family', 'marriage', /\b(?:is|am|i'm|got) (married|single|divorced|engaged|widowed)\b/],
  [
    'diet',
    'diet',
    /(?:^|\b(?:is|am|i'm|im|be|been|went|gone|goes|turned|became|follows|keeps|eats|identifies as) )(?:(?:an?|the|now|also|strict|strictly|mostly|fully|a full|on) ){0,3}(vegetarian|vegan|pescatarian|omnivore|carnivore|keto)\b/,
  ],
]

function slotsOf(category: Category, line: string): Map<string, string> {
  if (category === 'style') return new Map(Object.entries(styleFacets(line)))
  if (category === 'expertise') {
    const known = expertiseOf(line)
    return new Map(known ? [[`level of ${known.area}`, known.level]] : [])
  }
  const slots = new Map<string, string>()
  for (const [of, slot, pattern] of statements) {
    const answer = of === category ? pattern.exec(line)?.slice(1).find(Boolean) : undefined
    if (answer) slots.set(slot, answer)
  }
  return slots
}

/** Shared share of two sets: 1 where they are equal. */
export function jaccard(a: ReadonlySet<string>, b: ReadonlySet<string>): number {
  const shared = countShared(a, b)
  return shared === 0 ? 0 : shared / (a.size + b.size - shared)
}

/** Shared share of the smaller set. */
export const overlap = (a: ReadonlySet<string>, b: ReadonlySet<string>): number =>
  a.size === 0 || b.size === 0 ? 0 : countShared(a, b) / Math.min(a.size, b.size)

/** What only one of two sets holds. */
export const difference = (a: ReadonlySet<string>, b: ReadonlySet<string>): string[] => [
  ...[...a].filter((word) => !b.has(word)),
  ...[...b].filter((word) => !a.has(word)),
]

function countShared(a: ReadonlySet<string>, b: ReadonlySet<string>): number {
  let shared = 0
  for (const word of a) if (b.has(word)) shared++
  return shared
}
