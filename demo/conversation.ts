import type { ReceiptEntry } from '../client/types.ts'
import type { Edgewise } from '../client/edgewise.ts'
import { promptOfPage, promptOfPreview, type Prompt } from './prompt.ts'
import { readPieces, readRefusal } from './stream.ts'

export type Turn = {
  id: number
  question: string
  /** The answer so far; in a preview there is none. */
  answer: string
  state: 'asking' | 'answered' | 'failed'
  preview: boolean
  /** Asked without what is known. */
  plain: boolean
  prompt?: Prompt
  entry?: ReceiptEntry
}

const system =
  'You are Saffron, an assistant for recipes and travel. Be practical and brief: at most 120 words.'

/** The app's own conversation: nothing in it knows of personalization but the `fetch` it is given. */
export function createConversation(
  edgewise: Edgewise,
  { model, changed }: { model: string; changed: (turn: Turn) => void },
) {
  const turns: Turn[] = []
  let current: Turn | undefined

  // An answer's receipt comes with its head, and once more with its usage.
  edgewise.onReceipt((entry) => {
    const known = turns.find((turn) => turn.entry?.receipt.id === entry.receipt.id)
    const turn = known ?? (current?.entry ? undefined : current)
    if (!turn) return
    turn.entry = entry
    changed(turn)
  })

  function bodyFor(turn: Turn): string {
    const earlier = turns.filter(({ id, state }) => id < turn.id && state === 'answered')
    const said = earlier.flatMap(({ question, answer, preview }) => [
      { role: 'user', content: question },
      { role: 'assistant', content: preview ? '(preview: no answer)' : answer },
    ])
    const messages = [
      { role: 'system', content: system },
      ...said,
      { role: 'user', content: turn.question },
    ]
    const options = { stream: true, stream_options: { include_usage: true } }
    return JSON.stringify({ model, ...options, messages })
  }

  async function send(turn: Turn): Promise<void> {
    const body = bodyFor(turn)
    const response = await edgewise.fetch('/v1/chat/completions', {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body,
    })
    if (!response.ok) throw new Error(await readRefusal(response))
    turn.prompt = promptOfPage(body)
    let text = ''
    for await (const piece of readPieces(response)) {
      text += piece
      turn.preview = text.startsWith('Preview:')
      if (!turn.preview) turn.answer = text
      changed(turn)
    }
    turn.prompt = promptOfPreview(text) ?? turn.prompt
  }

  async function ask(question: string, { plain = false } = {}): Promise<void> {
    const turn: Turn = {
      id: turns.length,
      question,
      answer: '',
      state: 'asking',
      preview: false,
      plain,
    }
    turns.push(turn)
    current = turn
    changed(turn)
    const pause = plain && !edgewise.state.value.paused
    if (pause) edgewise.pause()
    try {
      await send(turn)
      turn.state = 'answered'
    } catch (cause) {
      turn.state = 'failed'
      turn.answer = cause instanceof Error ? cause.message : String(cause)
    } finally {
      if (pause) edgewise.resume()
    }
    changed(turn)
  }

  return {
    ask,
    /** Asks the last question once more, without what is known. */
    async askAgain(): Promise<void> {
      const last = turns.at(-1)
      if (last && last.state !== 'asking') await ask(last.question, { plain: true })
    },
    get busy() {
      return turns.at(-1)?.state === 'asking'
    },
  }
}
