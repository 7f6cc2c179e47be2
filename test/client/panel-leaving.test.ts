import { afterEach, expect, onTestFinished, test, vi } from 'vitest'
import { page, userEvent } from 'vitest/browser'
import '../../client/panel/define.ts'
import type { Edgewise } from '../../client/index.ts'
import { createEdge, ENDPOINT, tokenFor } from './support/edge.ts'
import { chat, closePages, openPage, ready } from './support/page.ts'

afterEach(() => {
  vi.useRealTimers()
  document.body.replaceChildren()
  closePages()
})

const { getByRole, getByText, getByLabelText } = page

/** What a panel shows, in words: also what is only hidden, and what stands in fields. */
function show(edgewise: Edgewise): () => string {
  const panel = document.createElement('edgewise-panel')
  panel.edgewise = edgewise
  document.body.append(panel)
  return () => {
    const fields = panel.shadowRoot?.querySelectorAll<HTMLInputElement>('textarea, input') ?? []
    return [panel.shadowRoot?.textContent, ...Array.from(fields, ({ value }) => value)].join('\n')
  }
}

const said = () => getByRole('status').element().textContent
const known = getByRole('region', { name: 'Facts', exact: true })

const style = { category: 'style', text: 'Likes answers in bullets' } as const
const goal = { category: 'goal', text: 'Wants to run by 2031-10-05' } as const
const pasted = { category: 'tool', text: 'Uses a Bullet saw', source: 'pasted' } as const
const mine = /bullet|2031|Sails alone|half a sen/i

/** A page that shows facts of one user, and goes on with the token that `next` resolves to. */
async function openShown() {
  const edge = createEdge()
  const [user, other] = [0, 1].map(() => `user-${crypto.randomUUID()}`) as [string, string]
  const next = Promise.withResolvers<string>()
  let token: string | Promise<string> = tokenFor(user)
  await edge.seed(user, style, goal, pasted)
  await edge.seed(other, { category: 'tool', text: 'Uses Emacs' })
  const { edgewise } = openPage({ edge, user, token: async () => token })
  await ready(edgewise)
  await edgewise.facts.add({ category: 'goal', text: 'Sails alone' })
  const shown = show(edgewise)
  await expect.element(known.getByText(style.text)).toBeVisible()
  await chat(edgewise, 'Which bullets?')
  token = next.promise
  return { edge, edgewise, shown, user, come: () => next.resolve(tokenFor(other)) }
}

test.for(['logout', 'switchUser'] as const)(
  'nothing of a user who leaves is shown while the next token is on its way (%s)',
  async (way) => {
    const { edgewise, shown, come } = await openShown()
    await getByText('The last changes').click()
    await expect.element(getByText('Added: Sails alone')).toBeVisible()
    await getByRole('button', { name: 'Add a fact' }).click()
    await getByLabelText('What should be known?').fill('half a sen')
    expect(shown()).toMatch(/Bullet saw/)
    const counts: unknown[] = []
    const count = ({ detail }: CustomEventInit<{ count: number }>) => counts.push(detail?.count)
    document.body.addEventListener('edgewise:facts', count)
    onTestFinished(() => document.body.removeEventListener('edgewise:facts', count))
    const { promise, resolve } = Promise.withResolvers<string>()
    await (way === 'logout' ? edgewise.logout() : edgewise.switchUser({ token: () => promise }))
    expect(shown()).not.toMatch(mine)
    expect(counts.at(-1)).toBe(0)
    await expect.element(known.getByText('Loading …')).toBeVisible()
    if (way === 'logout') come()
    else resolve(tokenFor(`user-${crypto.randomUUID()}`))
    const seen = way === 'logout' ? 'Uses Emacs' : 'Nothing is known yet.'
    await expect.element(known.getByText(seen, { exact: false })).toBeVisible()
    expect(shown()).not.toMatch(mine)
  },
)

test('a reading that was on its way when its user left is not shown', async () => {
  const { edge, edgewise, shown, user, come } = await openShown()
  const headers = { authorization: `Bearer ${tokenFor(user)}` }
  const late = await edge.fetch(`${ENDPOINT}/v1/self-model`, { headers })
  const { promise, resolve } = Promise.withResolvers<Response>()
  const before = edge.calls('/v1/self-model').length
  edge.fails.set('/v1/self-model', () => promise)
  await edgewise.facts.add({ category: 'goal', text: 'Sails alone at night' })
  await vi.waitFor(() => expect(edge.calls('/v1/self-model').length).toBeGreaterThan(before))
  edge.fails.clear()
  await edgewise.logout()
  resolve(late)
  await expect.element(known.getByText('Loading …')).toBeVisible()
  expect(shown()).not.toMatch(mine)
  come()
  await expect.element(known.getByText('Uses Emacs')).toBeVisible()
  expect(shown()).not.toMatch(mine)
})

test('facts of a page that never had a session go with their user too', async () => {
  const edge = createEdge()
  edge.fails.set('/v1/sessions', () => new Response('{}', { status: 503 }))
  const { edgewise } = openPage({ edge })
  const shown = show(edgewise)
  await expect.element(getByText(/No session could be opened/)).toBeVisible()
  await edgewise.facts.add(style)
  await expect.element(known.getByText(style.text)).toBeVisible()
  await edgewise.switchUser({ token: () => new Promise<string>(() => {}) })
  expect(shown()).not.toMatch(mine)
})

test('what clearing has to say stays, and so does its proof', async () => {
  const { edgewise } = openPage({ storage: 'edge' })
  await ready(edgewise)
  await edgewise.facts.add(style)
  const shown = show(edgewise)
  await getByText('The last changes').click()
  await expect.element(getByText(`Added: ${style.text}`)).toBeVisible()
  await getByRole('button', { name: 'Forget everything' }).click()
  await getByRole('button', { name: 'Yes, forget everything' }).click()
  await expect.poll(said).toBe('Everything is forgotten.')
  await vi.waitFor(() => expect(edgewise.state.value.session.status).toBe('ready'))
  await expect.element(known.getByText(/Nothing is known yet/)).toBeVisible()
  expect(said()).toBe('Everything is forgotten.')
  expect(shown()).toMatch('a.b.c')
  expect(shown()).not.toMatch(mine)
  await edgewise.logout()
  expect(shown()).not.toMatch('a.b.c')
})

test('a session that has run out takes nothing away: what is being written stays', async () => {
  const { edge, edgewise, shown } = await openShown()
  await getByRole('button', { name: `Edit: ${style.text}` }).click()
  await userEvent.keyboard('{End} and tables')
  vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + 31 * 60_000 })
  const { promise, resolve } = Promise.withResolvers<Response>()
  edge.fails.set('/v1/sessions', () => promise)
  void edgewise.decide({ text: 'hello there' })
  await vi.waitFor(() => expect(edgewise.state.value.session.status).toBe('loading'))
  expect(shown()).toMatch(`${style.text} and tables`)
  resolve(new Response('{}', { status: 503 }))
})
