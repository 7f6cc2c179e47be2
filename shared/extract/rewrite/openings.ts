import type { Category } from '../../schema/fact.ts'

/** A pattern of a piece without a subject, and the piece with one. */
type Opening = [pattern: RegExp, say: (rest: string, match: RegExpMatchArray) => string]

const wishes: Opening[] = [
  [
    /^(?:please |generally |also |ever )*(?:do not|don'?t|never|stop|quit|avoid) (?:ever )?(.+)$/i,
    (_, m) => `I never want the assistant to ${bareVerb(m[1] ?? '')}`,
  ],
  [
    /^(?:please )?(?:skip|drop|leave out|omit|lose|cut|no|without) (?:the |any |all )?(.+)$/i,
    (_, m) => `I want no ${m[1]}`,
  ],
  [
    /^(?:please )?(?:always |only )?(?:give|send|show|offer|tell|get) me (.+)$/i,
    (_, m) => `I want ${m[1]}`,
  ],
  [
    /^(?:please )?(?:always |only )?(?:use|include|add|put|prefer|write in|stick to) (.+)$/i,
    (_, m) => `I always want ${m[1]}`,
  ],
  [
    /^(?:please )?(?:always |only )?(?:answer|reply|respond|write|talk|speak|explain)(?: to me| me)? (.+)$/i,
    (_, m) => `I want answers ${m[1]}`,
  ],
  [
    /^(?:please )?(?:keep|make) (?:it|them|things|answers|everything|your answers) (.+)$/i,
    (_, m) => `I want answers ${m[1]}`,
  ],
  [/^(?:please )?always (.+)$/i, (_, m) => `I always want the assistant to ${m[1]}`],
  [/^(?:(?:please )?call me (.+))$/i, (_, m) => `I want to be called ${m[1]}`],
]

const verb = (rest: string) => `I ${rest}`
const state = (rest: string) => `I am ${rest}`

const acts: Opening[] = [
  [/^never (?=\p{L}+(?:ed|en|t|ne)\b)/iu, (rest) => `I have ${rest}`],
  [/^(?:been|done) /i, (rest) => `I have ${rest}`],
  [
    /^(?:can|can'?t|cannot|could|don'?t|do not|haven'?t|won'?t|didn'?t|wanna|gotta|have to|must|need to|should|would|might)\s/i,
    verb,
  ],
  [/^(?:needs|wants|has|lives|works|takes|plays) (?=\p{L})/iu, verb],
  [
    /^(?:also |still |now |currently |mostly |just |only )*(?:allergic|intolerant|vegan|vegetarian|pescatarian|diabetic|blind|deaf|left[- ]handed|right[- ]handed|single(?! \p{L})|married|divorced|widowed|retired|unemployed|self-employed|pregnant|colou?r-?blind|autistic|dyslexic|sober|based|born|new to|used to|not (?!just|only)|stuck|tired of|afraid|scared|bad at|good at|fluent|native|trained|certified|bilingual|celiac|coeliac|lactose intolerant|gluten[- ]free|teetotal|stable|due|responsible|in charge|about to|down to|up to|a member)(?![\p{L}])/iu,
    state,
  ],
  [
    /^(?:just |recently |finally |always |only |mostly |usually |also |never )*(?:moved|switched|started|stopped|quit|bought|sold|gave|got|get|went|had|lost|left|worked|came|grew|learned|learnt|studied|spent|joined|finished|deleted|changed|became|turned|took|migrated|retired|graduated|lived|ran|built|wrote|passed|failed|won|live|work|run|teach|study|eat|drink|own|rent|earn|play|cook|bake|need|want|love|hate|prefer|sell|make|use|pay|save|grow|raise|know|sleep|commute|train|take|keep|wear)\b/i,
    verb,
  ],
  [
    /^(?:currently |now |still |also |just |only |already |actively )*(?!(?:bring|spring|string|thing|king|ring|wing|sibling|ceiling|building|wedding|evening|morning|training|lightning|clothing|feeling|nothing|something|everything|anything|meaning)\b)[a-z]{2,}ing\b/i,
    state,
  ],
]

/** Gives a subject to a piece that starts with a verb or a state; others come back as they are. */
export function restoreSubject(piece: string, category: Category): string {
  for (const [pattern, say] of category === 'style' || /^please\b/i.test(piece)
    ? [...wishes, ...acts]
    : acts) {
    const match = piece.match(pattern)
    if (match) return say(piece.charAt(0).toLowerCase() + piece.slice(1), match)
  }
  return piece
}

const finite =
  /(?:\b(?:is|are|was|were|isn't|aren't|has|have|had|can|can't|cannot|will|won't|does|do|doesn't|don't|did|should|must|needs?|wants?|says?|lives?|works?|loves?|likes?|hates?|eats?|goes|go|starts?|closes?|turns?|takes?|makes?|gets?|runs?|keeps?|uses?|studies|plays?|moved|fell|left|died|makes|gave|told|teaches|sleeps?|wakes?|drinks?|drives?|earns?|costs?|hurts?|comes?|came|send|sends|refuses?|put|speaks?|knows?|calls?|arrives?|visits?|wears?|owns?|helps?|allows?|pays?|ends?|runs)\b|\p{L}(?:'s|’s|'re|’re|'ve|'ll) (?:not |all |a |an |the |in |on |at |\p{L}+(?:ing|ed)\b|\d))/iu

/** True for a piece that tells something of a subject of its own. */
const isSentence = (piece: string): boolean => finite.test(piece)

/** "my hearing aids", "our son": a thing named, nothing said of it. */
export function openNaming(piece: string): string | undefined {
  const match = piece.match(/^(?:my|our) (?:own )?(.+)$/i)
  if (!match?.[1] || isSentence(piece)) return undefined
  return `I have ${withArticle(match[1])}`
}

const byCategory: Record<Category, (rest: string) => string> = {
  belief: (rest) => `The user believes ${rest}`,
  constraint: (rest) => `The user has a limit: ${rest}`,
  diet: (rest) => `The user follows a diet: ${rest}`,
  expertise: (rest) => `The user is experienced: ${rest}`,
  family: (rest) => `The user has ${rest}`,
  finance: (rest) => `The user has ${rest}`,
  goal: (rest) => `The user wants ${rest}`,
  health: (rest) => `The user has ${rest}`,
  history: (rest) => `The user has a past: ${rest}`,
  location: (rest) =>
    `The user lives ${/^(?:in|at|on|near|by|outside)\b/i.test(rest) ? rest : `in ${rest}`}`,
  preference: (rest) => `The user likes ${rest}`,
  project: (rest) => `The user is working on ${rest}`,
  role: (rest) => `The user is ${/^(?:in|at|on|for)\b/i.test(rest) ? rest : withArticle(rest)}`,
  schedule: (rest) => `The user is busy ${rest}`,
  style: (rest) => `The user wants ${rest}`,
  tool: (rest) => `The user uses ${rest}`,
}

const relativeActs =
  /^(?:mum|mom|mother|dad|father|grandma|grandpa|wife|husband|son|daughter|brother|sister|partner|kids?) (?:\p{L}+s|had|can't|won't|never)\b/iu

/** A sentence about the user from a piece that names neither them nor a subject of theirs. */
export function openByCategory(piece: string, category: Category): string {
  if (relativeActs.test(piece))
    return `The user's ${piece.charAt(0).toLowerCase()}${piece.slice(1)}`
  if (!isSentence(piece)) return byCategory[category](lowerFirst(piece))
  return `For the user, ${lowerFirst(piece)}`
}

/** "stop bolding things" -> "bold things"; a verb that is no gerund stays. */
const bareVerb = (text: string): string => text.replace(/^\p{L}{2,}ing\b/u, ungerund)

function ungerund(word: string): string {
  const stem = word.slice(0, -3)
  if (/([bdgmnpt])\1$/.test(stem)) return stem.slice(0, -1)
  const needsE = /(?:[^aeiou][aeiou][bcdgkmnsvz]|[aiu]t|ur|us|rs|lv|rg|nc)$/.test(stem)
  return needsE && !/(?:old|end|ain|en|on)$/.test(stem) ? `${stem}e` : stem
}

const withArticle = (noun: string): string => {
  const head = noun.split(/[,(]| (?:who|that|in|on|at|of|for|with|from) /)[0]?.trim() ?? noun
  const isCounted = /^(?:the|my|their|a|an|one|some|no|\d+|two|three|four|five|six|only)\b/i.test(
    noun,
  )
  return isCounted || /[^s]s$/.test(head) ? noun : `${/^[aeiou]/i.test(noun) ? 'an' : 'a'} ${noun}`
}

/** Only the word that opened the message's sentence loses its capital; names keep theirs. */
const lowerFirst = (text: string): string =>
  /^(?:\p{Lu}\p{Ll}*ing|\p{Lu}\p{Ll}*ed|Also|Still|Only|Never|Always|Just|Now?|Not|Nothing|Nobody|On|In|At|Every|All|Any|Two|Three|Four|Five|Six|An?|The|This|That|It|Its|Max|Under|Over|Both|From|Bad|Good|Single|Best)(?!\p{L})/u.test(
    text,
  )
    ? text.charAt(0).toLowerCase() + text.slice(1)
    : text
