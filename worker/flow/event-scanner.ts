const NEWLINE = 10
const RETURN = 13
const D = 68
const markers = ['data: [DONE]', 'data:[DONE]'].map((text) => new TextEncoder().encode(text))
const LONGEST = 12

export type EventScanner = {
  /** Takes the next bytes and gives what may be sent on: the same bytes, with the comment among them once. */
  push: (chunk: Uint8Array) => Uint8Array[]
  /** Gives what was held back; puts the comment at the end where no `[DONE]` came and no event is open. */
  end: () => Uint8Array[]
}

/**
 * Watches a stream of server-sent events pass, however it is cut into chunks. It looks for one thing,
 * the line `data: [DONE]`, and puts what `comment` returns before it, between two events. A chunk is
 * copied only where a line that may become that one is cut in two.
 */
export function scanEvents(comment: () => Uint8Array): EventScanner {
  let held = new Uint8Array(0)
  /** The last bytes before those at hand: an event may begin where they end. */
  let before: number[] = []
  let placed = false

  /** The byte at `i`, which may lie before this data; `undefined` before the stream's start. */
  const byteAt = (data: Uint8Array, i: number): number | undefined =>
    i >= 0 ? data[i] : before[before.length + i]

  /** Whether a new event may begin at `i`: at the start, or after an empty line. */
  function isBoundary(data: Uint8Array, i: number): boolean {
    const last = byteAt(data, i - 1)
    if (last === undefined) return true
    if (last !== NEWLINE) return false
    const previous = byteAt(data, i - 2)
    if (previous === undefined || previous === NEWLINE) return true
    if (previous !== RETURN) return false
    const first = byteAt(data, i - 3)
    return first === undefined || first === NEWLINE
  }

  function findDone(data: Uint8Array): number {
    for (let at = data.indexOf(D); at >= 0; at = data.indexOf(D, at + 1)) {
      for (const marker of markers) {
        const start = at - marker.indexOf(D)
        if (start >= 0 && startsWith(data, start, marker) && isBoundary(data, start)) return start
      }
    }
    return -1
  }

  /** Where the last line begins, if it is the beginning of the line that is looked for. */
  function heldFrom(data: Uint8Array): number {
    const start = data.lastIndexOf(NEWLINE) + 1
    const length = data.byteLength - start
    if (length === 0 || length >= LONGEST || !isBoundary(data, start)) return data.byteLength
    const line = data.subarray(start)
    return markers.some((marker) => startsWith(marker, 0, line)) ? start : data.byteLength
  }

  return {
    push(chunk) {
      if (placed) return [chunk]
      const data = held.byteLength > 0 ? concat(held, chunk) : chunk
      const done = findDone(data)
      if (done >= 0) {
        placed = true
        held = new Uint8Array(0)
        const pieces = [data.subarray(0, done), comment(), data.subarray(done)]
        return pieces.filter(({ byteLength }) => byteLength > 0)
      }
      const cut = heldFrom(data)
      held = data.slice(cut)
      const ready = cut === data.byteLength ? data : data.subarray(0, cut)
      before = [...before, ...ready.subarray(-3)].slice(-3)
      return ready.byteLength > 0 ? [ready] : []
    },
    end() {
      const rest = held.byteLength > 0 ? [held] : []
      const isOpen = held.byteLength > 0 || !isBoundary(held, 0)
      held = new Uint8Array(0)
      if (placed || isOpen) return rest
      placed = true
      return [...rest, comment()]
    },
  }
}

function startsWith(data: Uint8Array, at: number, what: Uint8Array): boolean {
  if (at + what.byteLength > data.byteLength) return false
  return what.every((byte, i) => data[at + i] === byte)
}

function concat(a: Uint8Array, b: Uint8Array): Uint8Array<ArrayBuffer> {
  const both = new Uint8Array(a.byteLength + b.byteLength)
  both.set(a)
  both.set(b, a.byteLength)
  return both
}
