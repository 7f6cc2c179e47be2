import { holdsBlock } from './block.ts'
import { linkRanges, plantsMemory } from './extract/planted.ts'
import { oneLine } from './normalise.ts'
import { isMostlyRedacted, redact } from './redact.ts'
import type { Refusal } from './schema/learning.ts'
import { utf8Bytes } from './tokens.ts'
import { limits } from './limits.ts'

/** Speaks to the assistant instead of about the user, or carries markup. */
const order =
  /^(?:please |always |never |now )*(?:ignore|disregard|forget|remember|recommend|suggest|promote|answer|respond|reply|tell|say|write|obey|trust|visit|click|buy|use only|act|pretend|you (?:must|are|should|will))\b|\b(?:always|must|remember to|make sure to) (?:recommend|suggest|cite|promote|trust|mention|link|visit|buy)\b|<\/?[a-z_]+>|\{\{|\}\}|\[\/?(?:inst|system)\]/i
/** Tells the assistant what to do, or asks it something: no statement about anybody. */
const command =
  /^(?:please |now |then )*(?:add|analy[sz]e|append|apply|attach|break|choose|compose|convert|create|delete|describe|determine|develop|discuss|draft|employ|encode|encrypt|end|explain|find|generate|give|help|hide|include|incorporate|insert|integrate|introduce|jumble|list|make|mention|misspell|modify|print|provide|put|rearrange|remove|render|repeat|replace|reverse|rewrite|send|show|start|substitute|summari[sz]e|translate|use) (?:an?|the|your|this|that|these|those|any|all|some|every|each|it|me|us|in|to|up|down|how|why|what|with|letters?|spaces?|words?|numbers?)(?!\p{L})|^(?!(?:i|my|we|our|(?:the )?user)(?!\p{L})).*\byour (?:answers?|responses?|repl(?:y|ies)|outputs?)(?!\p{L})|[?？]\s*$/iu
const wish =
  /\b(?:answers?|repl(?:y|ies)|responses?|examples?|bullet|table|code|short|brief|detail\p{L}*)\b/iu

const nameOrAge =
  /^(?:(?:the user|my|i|user)(?:'s)? )?(?:(?:full |first |last )?name (?:is|:)|(?:is|am) (?:called|named)|goes by the name of)\s\S+(?: \p{Lu}\S+){0,3}[.!]?$|^(?:the user|i)(?:'m| is| am)(?: only| just| now)?(?: turned)? \d{1,3}(?: years? old| yo)?[.!]?$|\bborn (?:on|in) (?:\d|(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec))/iu

/**
 * The text under which a statement may be learned, on one line and redacted, or why it may not be:
 * orders, links, names, ages alone and contact data are never facts. For what comes by itself; what a
 * person types into the panel is theirs.
 */
export function learnable({
  category,
  text,
}: {
  category: string
  text: string
}): { text: string } | { refused: Refusal } {
  const line = oneLine(text)
  if (!/\p{L}/u.test(line)) return { refused: 'unreadable' }
  if (linkRanges(line).length > 0) return { refused: 'link' }
  const isWish = category === 'style' && wish.test(line)
  // Wishes of form are commands by nature; they change form alone.
  const isOrder = (order.test(line) && !isWish) || (category !== 'style' && command.test(line))
  if (holdsBlock(line) || plantsMemory(line) || isOrder) {
    return { refused: 'order' }
  }
  if (nameOrAge.test(line)) return { refused: 'name_or_age' }
  const redacted = redact(line).text
  if (isMostlyRedacted(redacted) || utf8Bytes(redacted) > limits.factBytes) {
    return { refused: 'contact_data' }
  }
  return { text: redacted }
}
