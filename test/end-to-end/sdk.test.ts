import OpenAI from 'openai'
import type { Browser, Page } from 'playwright'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { forwardHeaders } from '../../client/server.ts'
import { chat as dialect } from '../../shared/dialect/chat.ts'
import { startProviderServer, type ProviderServer } from '../fakes/provider-server.ts'
import { readBody, startApp } from './app-server.ts'
import { newUser } from './demo-page.ts'
import { openBrowser, startEdgewise, type Running } from './start.ts'

let provider: ProviderServer
let edgewise: Running
let browser: Browser
let app: Awaited<ReturnType<typeof startApp>>

const capital = 'What is the capital of France?'
const dinner = 'Dinner ideas for tonight?'

beforeAll(async () => {
  provider = await startProviderServer({ pieces: ['Soup', ' and', ' bread'] })
  edgewise = await startEdgewise({
    PROVIDER: 'openai',
    OPENAI_BASE_URL: provider.url,
    OPENAI_API_KEY: 'sk-of-the-deployment',
  })
  browser = await openBrowser()
  app = await startApp({
    edgewise: edgewise.url,
    script: pageScript(edgewise.url),
    routes: {
      // The app's own back end, with the official package and the Worker as its base address.
      async '/api/ask'(request, response) {
        const user = new URL(request.url ?? '', app.url).searchParams.get('user') ?? ''
        const client = nodeClient(await tokenOf(user))
        const body = JSON.parse(await readBody(request))
        const completion = await client.chat.completions.create(body, {
          headers: forwardHeaders(request),
        })
        response.writeHead(200, { 'content-type': 'application/json' })
        response.end(JSON.stringify(completion))
      },
      '/drop-in'(_request, response) {
        response.writeHead(200, { 'content-type': 'text/html' })
        // Other vendors have a data-endpoint as well, and some of those are no address.
        const others = ['https://stats.test', 'http://'].map(
          (endpoint) => `<script type="module" src="data:," data-endpoint="${endpoint}"></script>`,
        )
        response.end(`<!doctype html><meta charset="utf-8">${others.join('')}
          <script type="module" src="/latest.js"
          data-endpoint="${edgewise.url}" data-token-url="/token?user=${newUser()}"
          data-locale="de"></script>`)
      },
      '/latest.js'(_request, response) {
        response.writeHead(302, { location: `${edgewise.url}/edgewise.js` }).end()
      },
    },
  })
})

afterAll(async () => {
  await app?.close()
  await browser?.close()
  await edgewise?.stop()
  await provider?.close()
})

beforeEach(() => {
  provider.requests.length = 0
})

async function tokenOf(user: string): Promise<string> {
  const response = await fetch(`${edgewise.url}/demo/token?user=${user}`)
  const { token }: { token: string } = await response.json()
  return token
}

type Sent = { body?: string }

/** The official package in Node; `sent` keeps the bytes that it handed to the network. */
const nodeClient = (apiKey: string, sent: Sent = {}) =>
  new OpenAI({
    apiKey,
    baseURL: `${edgewise.url}/v1`,
    maxRetries: 0,
    async fetch(url, init) {
      if (typeof init?.body === 'string') sent.body = init.body
      return fetch(url, init)
    },
  })

const asked = (question: string) => ({
  model: 'test-model',
  messages: [{ role: 'user' as const, content: question }],
})

/** What the provider received last. */
function received(): { raw: string; text: string; headers: Record<string, unknown> } {
  const last = provider.requests.at(-1)
  if (!last) throw new Error('the provider received nothing')
  const prompt = dialect.promptOf(JSON.parse(last.raw))
  return { raw: last.raw, text: prompt.at(-1)?.text ?? '', headers: last.headers }
}

/** What an app's page does: the official package, and the script's `fetch` handed to it. */
const pageScript = (url: string) => `
  import OpenAI from 'openai'
  import { createEdgewise } from '${url}/edgewise-module.js'
  const user = new URLSearchParams(location.search).get('user')
  const edgewise = createEdgewise({ endpoint: '${url}', tokenUrl: '/token?user=' + user })
  const client = new OpenAI({
    apiKey: 'edgewise',
    baseURL: '${url}/v1',
    fetch: edgewise.fetch,
    dangerouslyAllowBrowser: true,
    maxRetries: 0,
  })
  const asked = (content) => ({ model: 'test-model', messages: [{ role: 'user', content }] })
  window.testApp = {
    edgewise,
    async whole(question) {
      const answer = await client.chat.completions.create(asked(question))
      return answer.choices[0].message.content
    },
    async streamed(question) {
      const stream = await client.chat.completions.create({ ...asked(question), stream: true })
      const pieces = []
      for await (const chunk of stream) pieces.push(chunk.choices[0]?.delta?.content ?? '')
      return pieces.filter((piece) => piece !== '')
    },
    async throughBackEnd(question) {
      const body = asked(question)
      const answer = await fetch('/api/ask?user=' + user, {
        method: 'POST',
        headers: await edgewise.headers({ text: question }),
        body: JSON.stringify(body),
      })
      return (await answer.json()).choices[0].message.content
    },
    models: async () => (await client.models.list()).data.map(({ id }) => id),
  }
`

type App = {
  edgewise: import('../../client/index.ts').Edgewise
  whole(question: string): Promise<string>
  streamed(question: string): Promise<string[]>
  throughBackEnd(question: string): Promise<string>
  models(): Promise<string[]>
}
declare global {
  interface Window {
    testApp: App
  }
}

