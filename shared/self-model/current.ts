import type { Fact } from '../schema/fact.ts'
import { difference, jaccard, overlap, readFact, type Reading } from './reading.ts'

/** Share of words from which on two statements of a category are about the same. */
const SAME = 0.8
const ABOUT = 0.5

type Read = { fact: Fact; reading: Reading }

/**
 * The facts as they stand among each other at a time: near-duplicates fold into one, a newer statement
 * supersedes what it contradicts; both get the status `superseded` and, in `by`, the id of the one that
 * counts. Nothing is lost by it: it is worked out anew whenever facts are shown. In the order given.
 */
export function currentFacts(facts: readonly Fact[], now: number): Fact[] {
  const read = facts
    .filter(({ expires }) => expires === undefined || expires > now)
    .map((fact): Read => ({ fact, reading: readFact(fact) }))
  const by = new Map<string, string>()
  const newestFirst = read.toSorted((a, b) => newer(a.fact, b.fact))
  newestFirst.forEach((older, i) => {
    const winner = newestFirst
      .slice(0, i)
      .find((one) => one.fact.status === 'active' && contradicts(one, older))
    if (winner) by.set(older.fact.id, winner.fact.id)
  })
  const kept: Read[] = []
  for (const one of read.filter(({ fact }) => !by.has(fact.id)).toSorted(canonical)) {
    const twin = kept.find((other) => saysTheSame(other, one))
    if (twin) by.set(one.fact.id, twin.fact.id)
    else kept.push(one)
  }
  return facts.map((fact) => {
    const winner = by.get(fact.id)
    return winner === undefined ? fact : { ...fact, status: 'superseded', by: winner }
  })
}

/** Ids of the facts that one stands for, itself among them: near-duplicates that it keeps from being seen. */
export function standsFor(facts: readonly Fact[], id: string, now: number): string[] {
  const one = facts.find((fact) => fact.id === id)
  if (!one) return []
  const read = { fact: one, reading: readFact(one) }
  const folded = currentFacts(facts, now).filter(
    (fact) => fact.by === id && saysTheSame(read, { fact, reading: readFact(fact) }),
  )
  return [id, ...folded.map((fact) => fact.id)]
}

const newer = (a: Fact, b: Fact) => b.lastSeen - a.lastSeen || (a.id < b.id ? -1 : 1)

/** Which of two that say the same stands for both: confirmed before pending, pinned, vital, then the newest. */
const canonical = ({ fact: a }: Read, { fact: b }: Read) =>
  Number(b.status === 'active') - Number(a.status === 'active') ||
  Number(b.pinned) - Number(a.pinned) ||
  Number(b.vital) - Number(a.vital) ||
  newer(a, b)

function saysTheSame({ fact, reading: a }: Read, { fact: other, reading: b }: Read): boolean {
  if (a.category !== b.category || a.negated !== b.negated || a.words.size === 0) return false
  if (a.person !== b.person) return false
  const alike = jaccard(a.words, b.words)
  if (alike === 1) return true
  // What protects its owner is told apart by every word, and so are numbers.
  if (alike < SAME || fact.vital || other.vital) return false
  return !difference(a.words, b.words).some((word) => /\d/.test(word))
}

function contradicts({ fact, reading: a }: Read, { fact: old, reading: b }: Read): boolean {
  // Whatever is said of a sister takes nothing back of the user's own, nor the other way round.
  if (a.category !== b.category || a.person !== b.person) return false
  if (a.takesBack && takesBack(a.takesBack, { fact: old, reading: b }, fact)) return true
  if (a.negated !== b.negated && jaccard(a.words, b.words) >= SAME) return true
  if (b.slots.size === 0) return false
  if (a.category !== 'style' && (a.negated || b.negated)) return false
  // "in Portugal" only says less than "in Porto, Portugal".
  if (overlap(a.words, b.words) === 1) return false
  return [...b.slots].every(([slot, answer]) => {
    const now = a.slots.get(slot)
    if (now === undefined || isVague(now) !== isVague(answer)) return false
    return now !== answer && !now.includes(answer) && !answer.includes(now)
  })
}

/** "a large company" may well be the one that was named. */
const isVague = (answer: string): boolean => /^an? /.test(answer)

/** `words`: of the earlier state in the newer statement's own account. */
function takesBack(words: ReadonlySet<string>, { fact, reading }: Read, by: Fact): boolean {
  if (by.supersedes?.startsWith('an earlier statement on:')) {
    return overlap(words, reading.words) >= ABOUT && !reading.negated
  }
  if (words.size === 0 || overlap(words, reading.words) < 1 || words.size > reading.words.size)
    return false
  return fact.vital ? words.size === reading.words.size : words.size / reading.words.size >= ABOUT
}
