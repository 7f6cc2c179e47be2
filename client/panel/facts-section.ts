import type { KnownFact } from '../types.ts'
import type { PanelContext } from './context.ts'
import { button, element } from './element.ts'
import { factForm } from './fact-form.ts'
import { factRow, type FactRow } from './fact-row.ts'
import { focusedIn } from './keep.ts'
import { fill } from './texts.ts'
import { undoLine } from './undo-line.ts'

export type FactsSection = {
  element: HTMLElement
  /** `undefined` while nothing has been read yet. */
  update(facts: readonly KnownFact[] | undefined): void
  /** Shows no fact, and nothing that was being written or taken back, until the next reading. */
  forget(): void
  /** Moves the focus to the heading. */
  focus(): void
}

/** All that is known, pinned and important facts first, and the form to add one. */
export function factsSection(context: PanelContext): FactsSection {
  const { edgewise, texts, announce, refresh } = context
  const rows = new Map<string, FactRow>()
  const title = element('h3', { text: texts.facts, attributes: { id: 'facts', tabindex: '-1' } })
  const list = element('ul', { part: 'facts' })
  const none = element('p', { text: texts.loading, part: 'hint' })
  const adder = element('div', { part: 'adder' })
  const undo = undoLine(context, focus)
  const open = button(texts.add, openForm, 'add')
  adder.append(open)

  function openForm(): void {
    const form = factForm({
      name: 'new',
      texts,
      draft: { text: '', category: 'preference', vital: false },
      async submit(draft) {
        const result = await edgewise.facts.add({ ...draft, source: 'typed' })
        if (!result.ok) return result
        announce(fill(texts.said_added, { fact: result.value.text }))
        close()
        refresh()
        return result
      },
      cancel: close,
    })
    adder.replaceChildren(form)
    form.querySelector('textarea')?.focus()
  }
  function close(): void {
    adder.replaceChildren(open)
    open.focus()
  }

  function focus(): void {
    title.focus()
  }

  /** Focus goes to the next fact's own button, or to the heading, never to nowhere. */
  function focusAfter(gone: FactRow): void {
    const next = gone.element.nextElementSibling ?? gone.element.previousElementSibling
    const target = next?.querySelector<HTMLElement>('[part=fact-actions] button:last-child')
    gone.element.remove()
    ;(target ?? title).focus()
  }

  function rowOf(fact: KnownFact): FactRow {
    const known = rows.get(fact.id)
    if (known) {
      known.update(fact)
      return known
    }
    const made: FactRow = factRow(context, {
      fact,
      removed(gone) {
        rows.delete(fact.id)
        focusAfter(made)
        if (gone) undo.offer(gone)
      },
    })
    rows.set(fact.id, made)
    return made
  }

  function update(facts: readonly KnownFact[] | undefined): void {
    if (!facts) return
    none.textContent = texts.facts_none
    none.hidden = facts.length > 0
    const ids = new Set(facts.map(({ id }) => id))
    for (const [id, row] of rows) {
      if (ids.has(id)) continue
      rows.delete(id)
      row.element.remove()
    }
    const wanted = facts.toSorted(order).map((fact) => rowOf(fact).element)
    if (wanted.every((item, index) => list.children[index] === item)) return
    const focused = focusedIn(list)
    list.replaceChildren(...wanted)
    focused?.focus()
  }

  function forget(): void {
    rows.clear()
    list.replaceChildren()
    adder.replaceChildren(open)
    undo.forget()
    none.textContent = texts.loading
    none.hidden = false
  }

  const section = element(
    'section',
    { part: 'section', attributes: { 'aria-labelledby': 'facts' } },
    element('div', { part: 'section-head' }, title),
    none,
    list,
    undo.element,
    adder,
  )
  return { element: section, update, forget, focus }
}

const order = (a: KnownFact, b: KnownFact) =>
  Number(a.status === 'superseded') - Number(b.status === 'superseded') ||
  Number(b.pinned) - Number(a.pinned) ||
  Number(b.vital) - Number(a.vital) ||
  a.firstSeen - b.firstSeen ||
  (a.id < b.id ? -1 : 1)
