import { createOpenAICompatible } from '@ai-sdk/openai-compatible'
import { convertToModelMessages, streamText, wrapLanguageModel, type UIMessage } from 'ai'
import type { Browser, Page } from 'playwright'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { edgewiseMiddleware } from '../../client/ai-sdk/index.ts'
import { chat as dialect } from '../../shared/dialect/chat.ts'
import { startProviderServer, type ProviderServer } from '../fakes/provider-server.ts'
import { readBody, startApp } from './app-server.ts'
import { newUser } from './demo-page.ts'
import { openBrowser, startEdgewise, type Running } from './start.ts'

/* An app on the AI SDK: its page decides, its back end calls a provider of its own beside the edge. */

let provider: ProviderServer
let edgewise: Running
let browser: Browser
let app: Awaited<ReturnType<typeof startApp>>

async function tokenOf(user: string): Promise<string> {
  const response = await fetch(`${edgewise.url}/demo/token?user=${user}`)
  const { token }: { token: string } = await response.json()
  return token
}

beforeAll(async () => {
  provider = await startProviderServer({ pieces: ['Soup', ' and', ' bread'] })
  edgewise = await startEdgewise({})
  browser = await openBrowser()
  app = await startApp({
    edgewise: edgewise.url,
    script: pageScript(edgewise.url),
    routes: {
      async '/api/chat'(request, response) {
        const user = new URL(request.url ?? '', app.url).searchParams.get('user') ?? ''
        const { messages }: { messages: UIMessage[] } = JSON.parse(await readBody(request))
        const own = createOpenAICompatible({ name: 'own', baseURL: provider.url, apiKey: 'sk' })
        const middleware = edgewiseMiddleware({
          endpoint: edgewise.url,
          token: () => tokenOf(user),
          request,
          timeout: 5000,
        })
        const answer = streamText({
          model: wrapLanguageModel({ model: own('test-model'), middleware }),
          messages: await convertToModelMessages(messages),
        })
        await answer.pipeUIMessageStreamToResponse(response)
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

const pageScript = (url: string) => `
  import { DefaultChatTransport, readUIMessageStream } from 'ai'
  import { createEdgewise } from '${url}/edgewise-module.js'
  const user = new URLSearchParams(location.search).get('user')
  const edgewise = createEdgewise({ endpoint: '${url}', tokenUrl: '/token?user=' + user })
  const transport = new DefaultChatTransport({
    api: '/api/chat?user=' + user,
    prepareSendMessagesRequest: async ({ id, messages, trigger, messageId, body, headers }) => ({
      body: { ...body, id, messages, trigger, messageId },
      headers: { ...headers, ...(await edgewise.headers({ messages })) },
    }),
  })
  const messages = []
  window.chat = {
    edgewise,
    async ask(text) {
      messages.push({ id: crypto.randomUUID(), role: 'user', parts: [{ type: 'text', text }] })
      const stream = await transport.sendMessages({
        trigger: 'submit-message', chatId: 'c', messageId: undefined, messages, abortSignal: undefined,
      })
      let answer
      for await (const message of readUIMessageStream({ stream })) answer = message
      messages.push(answer)
      return answer.parts.filter(({ type }) => type === 'text').map(({ text }) => text).join('')
    },
  }
`

declare global {
  interface Window {
    chat: {
      edgewise: import('../../client/index.ts').Edgewise
      ask(text: string): Promise<string>
    }
  }
}

const ask = (page: Page, text: string) => page.evaluate((said) => window.chat.ask(said), text)
const received = () => dialect.promptOf(JSON.parse(provider.requests.at(-1)?.raw ?? '{}'))

test('a page of the AI SDK decides, also for a follow-up, and its back end’s provider gets the block', async () => {
  const page = await (await browser.newContext()).newPage()
  await page.goto(`${app.url}/?user=${newUser()}`)
  await page.waitForFunction(() => 'chat' in window)
  await page.evaluate(async () => {
    const { facts } = window.chat.edgewise
    await facts.add({ category: 'health', text: 'Severe peanut allergy', vital: true })
    await facts.add({ category: 'role', text: 'Structural engineer who builds bridges' })
    await window.chat.edgewise.decide({ text: 'hello' })
  })
  // A late gate would let the question go without context: that is for other tests.
  await page.waitForFunction(() => window.chat.edgewise.state.value.gate === 'lite')
  await page.evaluate(() => window.chat.edgewise.decide({ text: 'Dinner ideas for tonight?' }))

  expect(await ask(page, 'Dinner ideas for tonight?')).toBe('Soup and bread')
  const [words, block] = received()
  expect(words?.text).toBe('Dinner ideas for tonight?')
  // Known to this page alone: no other way than its decision could bring it here.
  expect(block?.text).toContain('Severe peanut allergy')
  expect(block?.text).not.toContain('bridges')

  await ask(page, 'Make it spicier.')
  expect(received().map(({ role }) => role)).toEqual(['user', 'assistant', 'user', 'user'])
  expect(received().at(-1)?.text).toContain('Severe peanut allergy')

  await ask(page, 'What is the capital of France?')
  expect(received().at(-1)?.text).toBe('What is the capital of France?')
  expect(JSON.stringify(received())).not.toContain('peanut')
  await page.context().close()
})
