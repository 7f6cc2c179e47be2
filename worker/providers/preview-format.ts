/** What the preview says, before it is put into a dialect. `input` and `output`: estimated tokens. */
export type PreviewAnswer = {
  id: string
  /** Seconds since 1970. */
  created: number
  model: string
  content: string
  input: number
  output: number
  /** The app has asked for a stream's usage. */
  statesUsage: boolean
}

/** How a dialect answers: in one piece, and as the events of a stream. */
export type PreviewFormat = {
  whole(answer: PreviewAnswer): object
  events(answer: PreviewAnswer): string[]
}

/** Characters in one streamed piece: a few words, as models stream them; long answers in longer pieces. */
const PIECE = 24
const PIECES = 400

/** Cuts between characters, never inside one. */
export function piecesOf(text: string): string[] {
  const size = Math.max(PIECE, Math.ceil(text.length / PIECES))
  const pieces: string[] = []
  for (let start = 0; start < text.length;) {
    let end = start + size
    const last = text.charCodeAt(end - 1)
    if (last >= 0xd800 && last < 0xdc00) end++
    pieces.push(text.slice(start, end))
    start = end
  }
  return pieces
}

/** An event that says its type twice, as OpenAI's responses and Anthropic's messages do. */
export const typedEvent = (data: { type: string } & Record<string, unknown>): string =>
  `event: ${data.type}\ndata: ${JSON.stringify(data)}\n\n`
