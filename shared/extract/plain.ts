import type { Category } from '../schema/fact.ts'

/*
 * What people say of themselves in so many words: "I live in Porto." A model taught on real messages, in
 * which facts come in passing, overlooks just these. English; only where nothing else is in the message
 * that could make the words another's: quotes, headings, lists, pasted lines.
 */

const lead = '(?:and |but |so |also |well )?'
const leading = new RegExp(`^${lead}`, 'i')
const am = "(?:i['’]?m|i am|im) "
const have = "(?:i|we)(?:['’]ve| have)(?: got)? "
const some = '(?:an? |one |two |three |four |five |\\d )(?:\\w+ ){0,2}'
const kin =
  '(?:wife|husband|partner|son|daughter|kids|children|toddler|girlfriend|boyfriend|mum|mom|dad|mother|father|brother|sister)'
/** What somebody does just now; studies and a life go on. */
const busy =
  '(?:\\w+ly |just |still )?(?!(?:living|studying|training|expecting|something|nothing)(?![a-z]))[a-z]{2,}ing(?![\\p{L}])'
const diet = '(?:vegetarian|vegan|pescatarian|pescetarian|flexitarian|coeliac|celiac)'
const work =
  '(?:engineer|developer|programmer|nurse|teacher|doctor|lawyer|student|accountant|designer|manager|chef|writer|scientist|researcher|architect|pharmacist|electrician|plumber|freelancer|consultant|analyst|carpenter|translator|photographer|paramedic|librarian|therapist|dentist|vet|farmer|journalist|professor|lecturer)'
const illness =
  '(?:asthma|diabetes|allerg(?:y|ies)|migraines?|adhd|arthritis|epilepsy|hypertension|high blood pressure|ibs|eczema)'

/** How a plain statement begins, and what it is about. `sure`: nothing else is ever meant by it. */
type Opening = { category: Category; sure: boolean; starts: readonly string[] }
const openings: readonly Opening[] = [
  {
    category: 'style',
    sure: true,
    starts: [
      'i (?:really |usually |generally )?(?:prefer|like|want) (?:\\w+ ){0,3}(?:answers|replies|responses|explanations)',
    ],
  },
  {
    category: 'diet',
    sure: true,
    starts: [
      `${am}(?:no longer |not )?(?:an? |a strict |mostly |strictly )?${diet}`,
      "i (?:don['’]?t|do not|never|can['’]?t|cannot) eat",
      'i (?:only )?eat (?:only )?(?:halal|kosher|vegan|vegetarian|gluten[- ]free)',
    ],
  },
  {
    category: 'health',
    sure: true,
    starts: [
      `${am}(?:\\w+ )?(?:allergic to|(?:lactose|gluten)[- ]intolerant)`,
      `${am}(?:diabetic|asthmatic|pregnant|dyslexic|colou?r[- ]?blind)`,
      `i(?:['’]ve| have)(?: got)? (?:\\w+ ){0,2}${illness}`,
    ],
  },
  {
    category: 'location',
    sure: true,
    starts: [
      "(?:i|we)(?: now|['’]m| am|['’]re| are)? (?:live|living) (?:in|on|near|outside)",
      `${am}based in`,
    ],
  },
  {
    category: 'role',
    sure: true,
    starts: ['i work (?:as|at|for|in)', `${am}an? (?:\\w+ ){0,3}${work}`],
  },
  {
    category: 'family',
    sure: true,
    starts: [
      `${have}${some}(?:kids?|child(?:ren)?|sons?|daughters?|dogs?|cats?|brothers?|sisters?|twins)`,
      `my ${kin} (?:is|are|has|have)(?! ${busy})`,
      `${am}(?:married|divorced)`,
    ],
  },
  {
    category: 'goal',
    sure: true,
    starts: [
      `${am}(?:training for|saving (?:up )?for|learning|studying for|preparing for)`,
      'my goal is',
      'i want to (?:learn|become|run|lose|retire)',
    ],
  },
  {
    category: 'tool',
    sure: false,
    starts: ['i (?:mostly |mainly |usually |always )?(?:use|drive)'],
  },
  {
    category: 'preference',
    sure: false,
    starts: ["i (?:really |usually |generally )?(?:prefer|enjoy|dislike|can['’]t stand)"],
  },
]
/** What follows where it is about this conversation, this moment, or nothing real. */
const fleeting = [
  '(?:(?:to|with|at|for) )?(?:this|that|these|those|it|option|the (?:first|second|third|last|latter|former|other|following|above))(?![\\p{L}])',
  'an? (?:high |bad |slight )?(?:fever|cold|cough|flu|headache|stomach ?ache|temperature)(?![\\p{L}])',
  '(?:fear|reality|denial|hope|the (?:world|past|moment|present)|a (?:world|simulation|bubble))(?![\\p{L}])',
].join('|')
type Rule = Omit<Opening, 'starts'> & { pattern: RegExp }
const rules = openings.map(({ starts, ...rule }): Rule => ({
  ...rule,
  pattern: new RegExp(`^${lead}(?:${starts.join('|')})(?![\\p{L}])(?!\\s+(?:${fleeting}))`, 'iu'),
}))

/** A message in which somebody else may be speaking, or which is a text of its own. */
const mixed = /["“”„«»\n:<>]|(?<!\p{L})['‘]/u
const longest = 300
/** Where a clause ends: at a mark, or where the next one begins. */
const clauses =
  /[.!?;,]+\s*|\s+(?=(?:and|but|so|because) (?:i|i['’]m|im|my|we|we['’]re|what|how|can|could|which|where)\b)/iu
/** A change of state, not a state: "I do not eat fish" takes nothing back. */
const changed = /\bno longer\b|\bany ?more\b/i
const sentenceEnd = /[.!?]\s*$/

export type Plain = { start: number; end: number; category: Category; corrects: boolean }

/** The plain statements of a message, where they begin a sentence or go on with such a one. */
export function plainStatements(text: string): Plain[] {
  if (text.length > longest || mixed.test(text)) return []
  const found: Plain[] = []
  let at = 0
  let isOpen = true
  while (at < text.length) {
    const rest = text.slice(at)
    const mark: RegExpExecArray | null = clauses.exec(rest)
    const clause = mark ? rest.slice(0, mark.index) : rest
    const rule: Rule | undefined = isOpen
      ? rules.find(({ pattern }) => pattern.test(clause))
      : undefined
    const asks = mark?.[0].includes('?') ?? false
    if (rule && !asks) {
      const start = at + (leading.exec(clause)?.[0].length ?? 0)
      const corrects = changed.test(clause)
      found.push({ start, end: at + clause.length, category: rule.category, corrects })
    }
    at += clause.length + (mark?.[0].length ?? 0)
    isOpen = rule !== undefined || sentenceEnd.test(text.slice(0, at))
    if (!mark) break
  }
  return found
}

/** What a statement is about where its opening leaves no doubt, whatever a model makes of it. */
export const plainCategory = (statement: string): Category | undefined =>
  rules.find(({ sure, pattern }) => sure && pattern.test(statement))?.category
