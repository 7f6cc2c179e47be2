import { build } from '../client/page-element.ts'
import type { Turn } from './conversation.ts'
import { linesOfBlock } from './prompt.ts'

/** One question and its answer, drawn anew when something of it changes. */
export function showTurn(
  item: HTMLElement,
  turn: Turn,
  { chosen, choose, again }: { chosen: boolean; choose: () => void; again?: () => void },
): void {
  item.className = `turn ${chosen ? 'chosen' : ''}`
  item.replaceChildren(
    build('p', { class: 'question', text: turn.question }),
    build('div', { class: `answer ${turn.state}` }, ...answerOf(turn)),
    ...(turn.state === 'answered' ? [actions({ turn, chosen, choose, again })] : []),
  )
}

function answerOf(turn: Turn): HTMLElement[] {
  const { state, preview, answer } = turn
  if (state === 'failed') return [build('p', { text: answer })]
  if (!preview) {
    const waiting = state === 'asking' && answer === ''
    return [
      build('p', { class: waiting ? 'waiting' : 'words', text: waiting ? 'Asking …' : answer }),
    ]
  }
  const block = turn.prompt?.messages.at(-1)?.block
  const said = state === 'asking' ? 'Preview …' : previewSentence(block)
  const sentence = build('p', { class: 'preview', text: said })
  return block ? [sentence, marked(block)] : [sentence]
}

const previewSentence = (block: string | undefined) =>
  block
    ? 'Preview: no model is connected. With your question it would have read:'
    : 'Preview: no model is connected. It would have read your question, and nothing about you.'

const marked = (block: string) =>
  build('ul', { class: 'marked' }, ...linesOfBlock(block).map((text) => build('li', { text })))

type Actions = { turn: Turn; chosen: boolean; choose: () => void; again: (() => void) | undefined }

function actions({ turn, chosen, choose, again }: Actions): HTMLElement {
  const show = build('button', {
    class: 'link',
    text: labelOf(turn),
    attributes: { type: 'button', 'aria-pressed': String(chosen) },
  })
  show.addEventListener('click', choose)
  const row = build('p', { class: 'actions' }, show)
  if (again && turn.entry?.receipt.why === 'attached') {
    const repeat = build('button', {
      class: 'link',
      text: 'Answer again without it',
      attributes: { type: 'button' },
    })
    repeat.addEventListener('click', again)
    row.append(repeat)
  }
  return row
}

/** In a few words, what went with a question. */
export function labelOf({ entry, plain }: Turn): string {
  if (!entry) return 'What was sent'
  const { why, facts, tokens } = entry.receipt
  if (why !== 'attached') return plain ? 'Asked without you: nothing added' : 'Nothing added'
  const count = facts.length
  return `${count} ${count === 1 ? 'fact' : 'facts'} added, ${tokens} tokens`
}
