import * as z from 'zod/mini'
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
const number = (value: number) =>
  Number.isSafeInteger(value) ? `${value}` : `${Math.round(value * 1000) / 1000}`

/** What only the provider's answer tells. */
type Late = Pick<Receipt, 'providerMs' | 'usage'>
type Early = Omit<Receipt, keyof Late>

const keys = z
  .keyof(z.omit(Receipt, { providerMs: true, usage: true }))
  .options.map((key) => [key, `${key.toLowerCase()}=`] as const)

/** The value of `Edgewise-Receipt`: a dictionary of structured fields (RFC 9651). */
export const encodeReceipt = (receipt: Receipt): string =>
  endReceipt(beginReceipt(receipt), receipt)

/** All but its end, which can be written while the provider is awaited. */
export function beginReceipt(receipt: Early): string {
  const { slices, facts } = receipt
  let members = ''
  for (const [key, name] of keys) {
    const value = receipt[key]
    if (typeof value === 'number') members += `${name}${number(value)}, `
    else if (typeof value === 'string') members += `${name}${string(value)}, `
  }
  const listed = facts.map(({ id, category }) => `${string(id)};c=${string(category)}`)
  return `${members}slices=(${slices.join(' ')}), facts=(${listed.join(' ')})`
}

export function endReceipt(begun: string, { providerMs, usage }: Late): string {
  let members = begun
  if (providerMs !== undefined) members += `, providerms=${number(providerMs)}`
  if (!usage) return members
  const { estimated, ...counts } = usage
  members += `, usage=${string(estimated ? 'estimated' : 'provider')}`
  for (const [key, value] of Object.entries(counts)) {
    if (value !== undefined) members += `;${key}=${number(value)}`
  }
  return members
}

const names = ['decidedBy', 'gateMs', 'orgMs', 'personaMs', 'providerMs'] as const
const nameOf = new Map<string, string>(names.map((name) => [name.toLowerCase(), name]))

/** `undefined` for a value that is not a receipt. */
export function decodeReceipt(value: string): Receipt | undefined {
  try {
    const plain: Record<string, unknown> = {}
    for (const [key, member] of parseDictionary(value)) {
      plain[nameOf.get(key) ?? key] = decodeMember(key, member)
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
