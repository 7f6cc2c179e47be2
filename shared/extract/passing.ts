import type { Category } from '../schema/fact.ts'

/** A state that will have passed by tomorrow. */
const state =
  /\b(?:i['’]?m|i am|i feel|feeling|we['’]?re) (?:so |really |kinda |too |very |just |currently |a bit |already )*(?:starving|hungry|tired|exhausted|late|lost|confused|melting|sleepy|drunk|hung ?over|hangry|cold|hot|wet|soaked|thirsty|annoyed|crying|sad|angry|nervous|knackered|shattered|sitting|standing|waiting|queueing|at the (?!moment .*\buntil\b)|on (?:the|a) (?:bus|train|plane|tram|ferry|phone)|in (?:the|a) (?:queue|car|taxi|waiting room|meeting|hotel|supermarket|shop)|stuck (?:in|at|on)|sure|sorry|not sure|here to|asking|looking at|wondering|thinking|glad|happy to|curious)\b/i
const lasts =
  /\b(?:every|each|always|usually|until|for (?:months|years)|since|(?:mon|tues|wednes|thurs|fri|satur|sun)days|old)\b/i

const moment =
  /\b(?:tomorrow|tmrw|tonight|in (?:an?|two|three|\d+) (?:hours?|minutes?|mins?)|rn|right now|at the moment|(?<!not )just now|this (?:morning|evening|afternoon)|last night|yesterday|today|(?:an?|two|three|\d+) (?:hours?|minutes?) ago)\b/i

const now = /\b(?:rn|right now|at the moment|(?<!not )just now)\b/i

/** Words to the assistant, not about oneself. */
const request =
  /^(?:please )?(?:compare|make|plot|redo|rewrite|write|draft|summari[sz]e|translate|explain|describe|list|suggest|recommend|give|tell|show|find|help|fix|check|convert|calculate|create|design|generate|pick|say|define|outline|edit|correct|proofread|shorten|review|critique|turn|remove|tidy)\b/i
const need =
  /^(?:and |but |so )?(?:i|we) (?:just |really )?(?:need|want|would like|['’]d like) (?:help|ideas|to know|to understand|to vent|your|you to|this|it)\b/i
const greeting =
  /^(?:hey|hi|hello|thanks|thank you|cheers|ok|okay|great|cool|nice|aye|nothing to add|lol|sorry|please|whoops|oops|yes)(?:[!,. ]+\p{L}+)?[!. ]*$/iu
const remark =
  /\b(?:i['’]d kill for|i feel like|i could (?:sleep|eat|murder)|dream on)\b|^i (?:thought|guess|wonder|wondered|heard|saw|watched|forgot|noticed|asked|missed)\b/i
const longAgo = /\b(?:when i was (?:a|an|young|little|\d)|ages ago|back in (?:the|my))\b/i
const ownName = /^(?:I['’]?m|I am) \p{Lu}\p{Ll}+(?: \p{Lu}\p{Ll}+)*$/u

/** True for English words that say nothing that lasts. `corrects`: the model reads a change of state. */
export function isPassing(
  statement: string,
  { category, corrects }: { category: Category; corrects: boolean },
): boolean {
  if (greeting.test(statement) || need.test(statement) || remark.test(statement)) return true
  if (category !== 'style' && request.test(statement)) return true
  if (category !== 'history' && longAgo.test(statement)) return true
  if (ownName.test(statement) && category !== 'belief' && category !== 'location') return true
  if (corrects || lasts.test(statement)) return false
  return (
    state.test(statement) ||
    now.test(statement) ||
    (category !== 'family' && category !== 'history' && moment.test(statement))
  )
}

const theirs = /^(?:and |but |so )?(?:he|she|they|he['’]s|she['’]s|they['’]re|his|her|their)\b/i
const household =
  /\b(?:wife|husband|spouse|partner|gf|bf|girlfriend|boyfriend|fianc\p{L}+|sons?|daughters?|kids?|child(?:ren)?|toddler|baby|twins|mum|mom|mother|dad|father|parents?|brothers?|sisters?|grand\p{L}+|gran|nan|nephews?|nieces?|in-laws|dogs?|cats?|puppy|kitten|parrot|rabbit|horse|eldest|youngest|little one|family|year old)\b/iu
const self = /\b(?:i|i['’]m|me|my|we|us|our)\b/i

/** "She's brilliant": of somebody whom the message does not count among the user's family. */
export const isOfStranger = (statement: string, message: string): boolean =>
  theirs.test(statement) && !self.test(statement) && !household.test(message)