/** A page of the app, with two facts known: one for dinner, one of the job. */
async function openApp(): Promise<Page> {
  const context = await browser.newContext()
  const page = await context.newPage()
  await page.goto(`${app.url}/?user=${newUser()}`)
  await page.waitForFunction(() => 'testApp' in window)
  await page.evaluate(async () => {
    const { facts } = window.testApp.edgewise
    await facts.add({ category: 'health', text: 'Severe peanut allergy', vital: true })
    await facts.add({ category: 'role', text: 'Structural engineer who builds bridges' })
    await window.testApp.edgewise.decide({ text: 'hello' })
  })
  // A late gate would let the question go without context: that is for other tests.
  await page.waitForFunction(() => window.testApp.edgewise.state.value.gate === 'lite')
  await page.evaluate((text) => window.testApp.edgewise.decide({ text }), dinner)
  return page
}

test('the package in Node gets a whole answer, and the provider the bytes that it sent', async () => {
  const sent: Sent = {}
  const client = nodeClient(await tokenOf(newUser()), sent)
  const answer = await client.chat.completions.create(asked(capital))
  expect(answer.choices[0]?.message.content).toBe('Soup and bread')
  expect(received().raw).toBe(sent.body)
  expect(received().headers['authorization']).toBe('Bearer sk-of-the-deployment')
})

test('the package in Node gets a stream, chunk for chunk', async () => {
  const sent: Sent = {}
  const client = nodeClient(await tokenOf(newUser()), sent)
  const stream = await client.chat.completions.create({ ...asked(capital), stream: true })
  const pieces: string[] = []
  for await (const chunk of stream) pieces.push(chunk.choices[0]?.delta.content ?? '')
  expect(pieces.filter((piece) => piece !== '')).toEqual(['Soup', ' and', ' bread'])
  expect(received().raw).toBe(sent.body)
})

test('without a page the edge decides for what the self-model holds', async () => {
  const token = await tokenOf(newUser())
  await fetch(`${edgewise.url}/v1/self-model/facts`, {
    method: 'POST',
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
    body: JSON.stringify({ category: 'health', text: 'Severe peanut allergy', vital: true }),
  })
  const client = nodeClient(token)
  const { response } = await client.chat.completions.create(asked(dinner)).withResponse()
  expect(response.headers.get('edgewise-receipt')).toContain('decidedby="edge"')
  expect(received().text).toContain('Severe peanut allergy')
  await client.chat.completions.create(asked(capital))
  expect(received().text).toBe(capital)
})

test('a refusal reaches the package as the error it knows', async () => {
  const refused = nodeClient('not-a-token').chat.completions.create(asked(capital))
  await expect(refused).rejects.toThrow(OpenAI.AuthenticationError)
  expect(provider.requests).toEqual([])
})

test('in a page of another origin, with fetch: edgewise.fetch, a whole answer', async () => {
  const page = await openApp()
  expect(await page.evaluate((question) => window.testApp.whole(question), capital)).toBe(
    'Soup and bread',
  )
  expect(received().raw).toBe(JSON.stringify(asked(capital)))
  expect(await page.evaluate((question) => window.testApp.whole(question), dinner)).toBe(
    'Soup and bread',
  )
  expect(received().text).toContain('Severe peanut allergy')
  expect(received().text).not.toContain('bridges')
  await page.context().close()
})

test('in a page of another origin, streamed, with the receipt on the page', async () => {
  const page = await openApp()
  const pieces = await page.evaluate((question) => window.testApp.streamed(question), dinner)
  expect(pieces).toEqual(['Soup', ' and', ' bread'])
  expect(received().text).toContain('Severe peanut allergy')
  await page.waitForFunction(() => window.testApp.edgewise.receipts().length === 1)
  const [entry] = await page.evaluate(() => window.testApp.edgewise.receipts())
  expect(entry?.receipt).toMatchObject({ why: 'attached', decidedBy: 'device', tier: 'lite' })
  expect(entry?.facts).toMatchObject([{ category: 'health', text: 'Severe peanut allergy' }])
  await page.context().close()
})

test('through the app’s own back end the page decides, and the provider gets the block', async () => {
  const page = await openApp()
  const answer = await page.evaluate((question) => window.testApp.throughBackEnd(question), dinner)
  expect(answer).toBe('Soup and bread')
  expect(received().text).toContain('Severe peanut allergy')
  await page.evaluate((question) => window.testApp.throughBackEnd(question), capital)
  expect(received().text).toBe(capital)
  await page.context().close()
})

test('the page lists the provider’s models through the package', async () => {
  const page = await openApp()
  expect(await page.evaluate(() => window.testApp.models())).toEqual(['test-model'])
  await page.context().close()
})

test('the drop-in script on an app of its own, behind a redirect, knows what its element says', async () => {
  const page = await browser.newPage()
  await page.goto(`${app.url}/drop-in`)
  await page.waitForFunction(() => window.edgewise !== undefined)
  const { locale, status } = await page.evaluate(
    async ([url, body]) => {
      const answer = await window.edgewise?.fetch(`${url}/v1/chat/completions`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body,
      })
      return { locale: window.edgewise?.locale, status: answer?.status }
    },
    [edgewise.url, JSON.stringify(asked(capital))] as const,
  )
  expect([locale, status]).toEqual(['de', 200])
  expect(received().text).toBe(capital)
  await page.close()
})
