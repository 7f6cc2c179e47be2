import type { KnownFact } from '../types.ts'
import { problemText, type PanelContext } from './context.ts'
import { button, element } from './element.ts'
import { fill } from './texts.ts'

/** Takes the last deletion back, at the place where it happened; `done` is called then, and takes the focus. */
export function undoLine(context: PanelContext, done: () => void) {
  const { edgewise, texts, announce, refresh } = context
  const line = element('div', { part: 'undo' })
  line.hidden = true

  async function take(fact: KnownFact, press: HTMLButtonElement): Promise<void> {
    press.disabled = true
    const result = await restore(fact)
    press.disabled = false
    if (!result.ok) return announce(problemText(texts, result.problem))
    line.hidden = true
    announce(fill(texts.said_undone, { change: fill(texts.deleted, { fact: fact.text }) }))
    done()
    refresh()
  }

  async function restore({ id }: KnownFact) {
    const { changes, problem = { code: 'not_found' as const } } = await edgewise.facts.history()
    const change = changes.find(({ fact, before, after }) => fact === id && before && !after)
    return change ? edgewise.facts.undo(change.id) : { ok: false as const, problem }
  }

  return {
    element: line,
    offer(fact: KnownFact): void {
      const said = fill(texts.deleted, { fact: fact.text })
      const undo = button(texts.undo, () => void take(fact, undo), 'quiet small')
      undo.setAttribute('aria-label', fill(texts.undo_named, { change: said }))
      line.replaceChildren(element('p', { text: said, part: 'hint' }), undo)
      line.hidden = false
      undo.focus()
    },
    forget(): void {
      line.hidden = true
      line.replaceChildren()
    },
  }
}
