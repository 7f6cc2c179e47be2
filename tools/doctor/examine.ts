import { cachePlan, type Segment } from '../../shared/cache-plan.ts'
import { chat } from '../../shared/dialect/chat.ts'
import { messages } from '../../shared/dialect/messages.ts'
import type { Dialect, Said } from '../../shared/dialect/port.ts'
import { responses } from '../../shared/dialect/responses.ts'
import { findModel } from '../../shared/models-table.ts'
import { estimateTokens } from '../../shared/tokens.ts'
import { findVolatile } from '../../shared/volatile.ts'

/** What the provider's cache makes of an app's requests. `wrong`: what stands in the way, in words. */
export type Examination = {
  dialect: Dialect['name']
  model: string
  /** Tokens of tools and system text, and those of them that all the requests begin with. */
  shared: number
  same: number
  /** Below this the model's provider keeps nothing; 0 where nothing is known of the model. */
  minimum: number
  /** Where the plan sets markers, in words. */
  markers: string[]
  wrong: string[]
}

/** Requests as they would be sent, in one dialect, best of several users. Throws for what is no request. */
export function examine(raws: readonly string[], given?: string): Examination {
  const requests = raws.map(readRequest)
  const [first] = requests
  if (!first) throw new Error('There is no request to look at.')
  const name = given ?? first.model ?? ''
  const model = findModel(name)
  const minimum = model && model.cache.way !== 'none' ? model.cache.minimum : 0
  const shared = estimateTokens(joined(first.shared))
  const cut = firstDifference(requests.map(({ shared: said }) => joined(said)))
  const same = cut === undefined ? shared : estimateTokens(joined(first.shared).slice(0, cut))
  const plan = cachePlan(model, segmentsOf(first))
  const last = Math.max(0, first.shared.length - 1)
  return {
    dialect: first.dialect.name,
    model: name,
    shared,
    same,
    minimum,
    markers: plan.markers.map((at) => (at <= last ? 'what all share' : 'the words')),
    wrong: [
      ...(model ? [] : [`Nothing is known of the model "${name}": --model names another.`]),
      ...(cut === undefined ? [] : [differs(first.shared, cut)]),
      ...first.shared.flatMap(({ role, text }) => {
        const found = findVolatile(text)
        return found ? [`The ${role} text holds ${found.what}: ${found.piece}`] : []
      }),
      ...(same < minimum
        ? [`What all share has ${same} tokens; below ${minimum} the provider keeps nothing of it.`]
        : []),
    ],
  }
}

type Request = { dialect: Dialect; model: string | undefined; shared: Said[]; rest: Said[] }

function readRequest(raw: string): Request {
  const dialect = dialectOf(JSON.parse(raw))
  const read = dialect.read(raw)
  if (!read.ok) throw new Error(`A request cannot be read: ${read.problem.code}.`)
  const { body, model } = read.value
  const tools: Said[] = body['tools']
    ? [{ role: 'tools', text: JSON.stringify(body['tools']) }]
    : []
  const said = dialect.promptOf(body)
  const end = said.findIndex(({ role }) => role !== 'system' && role !== 'developer')
  const at = end < 0 ? said.length : end
  return { dialect, model, shared: [...tools, ...said.slice(0, at)], rest: said.slice(at) }
}

/** By the members that only one of them has; a chat request where none is there. */
function dialectOf(body: unknown): Dialect {
  const has = (name: string) => typeof body === 'object' && body !== null && name in body
  if (has('input') || has('instructions')) return responses
  const isClaude = has('model') && /claude/i.test(String(Reflect.get(Object(body), 'model')))
  return has('system') || isClaude ? messages : chat
}

const joined = (said: readonly Said[]): string => said.map(({ text }) => text).join('\n')

function segmentsOf({ shared, rest }: Request): Segment[] {
  const tokens = ({ text }: Said) => estimateTokens(text)
  return [
    ...shared.map((said): Segment => ({ kind: 'shared', tokens: tokens(said) })),
    ...rest.map((said): Segment => {
      return { kind: said.role === 'user' ? 'words' : 'history', tokens: tokens(said) }
    }),
  ]
}

/** Where texts stop being the same; `undefined` where they never do. */
function firstDifference([first = '', ...others]: readonly string[]): number | undefined {
  let least: number | undefined
  for (const other of others) {
    let at = 0
    while (at < first.length && first[at] === other[at]) at++
    if (at < first.length || other.length > first.length) least = Math.min(least ?? at, at)
  }
  return least
}

const AROUND = 30

function differs(shared: readonly Said[], cut: number): string {
  let start = 0
  for (const { role, text } of shared) {
    if (cut <= start + text.length) {
      const at = cut - start
      const near = text.slice(Math.max(0, at - AROUND), at + AROUND)
      return `The requests differ in the ${role} text from character ${at} on: …${near}…`
    }
    start += text.length + 1
  }
  return 'The requests differ at the end of what all share.'
}
