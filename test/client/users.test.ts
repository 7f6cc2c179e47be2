import { afterEach, expect, test, vi } from 'vitest'
import { createEdge, tokenFor } from './support/edge.ts'
import {
  chat,
  closePages,
  openPage,
  ready,
  stored,
  storedOf,
  texts,
  twoTabs,
} from './support/page.ts'

afterEach(closePages)

const peanuts = { category: 'health', text: 'allergic to peanuts' } as const
const rust = { category: 'tool', text: 'writes Rust' } as const

test('another user on the same device sees nothing of the first, who finds all again', async () => {
  const ada = openPage({ storage: 'device' })
  const bob = `user-${crypto.randomUUID()}`
  let who = ada.user
  const page = openPage({ edge: ada.edge, storage: 'device', token: () => tokenFor(who) }).edgewise
  await ready(page)
  await page.facts.add(peanuts)
  await chat(page, 'any peanuts?')
  who = bob
  await page.switchUser({ token: () => tokenFor(who) })
  expect(page.receipts()).toEqual([])
  await chat(page, 'any peanuts?')
  expect(ada.edge.contexts().at(-1)).not.toHaveProperty('facts')
  // A slow session is not waited for by the answer.
  await vi.waitFor(() =>
    expect(page.state.value.session).toMatchObject({ value: { subject: `subject-of-${bob}` } }),
  )
  expect(await storedOf(bob)).not.toContain(peanuts.text)
  who = ada.user
  await page.switchUser({ token: () => tokenFor(who) })
  expect(await texts(page)).toEqual([peanuts.text])
})

test('a user switch is noticed by the token alone', async () => {
  const { edge, user } = openPage()
  const bob = `user-${crypto.randomUUID()}`
  let who = user
  const token = () => tokenFor(who, Date.now() / 1000 + 29)
  const page = openPage({ edge, token }).edgewise
  await page.facts.add(peanuts)
  who = bob
  await chat(page, 'any peanuts?')
  expect(edge.contexts().at(-1)).not.toHaveProperty('facts')
  expect((await page.facts.list()).facts).toEqual([])
})

test('after logout the page holds nothing, other tabs neither, and a fixed token is not used again', async () => {
  const { edge, user, first, second } = await twoTabs()
  await first.facts.add(peanuts)
  await chat(first, 'any peanuts?')
  const sessions = edge.calls('/v1/sessions').length
  await first.logout()
  expect(first.receipts()).toEqual([])
  await vi.waitFor(() => expect(second.state.value.session.status).not.toBe('ready'))
  expect(await storedOf(user)).not.toContain('"session"')
  await first.decide({ text: 'any peanuts?' })
  expect(edge.calls('/v1/sessions')).toHaveLength(sessions)
})

test('a token that was on its way when the user left is not used', async () => {
  const ada = `user-${crypto.randomUUID()}`
  const bob = `user-${crypto.randomUUID()}`
  const { promise, resolve } = Promise.withResolvers<string>()
  const { edge, edgewise } = openPage({ token: () => promise })
  const sent = chat(edgewise, 'hello')
  await edgewise.switchUser({ token: tokenFor(bob) })
  resolve(tokenFor(ada))
  await sent
  const used = edge.seen.map(({ headers }) => headers.get('authorization'))
  expect(used).not.toContain(`Bearer ${tokenFor(ada)}`)
  expect(used).toContain(`Bearer ${tokenFor(bob)}`)
})

test('an answer given while the user changes is the word of the one who comes', async () => {
  const bob = `user-${crypto.randomUUID()}`
  const { user, edgewise } = openPage({ storage: 'device' })
  await ready(edgewise)
  await edgewise.facts.add(peanuts)
  const switched = edgewise.switchUser({ token: tokenFor(bob) })
  await edgewise.consent('memory')
  await switched
  await ready(edgewise)
  expect(edgewise.state.value.consent).toBe('memory')
  expect(await storedOf(user)).not.toContain('"consent"')
  expect(await storedOf(user)).toContain(peanuts.text)
})

test('whenever the user changes while a page opens, it ends with the new one, and with nothing of the other', async () => {
  const edge = createEdge()
  const [ada, bob] = [0, 1].map(() => `user-${crypto.randomUUID()}`) as [string, string]
  for (const [user, fact] of [
    [ada, peanuts],
    [bob, rust],
  ] as const) {
    const { edgewise } = openPage({ edge, user })
    await ready(edgewise)
    await edgewise.consent('device')
    await edgewise.facts.add(fact)
  }
  for (let moment = 0; moment < 24; moment++) {
    const { edgewise } = openPage({ edge, user: ada })
    const busy = Array.from({ length: 4 }, async (_, i) => {
      await pass(i * 5)
      await edgewise.decide({ text: 'hello there' })
    })
    await pass(moment)
    await edgewise.switchUser({ token: tokenFor(bob) })
    await Promise.all(busy)
    const seen = await texts(edgewise)
    const { session, store } = edgewise.state.value
    expect({ moment, seen, session, store }).toMatchObject({
      seen: [rust.text],
      session: { value: { subject: `subject-of-${bob}` } },
      store: 'device',
    })
    edgewise.stop()
  }
  expect(await storedOf(bob)).not.toContain(peanuts.text)
  expect(await storedOf(ada)).not.toContain(rust.text)
})

/** Lets so many turns of what is under way pass: first microtasks, then tasks. */
async function pass(turns: number): Promise<void> {
  for (let i = 0; i < turns; i++) {
    await (i % 3 === 2 ? new Promise((resolve) => setTimeout(resolve)) : Promise.resolve())
  }
}

test('instances of two users in one page stay apart', async () => {
  const ada = openPage({ storage: 'device' })
  const bob = openPage({ edge: ada.edge, storage: 'device' })
  await ada.edgewise.facts.add(peanuts)
  await bob.edgewise.facts.add(rust)
  expect(await texts(ada.edgewise)).toEqual([peanuts.text])
  expect(await texts(bob.edgewise)).toEqual([rust.text])
  expect(await stored()).toBeDefined()
})
