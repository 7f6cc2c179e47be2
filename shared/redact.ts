import { addresses } from './redact/addresses.ts'
import { fold } from './redact/fold.ts'
import { addressesOfMachines, card, documents, iban, phone } from './redact/numbers.ts'
import type { Found, Recogniser, RedactedKind } from './redact/recogniser.ts'
import { crypto, email, links, secrets } from './redact/secrets.ts'

export type { Found, RedactedKind } from './redact/recogniser.ts'

export type Redacted = {
  /** The text with `[email]`, `[phone]` and so on in place of what was found. */
  text: string
  /** In the order of the original text, not overlapping; offsets in the original. */
  found: Found[]
}

/** In the order in which overlapping finds win. */
const recognisers: readonly Recogniser[] = [
  ...links,
  ...secrets.slice(0, 3),
  email,
  iban,
  ...crypto,
  card,
  ...addressesOfMachines,
  ...documents,
  phone,
  ...secrets.slice(3),
  ...addresses,
]

const labels: Record<RedactedKind, string> = {
  email: '[email]',
  link: '[link]',
  secret: '[secret]',
  iban: '[iban]',
  card: '[card]',
  crypto: '[crypto address]',
  ip: '[ip address]',
  id: '[id number]',
  phone: '[phone]',
  address: '[address]',
}

const anyLabel =
  /\[(?:email|link|secret|iban|card|crypto address|ip address|id number|phone|address)\]/g

/**
 * Takes contact data, numbers of documents and accounts, street addresses and secrets out of a text.
 * Any string; linear in its length. Best effort: it knows forms, not people; names stay.
 */
export function redact(text: string): Redacted {
  const found = findAll(text)
  return { text: replace(text, found), found }
}

/** The same for a part of a text, seen in the whole: half a number is one, and "my PIN is" may stand before. */
export function redactPart(text: string, part: { start: number; end: number }): Redacted {
  const found = findAll(text).flatMap(({ kind, start, end }) => {
    const from = Math.max(start, part.start)
    const to = Math.min(end, part.end)
    return from < to ? [{ kind, start: from - part.start, end: to - part.start }] : []
  })
  return { text: replace(text.slice(part.start, part.end), found), found }
}

function replace(text: string, found: readonly Found[]): string {
  const parts: string[] = []
  let at = 0
  for (const { kind, start, end } of found) {
    parts.push(text.slice(at, start), labels[kind])
    at = end
  }
  return parts.join('') + text.slice(at)
}

/** Of finds that overlap the first kind in the list names them all: what any of them has found is taken out. */
function findAll(text: string): Found[] {
  const folded = fold(text)
  const candidates = recognisers.flatMap((recognise, rank) =>
    Array.from(recognise(folded), (found) => ({ ...found, rank })),
  )
  candidates.sort((a, b) => a.start - b.start || b.end - a.end || a.rank - b.rank)
  const kept: (Found & { rank: number })[] = []
  for (const next of candidates) {
    const last = kept.at(-1)
    if (!last || next.start >= last.end) {
      kept.push(next)
      continue
    }
    const { rank, kind } = next.rank < last.rank && last.kind !== 'address' ? next : last
    kept[kept.length - 1] = { start: last.start, end: Math.max(last.end, next.end), kind, rank }
  }
  return kept.map(({ kind, start, end }) => ({ kind, start, end }))
}

/** Words that say what was taken out and nothing else about a person. */
const naming = new Set(
  `my the a an our his her their is are was it its it's at to on in of for and or by me i i'm im this that here here's
  user user's users email e-mail mail address addresses phone mobile cell number numbers tel telephone call text reach contact
  card credit debit visa iban account bank id passport license licence driver's drivers ssn social security national insurance
  password passcode pin secret token key api login ip link crypto wallet btc eth zip code postcode postal wifi wi-fi has have live lives living resides ship send`.split(
    /\s+/,
  ),
)

/** True for a redacted text in which little else is left than what was taken out: no fact to keep. */
export function isMostlyRedacted(text: string): boolean {
  const rest = text.replace(anyLabel, ' ')
  if (rest === text) return false
  const words = rest.toLowerCase().match(/[\p{L}\p{N}'’-]+/gu) ?? []
  return words.filter((word) => !naming.has(word.replace('’', "'"))).length < 2
}
