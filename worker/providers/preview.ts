import { chat } from '../../shared/dialect/chat.ts'
import { ok } from '../../shared/problem.ts'
import { estimateTokens } from '../../shared/tokens.ts'
import type { Clock, NewId, Provider, ProviderRoute } from '../ports.ts'
import { previewChat } from './preview-chat.ts'
import type { PreviewFormat } from './preview-format.ts'
import { previewMessages } from './preview-messages.ts'
import { previewResponses } from './preview-responses.ts'

const MODEL = 'edgewise-preview'
const NOTICE =
  'Preview: no provider key is configured, so nothing was sent. This is the exact request that would have gone to the provider:\n\n'

const formats: Record<Exclude<ProviderRoute, 'messages/count_tokens'>, PreviewFormat> = {
  'chat/completions': previewChat,
  responses: previewResponses,
  messages: previewMessages,
}

/** Answers in the dialect of the route with the exact request that would have been sent. */
export function preview({ clock, newId }: { clock: Clock; newId: NewId }): Provider {
  return {
    name: 'preview',
    parts: true,
    async chat({ body, route = 'chat/completions' }) {
      const raw = await new Response(body).text()
      const input = estimateTokens(raw)
      if (route === 'messages/count_tokens') return ok(Response.json({ input_tokens: input }))
      // What is read here stands under the same names in all dialects; usage only chat has to be asked for.
      const read = chat.read(raw)
      const { model = MODEL, stream = false, statesUsage = false } = read.ok ? read.value : {}
      const content = NOTICE + raw
      const answer = {
        id: newId(),
        created: Math.floor(clock() / 1000),
        model,
        content,
        input,
        output: estimateTokens(content),
        statesUsage,
      }
      const format = formats[route]
      return ok(stream ? streamOf(format.events(answer)) : Response.json(format.whole(answer)))
    },
    async models({ path, headers }) {
      const isAnthropic = headers.has('anthropic-version')
      const model = isAnthropic
        ? { id: MODEL, type: 'model', display_name: 'Preview', created_at: '1970-01-01T00:00:00Z' }
        : { id: MODEL, object: 'model', created: 0, owned_by: 'edgewise' }
      if (path === '') {
        const list = isAnthropic
          ? { has_more: false, first_id: MODEL, last_id: MODEL }
          : { object: 'list' }
        return ok(Response.json({ ...list, data: [model] }))
      }
      if (path === `/${MODEL}`) return ok(Response.json(model))
      const message = `The model '${decodeURIComponent(path.slice(1))}' does not exist`
      const error = isAnthropic
        ? { type: 'error', error: { type: 'not_found_error', message } }
        : {
            error: {
              message,
              type: 'invalid_request_error',
              param: 'model',
              code: 'model_not_found',
            },
          }
      return ok(Response.json(error, { status: 404 }))
    },
  }
}

function streamOf(events: readonly string[]): Response {
  const bytes = new TextEncoder()
  let next = 0
  const body = new ReadableStream<Uint8Array>({
    pull(controller) {
      const text = events[next++]
      if (text === undefined) controller.close()
      else controller.enqueue(bytes.encode(text))
    },
  })
  return new Response(body, { headers: { 'content-type': 'text/event-stream; charset=utf-8' } })
}
