import { createAnswers } from './answers.ts'
import { createApi } from './api.ts'
import { pageAmbient } from './clock.ts'
import { createDecider, loadNotes } from './decide.ts'
import { createEndpoint } from './endpoint.ts'
import { factsOf, unwanted } from './known.ts'
import { createLearning } from './learning.ts'
import { once } from './once.ts'
import { createLazyGate, wrapGate } from './page-gate.ts'
import { placedIn } from './placed.ts'
import { createSession } from './session.ts'
import type { Sources } from './sources.ts'
import { createObservable } from './state.ts'
import { createDeviceStore } from './store/device-store.ts'
import { shownKey, type HeldSession } from './store/record.ts'
import { sendsGlobalPrivacyControl } from './privacy-control.ts'
import { createTabs, type TabMessage } from './tabs.ts'
import { createTokens } from './token.ts'
import type { EdgewiseOptions, EdgewiseState, Fetch } from './types.ts'
import { createUserStore } from './user-store.ts'
import { createVisiting } from './visiting.ts'

export type Parts = ReturnType<typeof createParts>

/** The parts of one instance, and what runs between them when something changes. */
export function createParts(options: EdgewiseOptions) {
  const { storage = 'ask' } = options
  const ambient = pageAmbient
  const { now } = ambient
  // Taken now: an app may put ours in its place.
  const network: Fetch = options.fetch ?? globalThis.fetch.bind(globalThis)
  const endpoint = createEndpoint(options.endpoint)
  const gpc = sendsGlobalPrivacyControl()
  const fallback = storage === 'ask' ? 'memory' : gpc ? 'device' : storage
  const placed = placedIn(options)
  let debugging = options.debug === true
  let warmed = false
  let prepared = ''
  let last: { subject?: string | undefined; shown: string } = { shown: '' }

  const device = createDeviceStore()
  const visiting = createVisiting(options.org, () => ({
    base: endpoint.folder,
    fetch: network,
    device,
    users,
    now,
  }))
  const tokens = createTokens(options, {
    fetch: network,
    now,
    visitor: (own) => visiting.token(own),
  })
  const users = createUserStore({ device, fallback, changed })
  const opening = createApi(endpoint.folder, { fetch: network, tokens })
  const api = createApi(endpoint.folder, { fetch: network, tokens, life: () => users.life })
  const session = createSession({
    api: opening,
    tokens,
    users,
    ambient,
    progressed: refresh,
    ...placed,
  })
  const base = () => new URL(options.assets ?? `${endpoint.folder()}/`, globalThis.location?.href)
  const gate = options.gate
    ? wrapGate(options.gate)
    : createLazyGate({
        base,
        now: () => performance.now(),
        full: options.full === true,
        progressed: refresh,
      })
  const sources: Sources = new Map()
  const { page, locale } = options
  const decider = createDecider({ session, users, gate, sources, now, page, locale, ...placed })
  const state = createObservable<EdgewiseState>({ ...snapshot(), revision: 0 })
  const receipts = createAnswers({
    users,
    api,
    now,
    heard: (entry) => print('receipt', entry),
    report: async (...outcome) => (await owner()).outcome(...outcome),
  })
  const tabs = createTabs({
    heard,
    returned: () => void returned(),
    focused: () => session.focused(),
  })
  const learning = createLearning(users, async () => {
    const { createLearner } = await import('./learn/index.ts')
    const { findFacts } = options
    return createLearner({ api, session, users, now, base, findFacts, ...placed })
  })
  const owner = once(async () => {
    const { createOwner } = await import('./owner.ts')
    const visitor = await visiting.visitor()
    return createOwner({ api, session, users, ambient, tabs, forget, visitor, forgetVisitor })
  })

  function snapshot(): Omit<EdgewiseState, 'revision'> {
    const held = session.live()
    const settings = held?.gates[placed.feature ?? '']
    return {
      session: held ? { status: 'ready', value: openedBy(held) } : session.status(),
      consent: users.consent(),
      answered: users.value.consent !== undefined,
      store: users.kind(),
      storage: users.storage,
      gpc,
      paused: users.value.paused,
      off: settings?.off ?? false,
      gate: gate.status(),
      learning: { learn: users.value.learned?.learn ?? true, blocked: unwanted(users.value) },
      travelling: users.value.learned?.outbox.length ?? 0,
      rules: settings?.why ?? {},
    }
  }

  function refresh(): void {
    state.set(snapshot())
  }

  function changed(shared: boolean): void {
    if (last.subject !== undefined && users.subject !== last.subject) forget()
    const key = shownKey(users.value)
    const revision = state.value.revision + (key === last.shown ? 0 : 1)
    last = { subject: users.subject, shown: key }
    state.set({ ...snapshot(), revision })
    if (shared && users.subject !== undefined)
      tabs.send({ type: 'changed', subject: users.subject })
    prepare()
  }

  /** Facts are encoded when they arrive, not when they are asked for. */
  function prepare(): void {
    const facts = factsOf(users.value, now())
    const key = JSON.stringify(facts)
    if (!warmed || key === prepared) return
    prepared = key
    gate.prepare(facts)
  }

  /** What was derived from the user goes too: verdicts, encoded facts. */
  function forget(): void {
    decider.forget()
    gate.forget()
    prepared = ''
    prepare()
  }

  /** A visitor whose device has been cleared comes back as another one. */
  function forgetVisitor(): void {
    if (visiting.drop()) tokens.forget()
  }

  function heard(message: TabMessage): void {
    if (message.type === 'changed') {
      if (message.subject === users.subject) void users.reread()
      return
    }
    if (message.type === 'logout' && isOthers(message.subject)) return
    if (message.type === 'cleared' && message.scope === 'session') void users.reread()
    else session.forget()
    if (message.type === 'logout') tokens.forget()
    else if (message.scope === 'device') forgetVisitor()
    forget()
  }

  /** Another user's: an app may show several in its tabs. A page that does not know its user yet counts as theirs. */
  function isOthers(subject: string | undefined): boolean {
    return subject !== undefined && users.subject !== undefined && subject !== users.subject
  }

  /** From the back/forward cache: without a stored record nobody can say what still holds. */
  async function returned(): Promise<void> {
    if (users.storage === 'open') await users.reread()
    else session.forget()
    forget()
  }

  async function warm(): Promise<void> {
    warmed = true
    void receipts.load()
    void loadNotes()
    const opened = await session.ready()
    prepare()
    if (!opened.ok) return
    await visiting.keep()
    if (users.value.learned) learning.catchUp()
    if (users.consent() === 'edge' && users.value.facts.length > 0) {
      await (await owner()).catchUp()
    }
  }

  function print(what: string, value: unknown): void {
    // oxlint-disable-next-line no-console -- the debug switch prints for the developer of the page
    if (debugging) console.debug(`edgewise ${what}`, value)
  }

  return {
    endpoint,
    network,
    tokens,
    users,
    session,
    gate,
    sources,
    decider,
    receipts,
    tabs,
    state,
    owner,
    learning,
    print,
    placed,
    /** Opens session and gate ahead of the first need. Never rejects. */
    warm: () => void warm().catch(() => undefined),
    debug(on: boolean): void {
      debugging = on
    },
  }
}

const openedBy = ({ id, subject, org }: HeldSession) => ({ id, subject, org })
