import type { Source } from '../schema/fact.ts'

/** Sources from the one that counts most to the one that counts least. */
const order: readonly Source[] = ['typed', 'app', 'import', 'inferred', 'pasted', 'prefilled']

export const strongest = (a: Source, b: Source): Source =>
  order.indexOf(a) <= order.indexOf(b) ? a : b

/** The user's own words, or those of the app that knows them; all else waits for a yes. */
export const isTrusted = (source: Source): boolean => source === 'typed' || source === 'app'

/** What a program concluded counts once it was seen twice; pasted and prefilled words never by themselves. */
export const statusOf = (source: Source, times: number): 'active' | 'pending' =>
  isTrusted(source) || (source === 'inferred' && times > 1) ? 'active' : 'pending'

/** 0..1: from where the words came, and more with each further sighting, up to ten. */
export function confidenceOf(source: Source, times: number): number {
  const doubt = isTrusted(source) ? 0.1 : 0.5
  return Math.round((1 - doubt * 0.8 ** (Math.min(times, 10) - 1)) * 1000) / 1000
}
