/** A body as text; `undefined` where there is none or it is larger than `most` bytes: the rest is cancelled. */
export async function readBounded(
  body: ReadableStream<Uint8Array> | null,
  most: number,
): Promise<string | undefined> {
  if (!body) return undefined
  const decoder = new TextDecoder()
  let size = 0
  let text = ''
  // Leaving the loop early cancels the rest.
  for await (const piece of body) {
    size += piece.byteLength
    if (size > most) return undefined
    text += decoder.decode(piece, { stream: true })
  }
  return text + decoder.decode()
}
