import type { Usage } from '../shared/schema/receipt.ts'
import { isObject } from '../shared/is-object.ts'

const MARK = ': edgewise '
/** Longest line that may be ours, and longest JSON answer that is read for its usage, bytes. */
const LONGEST_LINE = 2048
const LONGEST_BODY = 1024 * 1024

/**
 * The same answer with a pass-through body: bytes go on as they come, and what they say of tokens is
 * told once: the comment line of a stream, or `usage` of a JSON answer. `copy` sees the same bytes, after
 * the page has them.
 */
export function watchUsage(
  response: Response,
  told: (usage: Usage) => void,
  copy?: Copy,
): Response {
  const { body, status, statusText, headers, url, redirected, type } = response
  if (!body) return response
  const json = headers.get('content-type')?.includes('json') ?? false
  const scan = json ? scanJson(told) : scanLines(told)
  const watched = new TransformStream<Uint8Array, Uint8Array>({
    transform(chunk, controller) {
      controller.enqueue(chunk)
      scan(chunk)
      copy?.pass(chunk)
    },
    flush() {
      scan(undefined)
      copy?.end(false)
    },
  })
  body.pipeTo(watched.writable).catch((reason: unknown) => {
    // A network that fails is a TypeError; whatever else ends it early, the page has done.
    if (!(reason instanceof TypeError)) copy?.end(true)
  })
  const same = new Response(watched.readable, { status, statusText, headers })
  // A made response has neither: SDKs and apps read them.
  for (const [key, value] of Object.entries({ url, redirected, type })) {
    Object.defineProperty(same, key, { value })
  }
  return same
}

/** Sees what passes, and how it ends: at its end, or because the page has stopped it. */
export type Copy = { pass(chunk: Uint8Array): void; end(isStopped: boolean): void }

/** Takes the next bytes; `undefined` at the end. */
type Scan = (chunk: Uint8Array | undefined) => void

function scanLines(told: (usage: Usage) => void): Scan {
  const decoder = new TextDecoder('latin1')
  let line = ''
  return (chunk) => {
    const text = line + (chunk ? decoder.decode(chunk, { stream: true }) : '\n')
    const end = text.lastIndexOf('\n')
    if (end >= 0 && text.includes(MARK)) {
      for (const each of text.slice(0, end).split('\n')) if (each.startsWith(MARK)) tell(each, told)
    }
    const rest = text.slice(end + 1)
    // A long line is none of ours: one character keeps it from looking like the start of one.
    line = rest.length > LONGEST_LINE ? 'x' : rest
  }
}

function tell(line: string, told: (usage: Usage) => void): void {
  const usage = parse(line.slice(MARK.length))
  if (!isObject(usage)) return
  const { input, output, cached, written, cost, estimated } = usage
  if (typeof input !== 'number' || typeof output !== 'number') return
  told({
    input,
    output,
    ...(typeof cached === 'number' ? { cached } : {}),
    ...(typeof written === 'number' ? { written } : {}),
    ...(typeof cost === 'number' ? { cost } : {}),
    estimated: estimated === true,
  })
}

function scanJson(told: (usage: Usage) => void): Scan {
  const decoder = new TextDecoder()
  let text = ''
  return (chunk) => {
    if (text.length > LONGEST_BODY) return
    text += chunk ? decoder.decode(chunk, { stream: true }) : ''
    if (chunk) return
    const body = parse(text)
    const usage = isObject(body) && body['usage']
    if (!isObject(usage)) return
    const {
      prompt_tokens: input,
      completion_tokens: output,
      prompt_tokens_details: details,
    } = usage
    if (typeof input !== 'number' || typeof output !== 'number') return
    const cached = isObject(details) ? details['cached_tokens'] : undefined
    told({ input, output, ...(typeof cached === 'number' ? { cached } : {}), estimated: false })
  }
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
