import { Message } from './formats.ts'
import type { Files } from './files.ts'
import type { Samples } from './collect.ts'

/** Finds the facts that a message states about its user; `span` is verbatim. */
export type FindFacts = (text: string) => Promise<readonly { category: string; span: string }[]>

type Range = { start: number; end: number }

/**
 * Precision, recall and the share of messages without facts that are left alone. A found span counts when
 * it and a stated one, each used once, overlap by at least half of the shorter.
 */
export async function collectDisclosure(
  files: Files,
  find: FindFacts,
  samples: Samples,
): Promise<void> {
  const add = (key: string, right: boolean, group: string) => {
    const list = samples.get(key) ?? []
    list.push({ score: Number(right), kind: 'positive', group })
    samples.set(key, list)
  }
  for (const { id, text, facts } of files.read('dev/disclosure/messages.jsonl', Message) ?? []) {
    const found = (await find(text)).map(({ span }) => rangeOf(text, span))
    const stated = facts.map(({ span }) => rangeOf(text, span))
    const matched = match(found, stated)
    found.forEach((_, i) => add('disclosurePrecision', matched.has(i), id))
    const hits = new Set(matched.values())
    stated.forEach((_, i) => add('disclosureRecall', hits.has(i), id))
    if (stated.length === 0) add('disclosureQuiet', found.length === 0, id)
  }
}

/** Where a span first stands in a text. */
export function rangeOf(text: string, span: string): Range {
  const start = Math.max(0, text.indexOf(span))
  return { start, end: start + span.length }
}

/**
 * Pairs of (found, stated), the largest overlaps first: each is used once, and they overlap by at least
 * half of the shorter.
 */
export function match(found: readonly Range[], stated: readonly Range[]): Map<number, number> {
  const pairs = found.flatMap((a, i) =>
    stated.map((b, k) => {
      const shared = Math.min(a.end, b.end) - Math.max(a.start, b.start)
      return { i, k, shared, enough: shared * 2 >= Math.min(a.end - a.start, b.end - b.start) }
    }),
  )
  const matched = new Map<number, number>()
  for (const { i, k, shared, enough } of pairs.toSorted((a, b) => b.shared - a.shared)) {
    const isTaken = matched.has(i) || [...matched.values()].includes(k)
    if (shared > 0 && enough && !isTaken) matched.set(i, k)
  }
  return matched
}
