/** Text that comes before the character at `start`, in place of what stands there up to `end`. */
export type Edit = { start: number; end?: number; text: string }

/** Makes all edits at once: positions are those of `raw`; edits of one place keep their order. */
export function applyEdits(raw: string, edits: readonly Edit[]): string {
  let body = ''
  let from = 0
  for (const { start, end = start, text } of edits.toSorted((a, b) => a.start - b.start)) {
    body += raw.slice(from, start) + text
    from = end
  }
  return body + raw.slice(from)
}
