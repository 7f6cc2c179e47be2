/** What is read of a text that is too long: its start and its end, with a space between them. */
export type Cut = {
  text: string
  /** From an offset in `text` to the offset in the original, UTF-16 units. */
  original: (offset: number) => number
}

/** At most `characters` UTF-16 units, half from each end: start and end matter most. */
export function cutMiddle(text: string, characters: number): Cut {
  if (text.length <= characters) return { text, original: (offset) => offset }
  const half = Math.floor((characters - 1) / 2)
  const tailStart = text.length - half
  return {
    text: `${text.slice(0, half)} ${text.slice(tailStart)}`,
    original: (offset) => (offset <= half ? offset : offset - half - 1 + tailStart),
  }
}
