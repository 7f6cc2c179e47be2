import { contentId } from '../../shared/fact-id.ts'
import { ownWords } from '../../shared/extract/extract.ts'
import type { ExtractedFact } from '../../shared/extract/port.ts'
import { limits } from '../../shared/limits.ts'
import { redact, redactPart } from '../../shared/redact.ts'
import type { Excerpt } from '../../shared/schema/excerpt.ts'
import type { Source } from '../../shared/schema/fact.ts'
import type { Org } from '../../shared/schema/org.ts'
import { utf8Bytes } from '../../shared/tokens.ts'

/** What a user wrote in one message, and the facts that the rules have found in it. */
export type Said = { text: string; source: Source; found: ExtractedFact[] }

/** A message of the queue holds 128 kB, and sealing adds a third, bytes. */
const MOST = 72_000

/**
 * What the org's language model is to read: the user's own words, redacted, without blocks that come back
 * and without orders; the newest first, as much as one message of the queue holds. `undefined` where the
 * org has none turned on, or nothing is left to read.
 */
export function makeExcerpt(
  said: readonly Said[],
  { extractor, tokensPerDay = limits.orgTokensPerDay }: Org,
  rules: Pick<Excerpt, 'made' | 'epoch' | 'blocked' | 'retentionDays'>,
): Excerpt | undefined {
  if (!extractor) return undefined
  const messages: Excerpt['messages'] = []
  let bytes = 0
  for (const one of said.toReversed()) {
    const message = toMessage(one)
    if (!/\p{L}{2}/u.test(message.text) || messages.some(({ id }) => id === message.id)) continue
    bytes += utf8Bytes(JSON.stringify(message))
    if (bytes > MOST) break
    messages.push(message)
  }
  if (messages.length === 0) return undefined
  return { v: 1, ...rules, model: extractor.model, tokensPerDay, messages }
}

function toMessage({ text, source, found }: Said): Excerpt['messages'][number] {
  const own = ownWords(text)
  const redacted = redact(own).text
  const places = found.flatMap(({ span }) => {
    const at = own.indexOf(span)
    if (at < 0) return []
    const shown = redactPart(own, { start: at, end: at + span.length }).text
    const start = redacted.indexOf(shown)
    return start < 0 ? [] : [{ start, end: start + shown.length }]
  })
  return { id: `i_${contentId(text)}`, text: redacted, source, found: places }
}
