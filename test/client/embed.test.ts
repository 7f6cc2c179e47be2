import { afterEach, expect, test, vi } from 'vitest'
import { createEdgewise } from '../../client/index.ts'
import { createEdge, ENDPOINT, tokenFor } from './support/edge.ts'
import { closePages, openPage, ready } from './support/page.ts'

afterEach(closePages)

const assets = new URL('/', location.href)

test('the built-in gate is fetched at the first need and decides on the device', async () => {
  const edge = createEdge()
  const user = `user-${crypto.randomUUID()}`
  await edge.seed(user, {
    category: 'diet',
    text: 'Vegetarian, and allergic to peanuts',
    vital: true,
  })
  const edgewise = createEdgewise({
    endpoint: ENDPOINT,
    token: tokenFor(user),
    fetch: edge.fetch,
    assets,
  })
  await vi.waitFor(() => expect(edgewise.state.value.gate).toBe('lite'), 10_000)
  const verdict = await edgewise.decide({ text: 'dinner ideas for tonight?' })
  expect(verdict.gate).toBe('ready')
  expect(verdict.decision).toMatchObject({ tier: 'lite', mode: 'balanced' })
  edgewise.stop()
})

test('until the weights of the gate are here, the edge decides', async () => {
  const edge = createEdge()
  const token = tokenFor(`user-${crypto.randomUUID()}`)
  const loading = vi.spyOn(globalThis, 'fetch').mockReturnValue(new Promise(() => undefined))
  const edgewise = createEdgewise({ endpoint: ENDPOINT, token, fetch: edge.fetch, assets })
  await vi.waitFor(() => expect(edgewise.state.value.session.status).toBe('ready'), 10_000)
  const verdict = await edgewise.decide({ text: 'hello' })
  loading.mockRestore()
  expect(verdict).not.toHaveProperty('decision')
  expect(JSON.parse(verdict.header)).toMatchObject({ device: { gate: 'off' } })
  edgewise.stop()
})

test('when the weights cannot be had, the receipt can say so', async () => {
  const edge = createEdge()
  const token = tokenFor(`user-${crypto.randomUUID()}`)
  const nowhere = new URL('/no-such-folder/', location.href)
  const edgewise = createEdgewise({ endpoint: ENDPOINT, token, fetch: edge.fetch, assets: nowhere })
  await vi.waitFor(() => expect(edgewise.state.value.session.status).toBe('ready'), 10_000)
  await vi.waitFor(() => expect(edgewise.state.value.gate).toBe('failed'), 10_000)
  expect((await edgewise.decide({ text: 'hello' })).gate).toMatch(/^(failed|late)$/)
  edgewise.stop()
})

test('an instance that is made and never used asks for nothing until the page is quiet', async () => {
  const { edge, edgewise } = openPage()
  expect(edge.seen).toEqual([])
  await vi.waitFor(() => expect(edgewise.state.value.session.status).toBe('ready'), 5000)
  expect(edge.seen.map(({ path }) => path)).toEqual(['/v1/sessions'])
})

test('the org switches personalization off for the device too', async () => {
  const edge = createEdge()
  edge.off = true
  const { edgewise } = openPage({ edge })
  await ready(edgewise)
  expect(edgewise.state.value.off).toBe(true)
  expect(await edgewise.decide({ text: 'hello' })).toMatchObject({ gate: 'off' })
})

test('the drop-in script reads its own element, is window.edgewise, and says when it is ready', async () => {
  const script = document.createElement('script')
  script.type = 'module'
  script.src = new URL('/client/embed.ts', location.href).href
  Object.assign(script.dataset, { endpoint: ENDPOINT, tokenUrl: '/my-token', locale: 'de' })
  const told = new Promise<Event>((resolve) => {
    addEventListener('edgewise:ready', resolve, { once: true })
  })
  document.head.append(script)
  expect(await told).toMatchObject({ detail: window.edgewise })
  expect(window.edgewise).toMatchObject({ endpoint: ENDPOINT, locale: 'de' })
  expect(window.edgewise?.state.value.consent).toBe('memory')
  window.edgewise?.stop()
  script.remove()
})

test('the debug switch prints verdicts, and stops', async () => {
  const printed = vi.spyOn(console, 'debug').mockImplementation(() => undefined)
  const { edgewise } = openPage({ debug: true })
  await edgewise.decide({ text: 'hello' })
  expect(printed).toHaveBeenCalledWith(
    'edgewise verdict',
    expect.objectContaining({ gate: 'ready' }),
  )
  edgewise.debug(false)
  const before = printed.mock.calls.length
  await edgewise.decide({ text: 'hello again' })
  expect(printed.mock.calls).toHaveLength(before)
  printed.mockRestore()
})

test.each(['edge.acme.com', 'edge.acme.com/v1', 'localhost:8787'])(
  'an endpoint without a scheme, %s, is told in the console',
  (endpoint) => {
    const warned = vi.spyOn(console, 'warn').mockImplementation(() => undefined)
    openPage({ endpoint })
    expect(warned).toHaveBeenCalledWith(expect.stringContaining(`"${endpoint}"`))
  },
)

test.each([
  'https://edge.acme.com/v1',
  '/edge',
  './edge.v1',
  'edge/v1',
  new URL('/', location.href),
])('the endpoint %s is nothing to speak of', (endpoint) => {
  const warned = vi.spyOn(console, 'warn').mockImplementation(() => undefined)
  openPage({ endpoint })
  expect(warned).not.toHaveBeenCalled()
})
