import { build } from '../client/page-element.ts'
import type { Turn } from './conversation.ts'
import type { PromptMessage } from './prompt.ts'
import { labelOf } from './show-turn.ts'

/** The prompt of one turn with the attached block marked, and its receipt in words. */
export function showSent(place: HTMLElement, turn: Turn | undefined): void {
  if (!turn) {
    const hint = 'Ask something: the prompt and the reason for what is in it will stand here.'
    place.replaceChildren(build('p', { class: 'hint', text: hint }))
    return
  }
  place.replaceChildren(...receiptOf(turn), ...figuresOf(turn), ...promptOf(turn))
}

function receiptOf(turn: Turn): HTMLElement[] {
  if (!turn.entry) {
    if (turn.state === 'asking') return []
    return [build('p', { class: 'hint', text: 'This answer came without a receipt.' })]
  }
  const verdict = build('p', {
    class: turn.entry.receipt.why === 'attached' ? 'verdict attached' : 'verdict',
    text: labelOf(turn),
  })
  // The script's own element says in words what the receipt says in codes.
  const receipt = document.createElement('edgewise-receipt')
  receipt.entry = turn.entry
  return [verdict, receipt]
}

function figuresOf({ entry }: Turn): HTMLElement[] {
  if (!entry) return []
  const { gateMs, decidedBy, tokens, whole } = entry.receipt
  const place = decidedBy === 'device' ? 'on this device' : 'at the edge'
  const time = gateMs === undefined ? '' : ` in ${gateMs.toFixed(1)} ms`
  const figures = [
    ['Decided', decidedBy === 'none' ? 'not at all' : place + time],
    ['Added', `${tokens} tokens`],
    ['The bare words of all that is known', `${whole} tokens`],
  ]
  const pairs = figures.map(([name = '', value = '']) =>
    build('div', {}, build('dt', { text: name }), build('dd', { text: value })),
  )
  return [build('dl', { class: 'figures' }, ...pairs)]
}

function promptOf({ prompt, entry }: Turn): HTMLElement[] {
  if (!prompt) return []
  const messages = prompt.messages.map(messageOf)
  const last = messages.pop()
  if (!last) return []
  const note = prompt.exact
    ? 'The prompt, exactly as a model would get it'
    : 'The prompt as this page sent it; what is added stands after your words'
  if (!prompt.exact && entry?.receipt.why === 'attached') {
    const lines = entry.facts.map(({ text, category }) => `- ${category}: ${text ?? ''}`)
    last.append(blockOf(lines.join('\n')))
  }
  const before = `Before it: ${prompt.messages
    .slice(0, -1)
    .map(({ role }) => role)
    .join(', ')}`
  return [
    build('h3', { text: note }),
    folded('earlier', before, build('div', { class: 'prompt' }, ...messages)),
    build('div', { class: 'prompt' }, last),
    folded('raw', 'Request body', build('pre', { text: indented(prompt.raw) })),
  ]
}

const indented = (json: string) => JSON.stringify(JSON.parse(json), undefined, 2)

const folded = (name: string, label: string, inside: HTMLElement): HTMLElement =>
  build('details', { class: name }, build('summary', { text: label }), inside)

const messageOf = ({ role, text, block }: PromptMessage): HTMLElement =>
  build(
    'div',
    {},
    build('span', { class: 'role', text: role }),
    build('p', { text }),
    ...(block ? [blockOf(block)] : []),
  )

const blockOf = (text: string): HTMLElement =>
  build(
    'div',
    { class: 'block' },
    build('span', { class: 'block-label', text: 'added by Edgewise' }),
    build('p', { text }),
  )
