import { chat as dialect } from '../../shared/dialect/chat.ts'
import type { Prompt } from '../../shared/dialect/port.ts'
import { compose } from '../../shared/compose.ts'
import { resolveSettings } from '../../shared/resolve.ts'
import type { WireDecision } from '../../shared/schema/context.ts'
import type { Turn } from './conversations.ts'
import type { Piece } from './fingerprint.ts'
import { fullProfile } from './people.ts'

/** A message of the conversation as it stands in the app's memory. */
export type Message = { role: string; content: unknown }

/** What all ways to personalize start from. */
export type Situation = {
  turn: Turn
  shared: string
  /** The messages before this one. */
  history: readonly Message[]
  /** Templates of the cohorts. */
  templates: readonly string[]
  window: number
  /** The full profile mostly stays as it is from turn to turn: worth keeping in the cache. */
  profileLasts: boolean
}

/** A request as it goes out, and the personal tokens' texts in it: those that last and those that do not. */
type Sent = { body: string; lasting?: readonly string[]; passing?: readonly string[] }

/** How an app marks a request for the cache: where the plan says, the newest message alone, nowhere. */
export type Marking = 'plan' | 'newest' | 'nowhere'

export type Policy = {
  name: string
  label: string
  marking: Marking
  /** True where the conversation keeps what was attached. */
  keeps?: boolean
  send(situation: Situation): Sent
}

const settings = resolveSettings({ v: 1, id: 'simulated', keys: [] })

/** The app's own request: its system text, the conversation, the new words. */
function appBody({ turn, shared, history }: Situation, first: readonly string[] = []): string {
  const system = [...first, shared].map((content) => ({ role: 'system', content }))
  const messages = [...system, ...history, { role: 'user', content: turn.words }]
  return JSON.stringify({ model: 'simulated', messages })
}

function read(body: string): Prompt {
  const chat = dialect.read(body)
  if (!chat.ok) throw new Error('The simulation made a request that cannot be read.')
  return chat.value
}

/** The block of this turn by the product's own code; empty where nothing is attached. */
function blockOf({ turn, window }: Situation, chat: Prompt, decision: WireDecision): string {
  const { query, history } = chat
  const { persona } = turn.user
  const given = {
    deviceFacts: [],
    notes: [],
    settings,
    query,
    history,
    room: window - chat.tokens(),
  }
  return compose({ ...given, decision, persona }).block
}

/** A text of its own after the system text, by the code that puts the org's policy there. */
const inSystem = (situation: Situation, text: string): string =>
  dialect.assemble(read(appBody(situation)), { policy: text, parts: true })

function edgewise(situation: Situation, decision: WireDecision, template?: string): Sent {
  const chat = read(appBody(situation))
  const block = blockOf(situation, chat, decision)
  const policy = template === undefined ? {} : { policy: template }
  return { body: dialect.assemble(chat, { block, parts: true, ...policy }), passing: [block] }
}

const summaryOf = ({ turn }: Situation): string =>
  [`User ${turn.user.id}. Style: ${turn.user.persona.style}`, ...turn.user.persona.summary].join(
    '\n',
  )

const profileOf = ({ turn }: Situation): string => fullProfile(turn.user.profile, turn.revision)

const keptAs = ({ profileLasts }: Situation, text: string): Pick<Sent, 'lasting' | 'passing'> =>
  profileLasts ? { lasting: [text] } : { passing: [text] }

const plain = (situation: Situation): Sent => ({ body: appBody(situation) })

export const policies: readonly Policy[] = [
  { name: 'none', label: 'no personalization', marking: 'plan', send: plain },
  {
    name: 'naive',
    label: 'full profile first',
    marking: 'plan',
    send: (situation) => {
      const profile = profileOf(situation)
      return { body: appBody(situation, [profile]), ...keptAs(situation, profile) }
    },
  },
  {
    name: 'full',
    label: 'full profile after the static part',
    marking: 'plan',
    send: (situation) => {
      const profile = profileOf(situation)
      return { body: inSystem(situation, profile), ...keptAs(situation, profile) }
    },
  },
  {
    name: 'fixed',
    label: 'persona fixed in the session',
    marking: 'plan',
    send: (situation) => {
      const summary = summaryOf(situation)
      return { body: inSystem(situation, summary), lasting: [summary] }
    },
  },
  {
    name: 'retrieval',
    label: 'retrieval into the system prompt',
    marking: 'plan',
    send: (situation) => {
      const { retrieved } = situation.turn
      return { body: inSystem(situation, retrieved), passing: [retrieved] }
    },
  },
  {
    name: 'kept',
    label: 'gated, every block kept',
    marking: 'plan',
    keeps: true,
    send: (situation) => {
      const { body, passing } = edgewise(situation, situation.turn.decision)
      return { body, lasting: passing ?? [] }
    },
  },
  {
    name: 'system',
    label: 'gated, in the system prompt',
    marking: 'plan',
    send: (situation) => {
      const block = blockOf(situation, read(appBody(situation)), situation.turn.decision)
      return { body: inSystem(situation, block), passing: [block] }
    },
  },
  {
    name: 'edgewise',
    label: 'Edgewise',
    marking: 'plan',
    send: (situation) => edgewise(situation, situation.turn.decision),
  },
  {
    name: 'cohorts',
    label: 'Edgewise, style by cohort',
    marking: 'plan',
    send: (situation) => {
      const { decision, user } = situation.turn
      const slices = { ...decision.slices, style: false }
      return edgewise(situation, { ...decision, slices }, situation.templates[user.cohort])
    },
  },
  { name: 'newest', label: 'none, newest message marked', marking: 'newest', send: plain },
  { name: 'unmarked', label: 'none, no marker', marking: 'nowhere', send: plain },
]

/** What the provider gets to read, each piece with how long it stays true; and the personal texts in it. */
export function piecesOf(
  { body, lasting = [], passing = [] }: Sent,
  { shared, templates }: Pick<Situation, 'shared' | 'templates'>,
): Piece[] {
  const kindOf = (role: string, text: string): Piece['kind'] => {
    if (text === shared) return 'shared'
    if (templates.includes(text)) return 'cohort'
    if (passing.includes(text)) return 'block'
    if (lasting.includes(text) || role !== 'user' || isBlock(text)) return 'history'
    return 'words'
  }
  const messages = dialect.promptOf(JSON.parse(body))
  return messages.map(({ role, text }) => ({ role, text, kind: kindOf(role, text) }))
}

/** True for a piece that is a block and nothing else: no message of the simulation holds one. */
export const isBlock = (text: string): boolean => text.startsWith('<user_context>')

/** The user's message as it goes into the memory of an app that keeps what was attached. */
export const sentMessage = (body: string, at: number): Message => {
  const { messages }: { messages: Message[] } = JSON.parse(body)
  const message = messages[at]
  if (!message) throw new Error('The request has no last message.')
  return message
}
