import { Category } from '../../shared/schema/fact.ts'

/** Words of a statement that tell its category, the telling ones first. */
const words: readonly [RegExp, Category][] = [
  [
    /\b(?:allerg\p{L}*|diabet\p{L}*|asthma\p{L}*|medication|diagnos\p{L}*|migraine\p{L}*|pregnan\p{L}*|intoleran\p{L}*)\b/iu,
    'health',
  ],
  [
    /\b(?:vegetarian|vegan|pescatarian|gluten|halal|kosher|keto|diet|dairy[- ]free|eats?)\b/iu,
    'diet',
  ],
  [/\b(?:answers|replies|responses|explanations|code samples)\b/iu, 'style'],
  [/\b(?:lives?|living|based|moved|resides?) (?:in|to|near|at)\b/iu, 'location'],
  [
    /\b(?:wife|husband|spouse|partner|children|kids?|sons?|daughters?|mother|father|sister|brother|dogs?|cats?|married)\b/iu,
    'family',
  ],
  [/\b(?:wants? to|plans? to|hopes? to|aims? to|goal|training for|saving for)\b/iu, 'goal'],
  [/\b(?:expert|beginner|fluent|experienced?|proficient|learning|knows?)\b/iu, 'expertise'],
  [
    /\b(?:works?|working|employed|job|engineer|developer|teacher|nurse|manager|student|freelanc\p{L}*)\b/iu,
    'role',
  ],
  [/\b(?:building|project|thesis|startup|writing an?|designing)\b/iu, 'project'],
  [/\b(?:budget|salary|mortgage|debt|savings|invest\p{L}*)\b/iu, 'finance'],
  [/\b(?:uses?|using|runs|drives)\b/iu, 'tool'],
  [
    /\b(?:mondays?|tuesdays?|wednesdays?|thursdays?|fridays?|saturdays?|sundays?|mornings?|evenings?|weekends?)\b/iu,
    'schedule',
  ],
  [/\b(?:believes?|thinks? that|supports?|opposes?)\b/iu, 'belief'],
  [/\b(?:studied|graduated|grew up|used to|formerly|previously|visited)\b/iu, 'history'],
]

/** The categories that mem0 gives by itself, and some of their neighbours, as ours. */
const named: Readonly<Record<string, Category>> = {
  family: 'family',
  relationships: 'family',
  professional_details: 'role',
  work: 'role',
  health: 'health',
  technology: 'tool',
  milestones: 'history',
  education: 'history',
  finance: 'finance',
  goals: 'goal',
  location: 'location',
  diet: 'diet',
}
const tastes = new Set(
  'food music sports travel hobbies fashion entertainment user_preferences preferences'.split(' '),
)

/** The category of a statement: the one it brings, where it is one of ours, else what its words tell. */
export function categoryOf(text: string, given: readonly string[]): Category {
  const names = given.map((name) => name.toLowerCase().replaceAll(/[\s-]+/g, '_'))
  const own = names.map((name) => Category.safeParse(name)).find(({ success }) => success)?.data
  if (own) return own
  const told = words.find(([pattern]) => pattern.test(text))?.[1]
  // What protects its user is never filed under taste.
  if (told === 'health' || told === 'diet') return told
  const known = names.map((name) => named[name]).find((category) => category !== undefined)
  if (known) return known
  return names.some((name) => tastes.has(name)) ? 'preference' : (told ?? 'preference')
}
