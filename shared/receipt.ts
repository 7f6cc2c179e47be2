import { parseDictionary, serializeDictionary, Token, isInnerList } from 'structured-headers'
import { Receipt, Usage } from './schema/receipt.ts'

const noParameters = new Map()
const ascii = (text: string) => text.replace(/[^\x20-\x7e]/g, '?')

type Bare = string | number | boolean | Token
type Item = [Bare, Map<string, Bare>]
const item = (value: Bare): Item => [value, noParameters]
const decimal = (value: number) => Math.round(value * 1000) / 1000

/** The value of `Edgewise-Receipt`: a dictionary of structured fields (RFC 9651). */
export function encodeReceipt(receipt: Receipt): string {
  const members = new Map<string, Item | [Item[], Map<string, Bare>]>()
  const { slices, facts, usage, ...plain } = receipt
  for (const [key, value] of Object.entries(plain)) {
    if (value === undefined) continue
    const bare = typeof value === 'number' ? decimal(value) : ascii(value)
    members.set(key.toLowerCase(), item(bare))
  }
  members.set('slices', [slices.map((slice) => item(new Token(slice))), noParameters])
  const listed = facts.map(({ id, category }): Item => [id, new Map([['c', category]])])
  members.set('facts', [listed, noParameters])
  if (usage) {
    const { estimated, ...counts } = usage
    const parameters = new Map<string, Bare>()
    for (const [key, value] of Object.entries(counts)) {
      if (value !== undefined) parameters.set(key, value)
    }
    members.set('usage', [estimated ? 'estimated' : 'provider', parameters])
  }
  return serializeDictionary(members)
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
