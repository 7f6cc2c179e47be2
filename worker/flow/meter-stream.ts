import { usageComment } from '../../shared/receipt.ts'
import type { Model } from '../../shared/models-table.ts'
import type { Usage } from '../../shared/schema/receipt.ts'
import { scanEvents } from './event-scanner.ts'
import { hideUsage } from './hide-usage.ts'
import { createTally } from './tally.ts'
import { priced } from './usage.ts'

export type Metering = {
  /** Estimated tokens of the request: stands in where the provider does not say. */
  input: number
  /** Hears once what was used, also where one of the two sides breaks off. */
  onEnd: (usage: Usage) => void
  /** Tells the price, where it is known. */
  model?: Model | undefined
}

/**
 * Passes a stream of events on as it is, and puts its usage as an SSE comment before its end. Each chunk
 * costs a step in JavaScript, so it is for answers whose usage the provider states. `hidden`: the app has
 * not asked for it and sees nothing of it.
 */
export function withUsageComment(
  source: ReadableStream<Uint8Array>,
  { input, onEnd, model, hidden }: Metering & { hidden: boolean },
): ReadableStream<Uint8Array> {
  const reader = source.getReader()
  const tally = createTally()
  const hide = hidden ? hideUsage() : passed
  const scanner = scanEvents(() => new TextEncoder().encode(usageComment(finish())))
  let ended = false

  function finish(): Usage {
    const usage = priced(tally.usage(input), model)
    if (!ended) onEnd(usage)
    ended = true
    return usage
  }

  async function next(): Promise<{ done: boolean; ready: Uint8Array[] }> {
    try {
      const { done, value } = await reader.read()
      if (done) return { done, ready: [...hide.end().flatMap(scanner.push), ...scanner.end()] }
      tally.note(value)
      return { done, ready: hide.push(value).flatMap(scanner.push) }
    } catch (cause) {
      finish()
      throw cause
    }
  }

  return new ReadableStream<Uint8Array>(
    {
      async pull(controller) {
        // Goes on until there is something to hand over: held-back bytes alone must not stop the flow.
        for (;;) {
          const { done, ready } = await next()
          for (const piece of ready) controller.enqueue(piece)
          if (done) {
            finish()
            return controller.close()
          }
          if (ready.length > 0) return undefined
        }
      },
      async cancel(reason) {
        finish()
        await reader.cancel(reason)
      },
    },
    { highWaterMark: 0 },
  )
}

const passed = { push: (chunk: Uint8Array) => [chunk], end: (): Uint8Array[] => [] }
