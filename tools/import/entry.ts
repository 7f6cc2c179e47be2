import type { Category } from '../../shared/schema/fact.ts'

/** What an export is made of. */
export type Format = 'ChatGPT' | 'Claude' | 'Claude memories' | 'mem0' | 'messages'

/**
 * One thing to learn from: a message that a user wrote, in which facts are looked for, or a memory that
 * another system kept, which is a statement already. `at`: when it was written, ms.
 */
export type Item = { text: string; at?: number; memory?: Category }

/** An entry of an export. `owner`: whose it is, by the export's own account, where it says so. */
export type Entry = { format: Format; items: Item[]; owner?: string }

/** A time as exports write it: seconds since 1970 or ISO 8601. */
export function timeOf(value: number | string | null | undefined): number | undefined {
  const time = typeof value === 'number' ? value * 1000 : Date.parse(value ?? '')
  return Number.isFinite(time) && time >= 0 && time <= 8.64e15 ? Math.round(time) : undefined
}

export const dated = (item: Item, at: number | undefined): Item =>
  at === undefined ? item : { ...item, at }
