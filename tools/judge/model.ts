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
/** Rejects where the server says no, or cannot be reached after three tries. */
export type Ask = (prompt: string) => Promise<Reply>

const Completion = z.object({
  choices: z
    .array(z.object({ message: z.object({ content: z.nullable(z.string()) }) }))
    .check(z.minLength(1)),
  usage: z.optional(z.object({ prompt_tokens: z.number(), completion_tokens: z.number() })),
})

/** Milliseconds before the second and the third try. */
const PAUSES = [500, 2000] as const

/** Any server that speaks OpenAI's chat completions. */
export function openModel({ url, model, key, maxTokens, temperature }: ModelOptions): Ask {
  const address = `${url.replace(/\/$/, '')}/chat/completions`
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
        max_tokens: maxTokens,
        temperature,
      }),
      signal: AbortSignal.timeout(120_000),
    })
  }

  return async function ask(prompt) {
    let response = await send(prompt)
    for (const pause of PAUSES) {
      if (response.status !== 429 && response.status < 500) break
      await response.body?.cancel()
      const seconds = Number(response.headers.get('retry-after'))
      await sleep(seconds > 0 ? Math.min(seconds * 1000, 60_000) : pause)
      response = await send(prompt)
    }
    const text = await response.text()
    if (!response.ok)
      throw new Error(`${address} answered ${response.status}: ${text.slice(0, 200)}`)
    const { choices, usage } = Completion.parse(JSON.parse(text))
    return {
      text: choices[0]?.message.content ?? '',
      input: usage?.prompt_tokens ?? 0,
      output: usage?.completion_tokens ?? 0,
    }
  }
}
