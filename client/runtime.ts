import { headers as names } from '../shared/headers.ts'
import { fail, type Result } from '../shared/problem.ts'
import { readAsk } from './ask.ts'
import { attachTo } from './attach.ts'
import { addNote } from './conversations.ts'
import { warnOfHost } from './endpoint.ts'
import { createFetch } from './fetch.ts'
import { whenIdle } from './idle.ts'
import type { Owner } from './owner.ts'
import { createParts, type Parts } from './parts.ts'
import { addSource } from './sources.ts'
import type { Asked } from './turn-key.ts'
import type { Ask, Credentials, EdgewiseOptions, Verdict } from './types.ts'
import type { Edgewise } from './edgewise.ts'

/**
 * The client of one page: keeps what the user agreed to, decides for each request, and calls the
 * Worker. Touches nothing of the page before it is called; two in one page get on with each other.
 */
export function createEdgewise(options: EdgewiseOptions): Edgewise {
  warnOfHost(options.endpoint)
  const parts = createParts(options)
  const { endpoint, network, tokens, users, session, gate, sources, decider, receipts, learning } =
    parts
  const { feature } = parts.placed

  async function decide(asked: Asked, typing?: boolean): Promise<Verdict> {
    const verdict = await decider.decide(asked, typing)
    parts.print('verdict', verdict)
    if (verdict.gate === 'failed') parts.print('session', parts.state.value.session)
    return verdict
  }

  /** The app sends the message itself, as soon as it has what it asked for. */
  async function decideToSend(ask: Ask): Promise<Verdict> {
    const asked = readAsk(ask)
    const sent = learning.saying(asked.query)
    const verdict = await decide(asked)
    sent()
    return verdict
  }

  const stopIdle = whenIdle(parts.warm)

  return {
    fetch: createFetch({
      endpoint,
      fetch: network,
      tokens,
      decide(asked, counting) {
        void receipts.load()
        return decide(asked, counting)
      },
      undecided: () => decider.undecided(),
      saying: learning.saying,
      answered: (...answer) => receipts.read(...answer),
      ...parts.placed,
    }),
    decide: decideToSend,
    async headers(ask, { authorization = false } = {}) {
      const verdict = !ask
        ? await decider.undecided()
        : 'header' in ask
          ? ask
          : await decideToSend(ask)
      const token = authorization ? await tokens.get() : undefined
      return {
        [names.context]: verdict.header,
        ...(feature ? { [names.feature]: feature } : {}),
        ...(token?.ok ? { Authorization: `Bearer ${token.value.value}` } : {}),
      }
    },
    attach: (field, given = {}) =>
      attachTo({
        field,
        options: given,
        warm: parts.warm,
        watch: (watched, signal) => learning.watch(watched, signal),
        decide: (ask) => decide(readAsk(ask), true),
      }),
    provide: (name, source, given) => addSource(sources, name, { source, options: given ?? {} }),
    note: (text) => void session.ready().then(() => session.change((held) => addNote(held, text))),
    ...ownersCalls(parts),
    pause: () => void users.change((old) => ({ ...old, paused: true })),
    resume: () => void users.change((old) => ({ ...old, paused: false })),
    onReceipt: (listener) => receipts.onReceipt(listener),
    receipts: () => users.value.receipts,
    state: parts.state,
    debug: (on) => parts.debug(on),
    locale: options.locale,
    endpoint: String(options.endpoint),
    stop() {
      stopIdle()
      learning.stop()
      parts.tabs.stop()
      gate.stop()
    },
  }
}

type OwnersCalls = Pick<
  Edgewise,
  | 'facts'
  | 'prime'
  | 'learning'
  | 'audit'
  | 'merge'
  | 'outcome'
  | 'takeBack'
  | 'consent'
  | 'export'
  | 'clear'
  | 'logout'
  | 'switchUser'
>

/** What the user may do with what is known; its code is fetched at the first call. */
function ownersCalls({ owner, tokens, session }: Parts): OwnersCalls {
  /** A change of the user that is under way. */
  let leaving: Promise<void> | undefined
  /** What is asked for meanwhile is meant for whoever comes. */
  const current = async (): Promise<Owner> => {
    await leaving
    return owner()
  }
  const call = async <T>(run: (owner: Owner) => Promise<Result<T>>): Promise<Result<T>> => {
    try {
      return await run(await current())
    } catch (cause) {
      return fail('internal', { detail: String(cause) })
    }
  }
  /** Ends one user's time in this page; the next goes on with `credentials`, or where the app's own come from. */
  const leave = (all: boolean, credentials?: Credentials): Promise<void> => {
    const forgetUser = async () => {
      const forgetToken = () => tokens.forget(credentials)
      try {
        await (await owner()).leave(all, forgetToken)
      } catch {
        // Its code could not be fetched: this page at least forgets.
        forgetToken()
        session.forget()
      }
    }
    const mine = (leaving ?? Promise.resolve()).then(forgetUser)
    leaving = mine
    return mine
  }
  return {
    facts: {
      list: async () => (await current()).facts.list(),
      add: (fact) => call(({ facts }) => facts.add(fact)),
      edit: (id, change) => call(({ facts }) => facts.edit(id, change)),
      remove: (id) => call(({ facts }) => facts.remove(id)),
      pin: (id, pinned) => call(({ facts }) => facts.pin(id, pinned)),
      approve: (id) => call(({ facts }) => facts.approve(id)),
      decline: (id) => call(({ facts }) => facts.decline(id)),
      history: async () => (await current()).facts.history(),
      undo: (id) => call(({ facts }) => facts.undo(id)),
    },
    prime: (primer) => call((known) => known.prime(primer)),
    learning: (change) => call((known) => known.learning(change)),
    audit: () => call((known) => known.audit()),
    merge: (agreed) => call((known) => known.merge(agreed)),
    outcome: (...report) => call((known) => known.outcome(...report)),
    takeBack: async (receipt) => (await current()).takeBack(receipt),
    consent: (answer) => call((known) => known.consent(answer)),
    export: async () => (await current()).export(),
    clear: (scope) => call((known) => known.clear(scope)),
    logout: () => leave(true),
    switchUser: (credentials) => leave(false, credentials),
  }
}
