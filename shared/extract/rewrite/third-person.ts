import type { Category } from '../../schema/fact.ts'
import { openByCategory, openNaming, restoreSubject } from './openings.ts'
import { isAdverb, isPlainVerb, thirdPerson } from './verbs.ts'

/** Fillers before a statement: they belong to the message, not to the fact. */
const fillers =
  /^(?:(?:and|but|so|well|btw|by the way|fyi|also|ok|okay|yeah|yes|yep|hey|hi|hello|oh|look|listen|honestly|actually|basically|plus|anyway|because|cause|cos|since|as|given(?: that)?|that|for the record|for context|context|note|ps|remember(?: for next time)?(?: that)?|for next time|just so you know|keep in mind(?: that)?|from now on|in future|going forward|in general|generally|the thing is|turns out|i mean|i think you should know|i should mention(?: that)?|i told you|mind you|tbh|sadly|unfortunately|luckily|now|please remember(?: that)?|when|if|where|asking because|i ask because|which|while|although|though|even though|after|before)\b[\s,:;-]+)+(?=\S)/i
const keptFillers =
  /^(?:also|now|in general|generally|when|if|where|as|which|while|after|before|since)\b/i
const trailing =
  /[\s,;:–-]+(?:lol|haha|lmao|btw|by the way|mind|tbh|i think|i guess|you know|fyi|for the record|please|pls|thanks|if that matters|though|so|and|but|or|because|as you know|in case it matters|honestly|you see|:\)|ok)\s*[.!]*$/i

/**
 * A statement in the first person as one about "The user": subjects, possessives, verbs after them.
 * English only; a piece without a subject gets one by its category.
 */
export function toThirdPerson(statement: string, category: Category): string {
  const trimmed = trim(statement, category)
  const subject = openNaming(trimmed) ?? restoreSubject(trimmed, category)
  const words = subject.match(/[\p{L}\p{N}]+(?:['’][\p{L}]+)?|\s+|[^\p{L}\p{N}\s]/gu) ?? []
  const told = replaceFirstPerson(words)
  return finish(told.named ? told.text : openByCategory(told.text, category))
}

function trim(statement: string, category: Category): string {
  let text = statement.replace(/\s+/g, ' ').trim()
  const filler = text.match(fillers)?.[0]
  if (filler && !(keptFillers.test(filler) && !subjectFollows(text.slice(filler.length))))
    text = text.slice(filler.length)
  for (let round = 0; round < 3; round++) {
    text = text.replace(trailing, '')
    if (category === 'style') text = text.replace(lasting, '')
  }
  return text.replace(/[\s,;:!.…-]+$/, '').replace(/^[\s,;:!.…-]+/, '')
}
const lasting =
  /[\s,;:–-]+(?:from now on|from here on(?: in| out)?|going forward|for all future chats|in (?:the )?future|for good)$/i
const subjectFollows = (text: string) =>
  /^(?:i|i'm|i’m|im|i've|ive|i'd|my|we|we're|our)\b/i.test(text)

type Told = { text: string; named: boolean }

const subjects: Record<string, string> = {
  i: '',
  "i'm": 'am',
  im: 'am',
  "i've": 'have',
  ive: 'have',
  "i'd": "'d",
  id: "'d",
  "i'll": "'ll",
  we: '',
  "we're": 'am',
  "we've": 'have',
  weve: 'have',
  "we'll": "'ll",
  "we'd": "'d",
}
const others: Record<string, [first: string, later: string]> = {
  my: ["the user's", 'their'],
  our: ["the user's", 'their'],
  mine: ["the user's", 'theirs'],
  ours: ["the user's", 'theirs'],
  me: ['the user', 'them'],
  us: ['the user', 'them'],
  myself: ['themself', 'themself'],
  ourselves: ['themself', 'themself'],
}

function replaceFirstPerson(words: readonly string[]): Told {
  const out: string[] = []
  let named = false
  /** The user is the subject of the clause, in the singular: verbs that follow "and" agree. */
  let agrees = false
  let awaits: 'none' | 'singular' | 'plural' = 'none'
  words.forEach((word, at) => {
    const lower = word.toLowerCase().replace('’', "'")
    const subject = isPronoun(word, words, at) ? subjects[lower] : undefined
    if (subject !== undefined) {
      const verb = named ? (laterVerb[subject] ?? subject) : thirdPerson(subject)
      out.push(named ? 'they' : 'the user', ...(verb ? [' ', verb] : []))
      awaits = verb ? 'none' : named ? 'plural' : 'singular'
      agrees = !named
      named = true
      return
    }
    const other = word === 'US' ? undefined : others[lower]
    if (other) {
      out.push(named ? other[1] : other[0])
      named = true
      return
    }
    if (awaits !== 'none' && /\p{L}/u.test(word) && !isAdverb(lower)) {
      out.push(awaits === 'singular' ? thirdPerson(word) : (laterVerb[lower] ?? word))
      awaits = 'none'
      return
    }
    if (agrees && isPlainVerb(word) && isJoined(words, at)) {
      out.push(thirdPerson(word))
      return
    }
    if (/[.;!?]/.test(word)) agrees = false
    out.push(expanded[lower] ?? word)
  })
  return { text: out.join(''), named }
}

const laterVerb: Record<string, string> = { am: 'are', was: 'were', "'d": 'would', "'ll": 'will' }
const expanded: Record<string, string> = { u: 'you', dont: "don't", cant: "can't", bc: 'because' }

/** "id" and "im" may be words of their own; "I" may be a roman numeral. */
function isPronoun(word: string, words: readonly string[], at: number): boolean {
  const previous = words[at - 2]?.toLowerCase() ?? ''
  if (word === 'I' && /^(?:type|phase|part|vitamin|world|war|bipolar)$/.test(previous)) return false
  if (word.toLowerCase() === 'id')
    return !/^(?:my|an|the|your|user|no)$/.test(previous) && word !== 'ID'
  return true
}

/** The verb right after "and", "but", "or" or a comma, also over an adverb. */
function isJoined(words: readonly string[], at: number): boolean {
  for (let back = at - 1; back >= Math.max(0, at - 6); back--) {
    const word = words[back]?.toLowerCase() ?? ''
    if (word.trim() === '') continue
    if (/^(?:and|but|or|,|so|then)$/.test(word)) return true
    if (!isAdverb(word)) return false
  }
  return false
}

function finish(sentence: string): string {
  const clean = sentence
    .replace(/\bthe user's (?:own )?(?=household|family)/i, "the user's ")
    .replace(/\bthe user has got\b/i, 'the user has')
    .replace(/\bthe user would rather\b/i, 'the user would rather')
    .replace(/\bis not no\b/, 'is no')
    .replace(/\s+/g, ' ')
    .trim()
  const capital = clean.charAt(0).toUpperCase() + clean.slice(1)
  return /[.!?…)]$/.test(capital) ? capital.replace(/[!…]$/, '.') : `${capital}.`
}
