import { setTimeout as sleep } from 'node:timers/promises'
import * as z from 'zod/mini'

export type ModelOptions = {
  /** Base address with `/v1`. */
  url: string
  model: string
  key: string | undefined
  maxTokens: number
  temperature: number
}
export type Reply = { text: string; input: number; output: number }
/** Rejects where the server says no, cannot be reached in three tries, or has no word of an answer. */
export type Ask = (prompt: string) => Promise<Reply>

const Completion = z.object({
  choices: z
    .array(
      z.object({
        message: z.object({ content: z.nullable(z.string()) }),
        finish_reason: z.optional(z.nullable(z.string())),
      }),
    )
    .check(z.minLength(1)),
  usage: z.optional(z.object({ prompt_tokens: z.number(), completion_tokens: z.number() })),
})
const Refusal = z.object({ error: z.object({ param: z.string() }) })

/** Milliseconds before the second and the third try. */
const PAUSES = [500, 2000] as const

/** Any server that speaks OpenAI's chat completions. */
export function openModel({ url, model, key, maxTokens, temperature }: ModelOptions): Ask {
  const address = `${url.replace(/\/$/, '')}/chat/completions`
  /** As most servers know them; what the model refuses is sent as OpenAI's reasoning models want it. */
  const settings = new Map([
    ['max_tokens', maxTokens],
    ['temperature', temperature],
  ])

  async function send(prompt: string): Promise<Response> {
    return fetch(address, {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        ...(key === undefined ? {} : { authorization: `Bearer ${key}` }),
      },
      body: JSON.stringify({
        model,
        messages: [{ role: 'user', content: prompt }],
        ...Object.fromEntries(settings),
      }),
      signal: AbortSignal.timeout(120_000),
    })
  }

  async function sendPatiently(prompt: string): Promise<Response> {
    for (const pause of PAUSES) {
      const response = await send(prompt).catch(() => undefined)
      if (response && response.status !== 429 && response.status < 500) return response
      await response?.body?.cancel()
      const seconds = Number(response?.headers.get('retry-after'))
      await sleep(seconds > 0 ? Math.min(seconds * 1000, 60_000) : pause)
    }
    return send(prompt)
  }

  /** Whether there is another way to say what was refused. */
  function adapt(text: string): boolean {
    const refused = refusedIn(text)
    if (refused === undefined || !settings.delete(refused)) return false
    if (refused === 'max_tokens') settings.set('max_completion_tokens', maxTokens)
    return true
  }

  return async function ask(prompt) {
    let response = await sendPatiently(prompt)
    let text = await response.text()
    while (response.status === 400 && adapt(text)) {
      response = await sendPatiently(prompt)
      text = await response.text()
    }
    if (!response.ok)
      throw new Error(`${address} answered ${response.status}: ${text.slice(0, 200)}`)
    const { choices, usage } = Completion.parse(JSON.parse(text))
    const [choice] = choices
    const answer = choice?.message.content ?? ''
    // A model that thinks spends its tokens on that first: no answer is not a bad one.
    if (answer === '' && choice?.finish_reason === 'length') {
      throw new Error(`${maxTokens} tokens were spent before the answer began: --max-tokens`)
    }
    return {
      text: answer,
      input: usage?.prompt_tokens ?? 0,
      output: usage?.completion_tokens ?? 0,
    }
  }
}

/** The parameter that an error is about. */
function refusedIn(text: string): string | undefined {
  try {
    return Refusal.safeParse(JSON.parse(text)).data?.error.param
  } catch {
    return undefined
  }
}
