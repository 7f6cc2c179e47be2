import type { ReceiptEntry } from '../types.ts'
import type { PanelContext, Section } from './context.ts'
import { button, element } from './element.ts'
import { arrange, focusedIn, sameControl } from './keep.ts'
import { createRating } from './rating.ts'
import { receiptView } from './receipt-view.ts'

const shown = 3

/** What was attached to the last answers, and why. `again` is left out where the app offers none. */
export function answersSection(
  context: PanelContext,
  again: (entry: ReceiptEntry) => (() => void) | undefined,
): Section {
  const { edgewise, texts, locale } = context
  const rating = createRating(context)
  const list = element('ol', { part: 'answers' })
  const earlierList = element('ol', { part: 'answers' })
  const earlier = element(
    'details',
    { part: 'earlier' },
    element('summary', { text: texts.answers_earlier }),
    earlierList,
  )
  const none = element('p', { text: texts.answers_none, part: 'hint' })
  const time = new Intl.DateTimeFormat(locale, { timeStyle: 'short' })
  const rows = new Map<string, { key: string; element: HTMLElement }>()

  function item(entry: ReceiptEntry, index: number): HTMLElement {
    const answer = element(
      'li',
      { part: 'answer' },
      element('span', { text: time.format(entry.at), part: 'time' }),
      receiptView(entry, texts, locale),
    )
    const repeat = index === 0 && entry.receipt.why === 'attached' ? again(entry) : undefined
    if (repeat) {
      const takeBack = () => {
        void edgewise.takeBack(entry.receipt.id)
        repeat()
      }
      answer.append(button(texts.again, takeBack, 'quiet again'))
    }
    const asked = index === 0 ? rating(entry) : undefined
    if (asked) answer.append(asked)
    return answer
  }

  /** The answer as it stands there, or drawn anew where something of it changed; opened details stay open. */
  function rowOf(entry: ReceiptEntry, index: number): HTMLElement {
    const { id } = entry.receipt
    const { consent, paused } = edgewise.state.value
    const offers = index === 0 && [again(entry) !== undefined, consent, paused]
    const key = JSON.stringify([entry, offers])
    const known = rows.get(id)
    if (known?.key === key) return known.element
    const made = item(entry, index)
    const details = made.querySelector('details')
    if (details) details.open = known?.element.querySelector('details')?.open ?? false
    rows.set(id, { key, element: made })
    return made
  }

  function update(): void {
    const entries = edgewise.receipts()
    const focused = focusedIn(section)
    const before = [...rows].find(([, { element: row }]) => row.contains(focused ?? null))?.[0]
    const items = entries.map(rowOf)
    const ids = new Set(entries.map(({ receipt }) => receipt.id))
    for (const id of rows.keys()) if (!ids.has(id)) rows.delete(id)
    arrange(list, items.slice(0, shown))
    arrange(earlierList, items.slice(shown))
    earlier.hidden = items.length <= shown
    none.hidden = items.length > 0
    if (focused && before !== undefined) focusAgain(focused, before)
  }

  /** Focus stays on the answer where it was, also where that was drawn anew or is an earlier one now. */
  function focusAgain(focused: HTMLElement, id: string): void {
    const row = rows.get(id)?.element
    if (!row) return title.focus()
    const target = row.contains(focused) ? focused : sameControl(row, focused)
    if (earlierList.contains(row)) earlier.open = true
    if (focusedIn(section) !== target) target?.focus({ preventScroll: true })
  }

  const title = element('h3', {
    text: texts.answers,
    attributes: { id: 'answers', tabindex: '-1' },
  })
  const section = element(
    'section',
    { part: 'section', attributes: { 'aria-labelledby': 'answers' } },
    title,
    none,
    list,
    earlier,
  )
  return { element: section, update }
}
