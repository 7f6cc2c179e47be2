import { isVital } from '../../shared/vital.ts'
import type { FactChange, KnownFact } from '../types.ts'
import { age, dayOf, problemText, type PanelContext } from './context.ts'
import { button, element, iconButton } from './element.ts'
import { factForm } from './fact-form.ts'
import { mayBeStale, stillTrue } from './still-true.ts'
import { fill, type TextKey } from './texts.ts'

export type FactRow = { element: HTMLLIElement; update(fact: KnownFact): void }

/** `removed`: told once it is deleted; with the fact, where that was not asked twice and is to be taken back at once. */
type RowOptions = { fact: KnownFact; removed: (undoable?: KnownFact) => void }

/** One fact: what it says, where it comes from and lives, and what may be done with it. */
export function factRow(context: PanelContext, { fact: first, removed }: RowOptions): FactRow {
  const { edgewise, texts, announce, refresh } = context
  const row = element('li', { part: 'fact' })
  let fact = first
  let drawn = ''
  let busy = false

  function view(focus?: 'edit' | 'pin' | 'remove'): void {
    busy = false
    drawn = JSON.stringify([fact, edgewise.state.value.store])
    const named = (key: TextKey) => fill(texts[key], { fact: fact.text })
    const pin = iconButton('pin', named(fact.pinned ? 'unpin' : 'pin'), () => void togglePin())
    pin.setAttribute('aria-pressed', String(fact.pinned))
    const edit = iconButton('edit', named('edit'), openForm)
    const remove = iconButton('remove', named('remove'), askRemove)
    row.replaceChildren(
      element(
        'div',
        { part: 'fact-main' },
        element('p', { text: fact.text, part: 'fact-text' }),
        element('div', { part: 'fact-actions' }, pin, edit, remove),
        meta(),
        ...vitalQuestion(),
        ...ageQuestion(),
      ),
    )
    if (focus) ({ pin, edit, remove })[focus].focus()
  }

  function meta(): HTMLElement {
    const { store } = edgewise.state.value
    const place = fact.where === 'edge' ? 'edge' : store === 'memory' ? 'memory' : 'device'
    const line = element(
      'p',
      { part: 'fact-meta' },
      element('span', { text: texts[`category_${fact.category}`], part: 'category' }),
    )
    const add = (text: string, part = 'meta') => line.append(element('span', { text, part }))
    if (fact.vital) add(texts.vital, 'mark')
    if (fact.pinned) add(texts.pinned)
    if (fact.status !== 'active') add(texts[fact.status])
    add(texts[`source_${fact.source}`])
    const since = element('span', { text: age(context, fact.lastSeen), part: 'meta' })
    since.title = fill(texts.first_seen, { date: dayOf(context, fact.firstSeen) })
    if (fact.lastSeen > 0) line.append(since)
    const { attached = 0, used = 0 } = fact.earned ?? {}
    if (attached > 0) add(fill(texts.earned, { attached: `${attached}`, used: `${used}` }))
    add(texts[`where_${place}`])
    return line
  }

  /** A rule may guess; the mark itself is the user's own yes. */
  function vitalQuestion(): HTMLElement[] {
    if (fact.status === 'superseded') return []
    if (isGuess(fact)) return [vitalGuess()]
    if (fact.vital || !isVital(fact.category, fact.text)) return []
    const mark = button(texts.vital_ask, () => void change({ vital: true }, 'edit'), 'quiet small')
    return [mark]
  }

  /** What a rule has marked in learned words counts for now: it errs on the safe side. */
  function vitalGuess(): HTMLElement {
    const answer = (label: string, vital: boolean, part: string) => {
      const made = button(label, () => void change({ vital }, 'edit'), part)
      made.setAttribute('aria-label', `${label}: ${fact.text}`)
      return made
    }
    return element(
      'div',
      { part: 'guess-question' },
      element('p', { text: texts.vital_suggested, part: 'choice-help guess' }),
      element(
        'div',
        { part: 'row' },
        answer(texts.vital_yes, true, 'small'),
        answer(texts.vital_no, false, 'quiet small'),
      ),
    )
  }

  function ageQuestion(): HTMLElement[] {
    if (!mayBeStale(fact, context.now())) return []
    const yes = () => void change({ status: 'active' }, 'edit')
    return [stillTrue(context, fact, { yes, no: () => void removeFact() })]
  }

  async function change(wanted: FactChange, focus: 'edit' | 'pin'): Promise<void> {
    const result = await edgewise.facts.edit(fact.id, wanted)
    if (!result.ok) return announce(problemText(texts, result.problem))
    fact = result.value
    announce(fill(wanted.status ? texts.said_approved : texts.said_saved, { fact: fact.text }))
    view(focus)
    refresh()
  }

  async function togglePin(): Promise<void> {
    const result = await edgewise.facts.pin(fact.id, !fact.pinned)
    if (!result.ok) return announce(problemText(texts, result.problem))
    fact = result.value
    announce(fill(texts[fact.pinned ? 'said_pinned' : 'said_unpinned'], { fact: fact.text }))
    view('pin')
    refresh()
  }

  function openForm(): void {
    busy = true
    const form = factForm({
      name: fact.id,
      texts,
      draft: fact,
      async submit(draft) {
        const result = await edgewise.facts.edit(fact.id, draft)
        if (!result.ok) return result
        fact = result.value
        announce(fill(texts.said_saved, { fact: fact.text }))
        view('edit')
        refresh()
        return result
      },
      cancel: () => view('edit'),
    })
    row.replaceChildren(form)
    form.querySelector('textarea')?.focus()
  }

  function askRemove(): void {
    busy = true
    const yes = button(texts.remove_yes, () => void removeFact(yes), 'danger')
    const question = element(
      'div',
      {
        part: 'question',
        attributes: { role: 'group', 'aria-label': `${texts.remove_ask} ${fact.text}` },
        on: {
          keydown(event) {
            if (!(event instanceof KeyboardEvent) || event.key !== 'Escape') return
            event.stopPropagation()
            view('remove')
          },
        },
      },
      element('p', { text: fact.text, part: 'fact-text' }),
      element('p', { text: texts.remove_ask, part: 'question-text' }),
      element(
        'div',
        { part: 'row' },
        yes,
        button(texts.cancel, () => view('remove'), 'quiet'),
      ),
    )
    row.replaceChildren(question)
    yes.focus()
  }

  /** `yes`: the button of the question that came before; without one it can be taken back. */
  async function removeFact(yes?: HTMLButtonElement): Promise<void> {
    if (yes) yes.disabled = true
    const result = await edgewise.facts.remove(fact.id)
    if (!result.ok) {
      announce(problemText(texts, result.problem))
      return view('remove')
    }
    announce(fill(texts.said_removed, { fact: fact.text }))
    removed(yes ? undefined : fact)
    refresh()
  }

  view()
  return {
    element: row,
    update(next) {
      fact = next
      // What the user is in the middle of stays.
      if (!busy && JSON.stringify([fact, edgewise.state.value.store]) !== drawn) view()
    },
  }
}

/** Marked by the rule, and not yet by a yes of the owner. */
const isGuess = ({ vital, owned, source }: KnownFact): boolean =>
  vital && owned !== true && source !== 'app'
