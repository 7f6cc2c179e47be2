import { holdsBlock } from '../block.ts'
import { cutMiddle } from '../gate/cut.ts'
import { limits } from '../limits.ts'
import { oneLine } from '../normalise.ts'
import { isMostlyRedacted, redact, redactPart } from '../redact.ts'
import type { Category } from '../schema/fact.ts'
import { utf8Bytes } from '../tokens.ts'
import type { ExtractConfig } from './config.ts'
import { isOfStranger, isPassing } from './passing.ts'
import { givesOrders, linkRanges, plantsMemory } from './planted.ts'
import type { ExtractedFact, Tagger, Tagging } from './port.ts'
import { plainCategory, plainStatements, type Plain } from './plain.ts'
import { pretendedRanges } from './pretence.ts'
import { toThirdPerson } from './rewrite/third-person.ts'
import { findSpans, type Span } from './spans.ts'
import { objectTo } from './statements.ts'
import { findSuperseded } from './supersede.ts'
import { standsInQuestion, tidy } from './tidy.ts'
import { borrowedRanges, overlaps, touches } from './voice.ts'

/** A longer message is mostly pasted: only so much of it is read, half from each end, UTF-16 units. */
const ownCharacters = 4_000

/** The part of a message that is read, and tagged; empty where nothing may be learned from it. */
export function ownWords(message: string): string {
  if (holdsBlock(message) || plantsMemory(message)) return ''
  return cutMiddle(message, ownCharacters).text
}

/**
 * The durable facts that a user's message states about themself, in the order of the text; `tagging` is
 * of `ownWords(message)`. Never from questions, quotes, suppositions, fiction, other people's lives,
 * pasted text or orders to the assistant; contact data and numbers are redacted. Total.
 */
export function extractFacts(
  message: string,
  tagging: Tagging,
  config: ExtractConfig,
): ExtractedFact[] {
  const text = ownWords(message)
  if (!/[\p{L}]/u.test(text)) return []
  const language = config.language(text)
  const thresholds = config.thresholds(language)
  const said = Math.max(...tagging.discloses.map((logit) => config.probability(logit, language)), 0)
  const english = language === 'en'
  const marked = said < thresholds.message ? [] : findSpans(text, tagging, thresholds)
  const tidied = marked.flatMap((span) => {
    if (language === 'zh') return [span]
    const range = tidy(text, span)
    return range ? [{ ...span, ...range }] : []
  })
  const spans = english ? withPlain(text, tidied, config) : tidied
  // A piece over the cut of a long message stands nowhere in it.
  return statedIn(text, spans, { config, english }).filter(({ span }) => message.includes(span))
}

/**
 * The pieces that a model has marked and the plain statements, in the order of the text. A plain statement is
 * a whole clause: pieces of it that the model has marked make one fact with it.
 */
function withPlain(text: string, marked: readonly Span[], config: ExtractConfig): Span[] {
  const partsOf = ({ start, end }: Plain) =>
    marked.filter((span) => start <= span.start && span.end <= end)
  const clauses = plainStatements(text).flatMap((clause) => {
    const parts = partsOf(clause)
    const others = marked.filter((span) => !parts.includes(span))
    return overlaps(others, clause) ? [] : [{ ...clause, parts }]
  })
  const taken = new Set(clauses.flatMap(({ parts }) => parts))
  const added = clauses.map(({ start, end, category, corrects, parts }): Span => ({
    start,
    end,
    score: 1,
    label: parts[0]?.label ?? config.categories.indexOf(category),
    corrects: corrects || parts.some((part) => part.corrects),
  }))
  const kept = marked.filter((span) => !taken.has(span))
  return [...kept, ...added].toSorted((x, y) => x.start - y.start)
}

/** What somebody else has picked from a message: `span` must stand in it word for word. */
export type Picked = { category: Category; span: string }

/**
 * Pieces of a user's message that a language model has picked, under the same rules as `extractFacts`:
 * what does not stand in it verbatim, or is no statement about its user, is left out, and the text of a
 * fact is made from the user's own words alone. Total.
 */
