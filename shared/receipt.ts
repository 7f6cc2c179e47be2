import { isInnerList, parseDictionary, Token } from 'structured-headers'
import { Receipt, Usage } from './schema/receipt.ts'

/*
 * Written by hand: there is one on every answer, and the general serializer costs more than all else
 * that is done for it. The parser is the library's.
 */
const printable = /^[ !#-[\]-~]*$/
const string = (text: string) =>
  printable.test(text)
    ? `"${text}"`
    : `"${text.replace(/[^\x20-\x7e]/g, '?').replace(/["\\]/g, '\\$&')}"`

/** The most that a decimal of RFC 9651 can say; nothing that is counted here is as much. */
const MOST = 999_999_999_999
const number = (value: number) => {
  const sayable = Math.min(value, MOST)
  return Number.isInteger(sayable) ? `${sayable}` : `${Math.round(sayable * 1000) / 1000}`
}

/** Members that are one value each, in the order in which they are written. */
const keys = [
  'dropped',
  'tokens',
  'whole',
  'decidedBy',
  'tier',
  'gateMs',
  'reason',
  'stakes',
  'store',
  'version',
  'epoch',
  'feature',
  'cohort',
  'experiment',
  'arm',
  'rules',
  'orgMs',
  'personaMs',
  'providerMs',
] as const
const members = keys.map((key) => ({ key, name: `, ${key.toLowerCase()}=` }))

/** The value of `Edgewise-Receipt`: a dictionary of structured fields (RFC 9651). */
export function encodeReceipt(receipt: Receipt): string {
  const { id, why, slices, facts } = receipt
  const listed = facts.map((fact) => `${string(fact.id)};c=${string(fact.category)}`)
  let text = `id=${string(id)}, why="${why}", slices=(${slices.join(' ')}), facts=(${listed.join(' ')})`
  for (const { key, name } of members) {
    const value = receipt[key]
    if (value !== undefined)
      text += name + (typeof value === 'number' ? number(value) : string(value))
  }
  return text + usageOf(receipt.usage)
}

function usageOf(usage: Usage | undefined): string {
  if (!usage) return ''
  const { estimated, ...counts } = usage
  let member = `, usage=${string(estimated ? 'estimated' : 'provider')}`
  for (const [key, value] of Object.entries(counts)) {
    if (value !== undefined) member += `;${key}=${number(value)}`
  }
  return member
}

const keyOf = new Map<string, string>(keys.map((key) => [key.toLowerCase(), key]))

/** `undefined` for a value that is not a receipt. */
export function decodeReceipt(value: string): Receipt | undefined {
  try {
    const plain: Record<string, unknown> = {}
    for (const [key, member] of parseDictionary(value)) {
      plain[keyOf.get(key) ?? key] = decodeMember(key, member)
    }
    const read = Receipt.safeParse(plain)
    return read.success ? read.data : undefined
  } catch {
    return undefined
  }
}

type Member = ReturnType<typeof parseDictionary> extends Map<string, infer M> ? M : never

function decodeMember(key: string, member: Member): unknown {
  if (key === 'usage' && !isInnerList(member)) {
    return { ...Object.fromEntries(member[1]), estimated: member[0] === 'estimated' }
  }
  if (!isInnerList(member)) return member[0] instanceof Token ? member[0].toString() : member[0]
  return member[0].map(([bare, parameters]) =>
    key === 'facts' ? { id: bare, category: parameters.get('c') } : String(bare),
  )
}

/** Usage as a line that every SSE parser skips; it goes before the last event of a stream. */
export const usageComment = (usage: Usage): string => `: edgewise ${JSON.stringify(usage)}\n\n`

/** Reads such a line; `undefined` for any other. */
export function readUsageComment(line: string): Usage | undefined {
  if (!line.startsWith(': edgewise ')) return undefined
  try {
    const read = Usage.safeParse(JSON.parse(line.slice(': edgewise '.length)))
    return read.success ? read.data : undefined
  } catch {
    return undefined
  }
}
