/** What the provider received: the very bytes, as text. */
export type Sent = { url: string; headers: Headers; body: string; init: RequestInit }

export type ProviderFake = {
  sent: Sent[]
  /** Answers in turn; the usual answer where none is left. */
  answers: ((sent: Sent) => Response | Promise<Response>)[]
  fetch: (url: string, init: RequestInit) => Promise<Response>
  /** The body of the last request. */
  last(): string
}

/** Stands in for the network between the provider's adapter and the provider: records, and answers. */
export function recordingProvider(): ProviderFake {
  const sent: Sent[] = []
  const answers: ProviderFake['answers'] = []
  return {
    sent,
    answers,
    async fetch(url, init) {
      const body = await new Response(init.body ?? null).text()
      const request = { url, headers: new Headers(init.headers), body, init }
      sent.push(request)
      return (answers.shift() ?? usual)(request)
    },
    last: () => sent.at(-1)?.body ?? '',
  }
}

function usual({ body, url }: Sent): Response {
  const asked = read(body)
  if (url.includes('/v1/messages')) return usualMessage(url)
  if (asked?.stream !== true) {
    const message = { role: 'assistant', content: 'Hello' }
    const usage = { prompt_tokens: 7, completion_tokens: 2, total_tokens: 9 }
    const choices = [{ index: 0, message, finish_reason: 'stop' }]
    return Response.json({ id: 'c1', object: 'chat.completion', choices, usage })
  }
  const piece = {
    id: 'c1',
    object: 'chat.completion.chunk',
    choices: [{ index: 0, delta: { content: 'Hello' } }],
  }
  return events([JSON.stringify(piece), '[DONE]'])
}

function usualMessage(url: string): Response {
  if (url.includes('/count_tokens')) return Response.json({ input_tokens: 11 })
  const content = [{ type: 'text', text: 'Hello' }]
  const usage = {
    input_tokens: 7,
    cache_read_input_tokens: 2000,
    cache_creation_input_tokens: 300,
    output_tokens: 2,
  }
  return Response.json({ id: 'm1', type: 'message', role: 'assistant', content, usage })
}

/** A streamed answer with these events. */
export const events = (data: string[]): Response =>
  new Response(data.map((text) => `data: ${text}\n\n`).join(''), {
    headers: { 'content-type': 'text/event-stream' },
  })

function read(body: string): { stream?: boolean } | undefined {
  try {
    return JSON.parse(body) as { stream?: boolean }
  } catch {
    return undefined
  }
}