export function extractPicked(
  message: string,
  picked: readonly Picked[],
  config: ExtractConfig,
): ExtractedFact[] {
  const text = ownWords(message)
  if (!/[\p{L}]/u.test(text)) return []
  const spans = picked.flatMap(({ category, span }): Span[] => {
    const start = span.trim() === '' ? -1 : text.indexOf(span)
    const label = config.categories.indexOf(category)
    if (start < 0 || label < 0) return []
    return [{ start, end: start + span.length, score: 1, label, corrects: false }]
  })
  return statedIn(text, spans, { config, english: config.language(text) === 'en' })
}

/** The pieces of a text that are its writer's own statements about themself, as facts. */
function statedIn(text: string, spans: readonly Span[], reading: Reading): ExtractedFact[] {
  const { config, english } = reading
  const borrowed = borrowedRanges(text)
  const links = linkRanges(text)
  const pretended = pretendedRanges(text)
  const facts = spans
    .filter((span) => !english || !standsInQuestion(text, span))
    .filter((span) => !overlaps(borrowed, span) && !touches(links, span))
    .filter((span) => !overlaps(pretended, span) || namesProject(span, { pretended, config }))
    .flatMap((span) => toFact(text, span, reading))
  return withoutDoubles(facts)
}

/** Reads a message with a tagger and extracts; the two steps in one. */
export async function extractFrom(
  message: string,
  tagger: Tagger,
  config: ExtractConfig,
): Promise<ExtractedFact[]> {
  const text = ownWords(message)
  return text === '' ? [] : extractFacts(message, await tagger.tag(text), config)
}

/** "In my novel ...": what follows is fiction, that there is a novel is true. */
const namesProject = (
  span: Span,
  { pretended, config }: { pretended: { start: number }[]; config: ExtractConfig },
) =>
  config.categories[span.label] === 'project' &&
  pretended.some(({ start }) => Math.abs(start - span.start) < 16)

type Reading = { config: ExtractConfig; english: boolean }

function toFact(message: string, span: Span, { config, english }: Reading): ExtractedFact[] {
  const statement = message.slice(span.start, span.end)
  const category = categoryOf(statement, plainCategory(statement) ?? config.categories[span.label])
  if (!category || givesOrders(statement) || objectTo(statement, category)) return []
  const { corrects } = span
  if (english && (isPassing(statement, { category, corrects }) || isOfStranger(statement, message)))
    return []
  const known = oneLine(redactPart(message, span).text)
  if (isMostlyRedacted(known)) return []
  const text = whole(redact(english ? toThirdPerson(known, category) : known).text)
  if (text === '') return []
  const superseded = findSuperseded(known, { category, corrects, english })
  const supersedes = superseded && whole(redact(superseded).text)
  return [{ category, text, span: statement, ...(supersedes ? { supersedes } : {}) }]
}

const relative =
  /^(?:and |but |so )?(?:my|our)(?: \p{L}+)? (?:wife|husband|spouse|partner|girlfriend|boyfriend|fiancée?|son|daughter|kids?|children|toddler|baby|twins|mum|mom|mother|dad|father|parents?|brother|sister|siblings?|grand(?:mother|father|son|daughter|ma|pa)|gran|nephew|niece|in-laws|dog|cat|puppy|kitten|parrot|rabbit|horse|mother-in-law|father-in-law)(?:'s| is| has| was| only| can't| just| wants?| likes?| loves?| hates?)(?![\p{L}])/iu

/** What is said of a household's other members belongs to the family, whatever it is about. */
const categoryOf = (span: string, category: Category | undefined): Category | undefined =>
  category && relative.test(span) && !/\b(?:i|i'm|me|we|us)\b/i.test(span) ? 'family' : category

/** A statement that is longer than a fact may be is none: half of one can say the opposite. */
function whole(text: string): string {
  const trimmed = text.toWellFormed().trim()
  return utf8Bytes(trimmed) > limits.factBytes ? '' : trimmed
}

/** The same statement twice in one message is one fact. */
function withoutDoubles(facts: readonly ExtractedFact[]): ExtractedFact[] {
  const seen = new Set<string>()
  return facts.filter(({ text }) => {
    const key = text.toLowerCase()
    return !seen.has(key) && seen.add(key)
  })
}
