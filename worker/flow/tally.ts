import type { Usage } from '../../shared/schema/receipt.ts'
import { countsIn, readUsage, type Counts } from './usage.ts'

/** Bytes at a stream's end, and at its begin, that are kept to look for usage. */
const KEEP = 16 * 1024
const HEAD = 4 * 1024
/** Smaller events are no pieces of text; what names the text in a piece, bytes. Both from what providers send. */
const FRAME = 40
const FIELD = 10
const NEWLINE = 10
const RETURN = 13

/** Counts a stream of events as its bytes pass, without looking inside them. */
export type Tally = {
  note(chunk: Uint8Array): void
  /** What the last events say of usage; an estimate where they do not. `input`: the request's estimate. */
  usage(input: number): Usage
}

const decoder = new TextDecoder()

/** Characters that are cut between two chunks are damaged: only numbers are read from it. */
const endOf = (chunks: readonly Uint8Array[]) =>
  chunks.map((chunk) => decoder.decode(chunk)).join('')

export function createTally(): Tally {
  const head: Uint8Array[] = []
  let headBytes = 0
  let kept: Uint8Array[] = []
  let keptBytes = 0
  let events = 0
  let isLineStart = true
  let total = 0
  let eventStart = 0
  let smallest = Number.POSITIVE_INFINITY

  function keep(chunk: Uint8Array): void {
    if (headBytes < HEAD) {
      head.push(chunk.subarray(0, HEAD - headBytes))
      headBytes += chunk.byteLength
    }
    kept.push(chunk)
    keptBytes += chunk.byteLength
    while (kept.length > 1 && keptBytes - (kept[0]?.byteLength ?? 0) >= KEEP) {
      keptBytes -= kept.shift()?.byteLength ?? 0
    }
  }

  /**
   * Providers send about one token an event; where they send more, the text counts, at 4 bytes a token.
   * The smallest event tells how many bytes of each are no text.
   */
  function estimate(): number {
    const frames = Number.isFinite(smallest) ? events * (smallest + FIELD) : total
    return Math.max(0, events - 2, Math.ceil((total - frames) / 4))
  }

  return {
    note(chunk) {
      keep(chunk)
      for (let at = 0; at < chunk.length; at++) {
        if (chunk[at] === RETURN) continue
        const wasLineStart = isLineStart
        isLineStart = chunk[at] === NEWLINE
        if (!isLineStart || !wasLineStart) continue
        events++
        const size = total + at + 1 - eventStart
        eventStart += size
        if (size >= FRAME && size < smallest) smallest = size
      }
      total += chunk.byteLength
    },
    usage(input) {
      const begin = endOf(head)
      const end = endOf(kept)
      const stated = readUsage(merge(countsIn(begin, 'first'), countsIn(end, 'last')))
      if (!stated) return { input, output: estimate(), estimated: true }
      // Anthropic states the prompt at the begin and the answer at the end, which may never have come.
      const isCut = begin.includes('"message_start"') && !end.includes('"message_delta"')
      return isCut ? { ...stated, output: estimate(), estimated: true } : stated
    },
  }
}

/** What is stated later stands; what is left out or null there is not taken back. */
function merge(first: Counts = {}, last: Counts = {}): Counts {
  const stated = Object.entries(last).filter(([, value]) => value != null)
  return { ...first, ...Object.fromEntries(stated) }
}
