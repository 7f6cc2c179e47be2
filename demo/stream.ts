/** The text pieces of a streamed chat completion, as they arrive. */
export async function* readPieces(response: Response): AsyncGenerator<string> {
  const reader = response.body?.pipeThrough(new TextDecoderStream()).getReader()
  let rest = ''
  for (let read = await reader?.read(); read?.done === false; read = await reader?.read()) {
    const lines = (rest + read.value).split('\n')
    rest = lines.pop() ?? ''
    for (const line of lines) {
      // Comments and the end mark carry no text.
      if (!line.startsWith('data: {')) continue
      const piece = pieceOf(JSON.parse(line.slice('data: '.length)))
      if (piece) yield piece
    }
  }
}

type Chunk = { choices?: { delta?: { content?: string | null } }[] }

const pieceOf = ({ choices }: Chunk): string => choices?.[0]?.delta?.content ?? ''

/** The message of a refused request, in the provider's dialect or as a problem. */
export async function readRefusal(response: Response): Promise<string> {
  const body: { error?: { message?: string }; title?: string } = await response
    .json()
    .catch(() => ({}))
  return body.error?.message ?? body.title ?? `The service answered ${response.status}.`
}
