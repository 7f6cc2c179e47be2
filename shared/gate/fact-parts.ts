import { oneLine } from '../normalise.ts'
import { isVital } from '../vital.ts'
import type { GateFact } from './port.ts'

/** Pieces of one fact that are read beside the whole: each is one more reading for a model. */
const MOST = 3

/** Tags, brackets of templates and commands, links, the ends of sentences, and where an order begins. */
const breaks =
  /<[^<>]*>?|[<>{}[\]]+|\b(?:https?:\/\/|www\.)\S+|(?<=[.!?;])\s+|\s+(?=(?:ignore|disregard|override|system|assistant|always|never)\b)/giu
const mayBreak =
  /[<>{}[\]]|https?:|www\.|[.!?;]\s|\s(?:ignore|disregard|override|system|assistant|always|never)\b/iu

/**
 * What the gate reads of a fact. One that protects its owner is read piece by piece too, and its best
 * piece counts: whatever markup, orders or other words stand beside "allergic to peanuts" in it, they
 * cannot talk the protection away. All else is read as it is.
 */
export function partsOf(fact: GateFact): readonly GateFact[] {
  const { text, vital, category = 'health' } = fact
  if (vital !== true || !mayBreak.test(text)) return [fact]
  const pieces = oneLine(text)
    .split(breaks)
    .map((piece) => piece.trim())
    .filter((piece) => /\p{L}{2}/u.test(piece))
  const whole = { ...fact, text: pieces.join(' ') }
  if (pieces.length < 2) return [pieces.length === 0 ? fact : whole]
  const protects = (piece: string) => Number(isVital(category, piece))
  // The ones that sound protective first, so that no number of others can crowd them out.
  const first = pieces.toSorted((a, b) => protects(b) - protects(a)).slice(0, MOST)
  return [whole, ...first.map((piece) => ({ ...fact, text: piece }))]
}
