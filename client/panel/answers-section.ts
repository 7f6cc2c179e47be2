import type { ReceiptEntry } from '../types.ts'
import type { PanelContext, Section } from './context.ts'
import { button, element } from './element.ts'
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
  let drawn = ''

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

  function update(): void {
    const entries = edgewise.receipts()
    const canRepeat = entries[0] !== undefined && again(entries[0]) !== undefined
    const { consent, paused } = edgewise.state.value
    const key = JSON.stringify([entries, canRepeat, consent, paused])
    // Drawn only when something changed, so that opened details and focus stay.
    if (key === drawn) return
    drawn = key
    const items = entries.map(item)
    list.replaceChildren(...items.slice(0, shown))
    earlierList.replaceChildren(...items.slice(shown))
    earlier.hidden = items.length <= shown
    none.hidden = items.length > 0
  }

  const title = element('h3', { text: texts.answers, attributes: { id: 'answers' } })
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
