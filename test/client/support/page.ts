import { expect, vi } from 'vitest'
import { createEdgewise } from '../../../client/index.ts'
import type { Edgewise, EdgewiseOptions } from '../../../client/index.ts'
import type { Decision } from '../../../shared/schema/decision.ts'
import type { GateInput } from '../../../shared/gate/port.ts'
import { createEdge, ENDPOINT, tokenFor, type Edge } from './edge.ts'

/** A gate whose rule can be read: facts that share a word with the message; the session for "it". */
export function createWordGate() {
  const asked: GateInput[] = []
  return {
    asked,
    decide(input: GateInput): Decision {
      asked.push(input)
      const words = new Set(input.query.toLowerCase().match(/\w{4,}/g))
      const facts = input.facts.filter(({ text }) =>
        (text.toLowerCase().match(/\w{4,}/g) ?? []).some((word) => words.has(word)),
      )
      return decision({
        facts: facts.map(({ id }) => id),
        session: /\bit\b/.test(input.query),
        inherited: input.history.length,
      })
    },
  }
}

export function decision(given: {
  facts?: string[]
  session?: boolean
  inherited?: number
}): Decision {
  const { facts = [], session = false, inherited = 0 } = given
  return {
    tier: 'lite',
    mode: 'balanced',
    slices: { style: false, session, profile: facts.length > 0 },
    facts,
    stakes: 'none',
    scores: { style: 0, session: 0, profile: 0, stakes: 0, facts: {} },
    thresholds: { style: 0.5, session: 0.5, profile: 0.5, stakes: 0.5, fact: 0.5, vital: 0.2 },
    language: 'en',
    inherited,
    ms: 0.1,
    reason: 'words in common',
  }
}

const open: Edgewise[] = []

export type Page = { edge: Edge; edgewise: Edgewise; user: string }

/** One instance of the client, with an edge of its own unless given, and a user that no other test has. */
export function openPage(
  given: Partial<EdgewiseOptions> & { edge?: Edge; user?: string } = {},
): Page {
  const { edge = createEdge(), user = `user-${crypto.randomUUID()}`, ...options } = given
  const edgewise = createEdgewise({
    endpoint: ENDPOINT,
    ...('tokenUrl' in options ? {} : { token: tokenFor(user) }),
    fetch: edge.fetch,
    gate: createWordGate(),
    ...options,
  })
  open.push(edgewise)
  return { edge, edgewise, user }
}

/** A page whose user has one fact at the edge, with its session open. */
export async function openSeeded(given: Parameters<typeof openPage>[0] = {}): Promise<Page> {
  const page = openPage(given)
  await page.edge.seed(page.user, { category: 'diet', text: 'vegetarian, loves noodles' })
  await ready(page.edgewise)
  return page
}

/** What is stored on this device now, by key; `undefined` where there is no database at all. */
export async function stored(): Promise<Map<IDBValidKey, unknown> | undefined> {
  const names = (await indexedDB.databases()).map(({ name }) => name)
  if (!names.includes('edgewise')) return undefined
  const db = await ask(indexedDB.open('edgewise'))
  const kv = db.transaction('kv').objectStore('kv')
  const [keys, values] = await Promise.all([ask(kv.getAllKeys()), ask(kv.getAll())])
  db.close()
  return new Map(keys.map((key, at) => [key, values[at]]))
}

/** As on a device that was never here. */
export const deleteDatabase = (): Promise<unknown> => ask(indexedDB.deleteDatabase('edgewise'))

/** What is stored of one user, as JSON; empty where nothing is. */
export const storedOf = async (user: string): Promise<string> =>
  JSON.stringify((await stored())?.get(`u1:subject-of-${user}`)) ?? ''

const ask = <T>(request: IDBRequest<T>): Promise<T> =>
  new Promise((resolve, reject) => {
    request.addEventListener('success', () => resolve(request.result))
    request.addEventListener('error', () => reject(request.error ?? new Error('refused')))
  })

export type Chat = { messages: { role: string; content: unknown }[]; stream?: boolean }

/** One chat call through the instance, as an SDK makes it; reads the answer to its end. */
export async function chat(edgewise: Edgewise, said: string | Chat): Promise<string> {
  const body = typeof said === 'string' ? { messages: [{ role: 'user', content: said }] } : said
  const response = await edgewise.fetch(`${ENDPOINT}/v1/chat/completions`, {
    method: 'POST',
    headers: { authorization: 'Bearer edgewise', 'content-type': 'application/json' },
    body: JSON.stringify({ model: 'any', stream: true, ...body }),
  })
  return response.text()
}

export async function ready(edgewise: Edgewise): Promise<void> {
  await edgewise.decide({ text: 'hello there' })
  await vi.waitFor(() => expect(edgewise.state.value.session.status).toBe('ready'))
}

/** Ends the instances of a test: later tests hear nothing of them. */
export function closePages(): void {
  for (const edgewise of open.splice(0)) edgewise.stop()
}

/** Two tabs of one user who agreed to storing. */
export async function twoTabs() {
  const first = openPage({ storage: 'device' })
  await ready(first.edgewise)
  const { edge, user } = first
  const second = openPage({ edge, user, storage: 'device' })
  await ready(second.edgewise)
  return { edge, user, first: first.edgewise, second: second.edgewise }
}

/** The words of all facts that an instance knows, sorted. */
export const texts = async (edgewise: Edgewise) =>
  (await edgewise.facts.list()).facts.map(({ text }) => text).toSorted()
