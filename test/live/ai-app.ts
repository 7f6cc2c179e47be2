import { createOpenAICompatible } from '@ai-sdk/openai-compatible'
import { wrapLanguageModel } from 'ai'
import { edgewiseMiddleware, type AiSdkOptions } from '../../client/ai-sdk/index.ts'
import { mintToken } from '../../client/server.ts'
import type { Problem } from '../../shared/problem.ts'
import type { Receipt } from '../../shared/schema/receipt.ts'
import { startProviderServer } from '../fakes/provider-server.ts'
import { startWorker, testKey } from '../fakes/start-worker.ts'

const key = { kid: 'development', alg: 'HS256' as const, secret: testKey }

export const dinner = 'Dinner ideas for tonight?'
export const capital = 'What is the capital of France?'

type Sent = { role: string; content: unknown }[]

/** An app on the AI SDK: a provider of its own that records, the Worker beside it. Ada is allergic, Bob knows nothing of that. */
export async function startAiApp() {
  const provider = await startProviderServer()
  const worker = await startWorker({ vars: { PROVIDER: 'openai', OPENAI_BASE_URL: provider.url } })
  const receipts: Receipt[] = []
  const failures: Problem[] = []
  const tokenOf = (user: string, org = 'demo') => mintToken({ key, org, user })

  async function learn(user: string, fact: { category: string; text: string; vital?: boolean }) {
    const added = await fetch(`${worker.url}/v1/self-model/facts`, {
      method: 'POST',
      headers: {
        authorization: `Bearer ${await tokenOf(user)}`,
        'content-type': 'application/json',
      },
      body: JSON.stringify(fact),
    })
    if (!added.ok) throw new Error(`no fact was added: ${added.status}`)
  }
  await learn('ada', { category: 'health', text: 'Severe peanut allergy', vital: true })
  await learn('bob', { category: 'diet', text: 'Eats only fish and rice' })
  await worker.saveOrg({ v: 1, id: 'acme', keys: [key], compliance: ['Never name a competitor.'] })

  /** The middleware as an app makes it, for Ada unless said otherwise. */
  async function middlewareWith(given: Partial<AiSdkOptions> = {}) {
    return edgewiseMiddleware({
      endpoint: worker.url,
      token: await tokenOf('ada'),
      // The first call of a Worker takes longer where much runs at once.
      timeout: 5000,
      onReceipt: (receipt) => receipts.push(receipt),
      onProblem: (problem) => failures.push(problem),
      ...given,
    })
  }

  return {
    provider,
    worker,
    receipts,
    failures,
    tokenOf,
    middlewareWith,
    /** A model of the app's own provider, with the middleware around it. */
    async model(given: Partial<AiSdkOptions> = {}) {
      const own = createOpenAICompatible({ name: 'own', baseURL: provider.url, apiKey: 'sk-app' })
      const middleware = await middlewareWith(given)
      return wrapLanguageModel({ model: own('test-model'), middleware })
    },
    /** The messages of the provider's latest request, or of the one at this place. */
    sent(n = -1): Sent {
      const body: { messages: Sent } = JSON.parse(provider.requests.at(n)?.raw ?? '{"messages":[]}')
      return body.messages
    },
    forgetRequests() {
      provider.requests.length = 0
      receipts.length = 0
      failures.length = 0
      delete provider.behaviour.error
    },
    async stop() {
      await worker.stop()
      await provider.close()
    },
  }
}
