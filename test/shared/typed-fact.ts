import type { Fact } from '../../shared/schema/fact.ts'

/** A fact that its owner has typed, by its words; `lastSeen` in ms. */
export const typed = (category: Fact['category'], text: string, lastSeen: number): Fact => ({
  id: text.replaceAll(/\W/g, '').slice(0, 30),
  category,
  text,
  confidence: 0.9,
  source: 'typed',
  firstSeen: lastSeen,
  lastSeen,
  pinned: false,
  vital: false,
  status: 'active',
})
