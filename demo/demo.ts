import type { EdgewisePanel } from '../client/panel/define.ts'
import type { EdgewiseState } from '../client/types.ts'
import type { Edgewise } from '../client/edgewise.ts'
import { meetAda } from './ada.ts'
import { build, part } from '../client/page-element.ts'
import { createConversation, type Turn } from './conversation.ts'
import { showSent } from './show-sent.ts'
import { showTurn } from './show-turn.ts'
import { createSide } from './side.ts'

const suggestions = [
  'What is the capital of France?',
  'Dinner ideas for tonight?',
  'make it spicier',
  'A weekend trip in spring?',
]

const noToken =
  'This deployment hands out no demo tokens. In your app, your own back end mints the app token of the signed-in user: see "Put it into your app" in the README.'

const log = part('log', HTMLOListElement)
const sentBody = part('sent-body', HTMLDivElement)
const meetButton = part('meet', HTMLButtonElement)
const sendButton = part('send', HTMLButtonElement)
const met = part('met', HTMLSpanElement)
const counter = part('count', HTMLSpanElement)

// The drop-in script has put the instance here.
if (window.edgewise) void start(window.edgewise)
else met.textContent = 'The script /edgewise.js did not load.'

async function start(edgewise: Edgewise): Promise<void> {
  const address = new URLSearchParams(location.search)
  const user = address.get('user')
  // Another user than Ada, to try several.
  if (user) await edgewise.switchUser({ tokenUrl: `/demo/token?user=${encodeURIComponent(user)}` })
  const conversation = createConversation(edgewise, {
    model: address.get('model') ?? 'gpt-5-mini',
    changed: draw,
  })
  const sent = createSide(part('sent', HTMLDialogElement), {
    toggle: part('toggle-sent', HTMLButtonElement),
    wide: matchMedia('(min-width: 860px)'),
  })
  createSide(part('panel', HTMLDialogElement), {
    toggle: part('toggle-panel', HTMLButtonElement),
    wide: matchMedia('(min-width: 1240px)'),
  })
  const again = () => void conversation.askAgain()
  const turns = new Map<Turn, HTMLElement>()
  let chosen: Turn | undefined

  function draw(turn: Turn): void {
    if (!turns.has(turn)) {
      chosen = turn
      turns.set(turn, log.appendChild(build('li')))
    }
    for (const [known, item] of turns) drawTurn(known, item)
    if (chosen === turn) showSent(sentBody, chosen)
    sendButton.disabled = conversation.busy
  }

  function drawTurn(turn: Turn, item: HTMLElement): void {
    const last = turn.id === turns.size - 1
    const key = JSON.stringify([turn, chosen === turn, last])
    if (item.dataset['drawn'] === key) return
    item.dataset['drawn'] = key
    showTurn(item, turn, {
      chosen: chosen === turn,
      choose() {
        chosen = turn
        draw(turn)
        sent.open()
      },
      ...(last ? { again } : {}),
    })
    if (last) item.scrollIntoView({ block: 'end' })
  }

  async function meet(): Promise<void> {
    meetButton.disabled = true
    const problem = await meetAda(edgewise)
    met.textContent = problem ?? 'Her twelve facts are known, in this page only.'
    meetButton.disabled = false
  }

  function count(known: number): void {
    counter.textContent = String(known)
    counter.hidden = known === 0
    meetButton.hidden = known > 0
    if (known === 0 && !meetButton.disabled) met.textContent = ''
  }

  listenForQuestions(edgewise, (question) => {
    if (question.trim() === '' || conversation.busy) return false
    void conversation.ask(question.trim())
    return true
  })
  meetButton.addEventListener('click', () => void meet())
  meetButton.disabled = false
  sendButton.disabled = false
  const element: EdgewisePanel | null = document.querySelector('edgewise-panel')
  if (element) element.again = again
  document.addEventListener('edgewise:facts', (event) => {
    if (event instanceof CustomEvent) count(Number(Reflect.get(event.detail, 'count')))
  })
  edgewise.state.subscribe((state) => {
    if (isWithoutToken(state)) met.textContent = noToken
  })
  showSent(sentBody, undefined)
}

const isWithoutToken = ({ session }: EdgewiseState): boolean =>
  session.status === 'failed' &&
  typeof session.cause === 'object' &&
  session.cause !== null &&
  Reflect.get(session.cause, 'code') === 'token_missing'

/** Enter and the suggestions ask. `ask` answers whether the question was taken. */
function listenForQuestions(edgewise: Edgewise, ask: (question: string) => boolean): void {
  const field = part('question', HTMLTextAreaElement)
  const form = part('composer', HTMLFormElement)
  // Decides while the user still types, so that nothing waits afterwards.
  edgewise.attach(field)
  field.addEventListener('keydown', (event) => {
    if (event.key !== 'Enter' || event.shiftKey || event.isComposing) return
    event.preventDefault()
    form.requestSubmit()
  })
  form.addEventListener('submit', (event) => {
    event.preventDefault()
    if (ask(field.value)) field.value = ''
  })
  for (const text of suggestions) {
    const chip = build('button', { class: 'chip', text, attributes: { type: 'button' } })
    chip.addEventListener('click', () => ask(text))
    part('chips', HTMLUListElement).append(build('li', {}, chip))
  }
}
