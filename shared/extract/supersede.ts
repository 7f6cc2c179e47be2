import type { Category } from '../schema/fact.ts'
import { toThirdPerson } from './rewrite/third-person.ts'

/** A statement that takes something back, and what held before it: a clause, or a thing (`HAD`). */
type Change = [pattern: RegExp, old: (match: RegExpMatchArray) => string]

/** Stands for the verb that suits the category: "lived in Oslo", "used Slack". */
const HAD = 'I\u0000 '
const verbs: Partial<Record<Category, string>> = {
  location: 'lived in',
  tool: 'used',
  diet: 'ate',
  role: 'worked as',
  expertise: 'knew',
  belief: 'believed in',
  preference: 'liked',
  goal: 'wanted',
  schedule: 'had time on',
  project: 'worked on',
  style: 'wanted',
}

const word = (match: RegExpMatchArray, group = 1) => (match[group] ?? '').trim()
const until =
  '([^,.;:!?()\\n]{2,80}?)(?=\\s+(?:and|but|so|because|since|for|now|anymore|any more|lol|after all|in the end|at all)\\b|[,.;:!?()\\n]|$)'

const changes: Change[] = [
  [
    /\b(?:i'm|im|i am|we're|we are) (?:no longer|not) (?:a |an )?([^,.;!?\n]{2,60}?) (?:any ?more|any longer)\b/i,
    (m) => `I am ${word(m)}`,
  ],
  [new RegExp(`\\b(?:i'm|im|i am|we're|we are) no longer ${until}`, 'i'), (m) => `I am ${word(m)}`],
  [
    /^not (?:a |an |at |in |on )?([^,.;!?\n]{2,60}?) (?:any ?more|any longer)\b/i,
    (m) => `${HAD}${word(m)}`,
  ],
  [new RegExp(`^no longer ${until}`, 'i'), (m) => `I am ${word(m)}`],
  [
    new RegExp(`,? no longer ${until}`, 'i'),
    (m) =>
      /^(?:work|live|eat|drink|use|have|play|drive|study|teach|own|do|want|need|like|take|speak|run|see|smoke|go|make|believe|trust)\b/i.test(
        word(m),
      )
        ? `I ${word(m)}`
        : `I am ${word(m)}`,
  ],
  [
    /\b(?:i|we) (?:don'?t|do not) ([^,.;!?\n]{2,60}?) (?:any ?more|any longer)\b/i,
    (m) => `I ${word(m)}`,
  ],
  [
    /\b(?:i|we)(?:'ve| have)? (?:stopped|quit|gave up|given up|ditched|dropped|sold|gone off|got rid of|left|cancelled|deleted|wiped) ([^,.;!?\n]{2,60}?)(?= (?:and|but|so|for|after|in|on|last|this|because)\b|[,.;!?\n]|$)/i,
    (m) => afterStopping(word(m)),
  ],
  [
    /\b(?:switched|moved|changed|went|migrated|converted|upgraded)(?: \p{L}+){0,3} from ([^,.;!?\n]{2,40}?) (?:to|over to|into)\b/iu,
    (m) => `${HAD}${word(m)}`,
  ],
  [/\binstead of (?:the )?([^,.;!?\n]{2,60})/i, (m) => `${HAD}${word(m)}`],
  [
    /\b(?:i |we )?(?:used to) ([^,.;!?\n]{2,60}?)(?= (?:but|and|until|till)\b|[,.;!?\n]|$)/i,
    (m) => `I ${word(m)}`,
  ],
  [
    /\b(?:turns out|actually|it turns out)?,? ?(?:i'm|im|i am) not (?:actually )?([^,.;!?\n]{2,60}?)(?: after all| in the end)?(?=[,.;!?\n]|$)/i,
    (m) => `I am ${word(m)}`,
  ],
  [
    /\b(?:forget|scratch|strike|delete|ignore) (?:what i said about |the bit about |the )?([^,.;!?\n]{2,60}?)(?: (?:thing|bit|part|stuff))?(?: (?:i|we) (?:said|told|mentioned)\b|(?= from\b)|[,.;!?\n]|$)/i,
    (m) => `I said ${word(m)}`,
  ],
  [
    /\b(?:i )?(?:never said|didn'?t say) (?:that )?i (?:had|have|was|am) ([^,.;!?\n]{2,60})/i,
    (m) => `I have ${word(m)}`,
  ],
  [
    /,? (?:and )?not (?:the |a |an |in |on |at )?([^,.;!?\n]{2,50}?)(?: any ?more| as before)?(?=[,.;!?\n]|$)/i,
    (m) => `${HAD}${word(m)}`,
  ],
  [/\bno more ([^,.;!?\n]{2,50})/i, (m) => `${HAD}${word(m)}`],
  [/\bex-([\p{L}]{3,20})/iu, (m) => `I am ${word(m)}`],
  [
    /(?:nicht mehr|kein(?:e[nrs]?)? .{0,30}mehr|ya no|ne .{1,30} plus|n'.{1,30} plus|já não|não .{1,40} mais|不再|不(?:吃|喝|用|住|做)?.{1,10}了)/iu,
    (m) => m[0],
  ],
]

/** Signs that the message itself says that something changed, without the model's word for it. */
const certain =
  /\b(?:no longer|any ?more|any longer|nicht mehr|ya no|já não)\b|\b(?:turns out|actually) i'?m not\b|\bi(?:'m| am) not .{2,40} after all\b|不再/i

/**
 * What a statement takes back, as a statement about the user in lower case; undefined when it changes
 * nothing. `corrects` is the model's opinion: with it and no words for the old state, the topic is named.
 */
export function findSuperseded(
  statement: string,
  { category, corrects, english }: { category: Category; corrects: boolean; english: boolean },
): string | undefined {
  if (!corrects && !certain.test(statement)) return undefined
  for (const [pattern, old] of changes) {
    const match = statement.match(pattern)
    if (!match) continue
    const told = old(match).replace(HAD, `I ${verbs[category] ?? 'had'} `)
    return english ? lowerSubject(toThirdPerson(told, 'preference')) : told
  }
  if (!corrects) return undefined
  return `an earlier statement on: ${statement.replace(/\s+/g, ' ')}`
}

const afterStopping = (what: string): string => {
  const noun = what.replace(/^(?:the|my|our|all) /i, '')
  const isAct = /^(?:\p{L}+ly )?\p{L}+ing\b/iu.test(noun)
  return isAct ? `I was ${noun}` : `${HAD}${noun}`
}

const lowerSubject = (sentence: string): string =>
  sentence.replace(/^The user/, 'the user').replace(/\.$/, '')
