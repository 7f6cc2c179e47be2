import type { ReceiptEntry } from '../types.ts'
import { element } from './element.ts'
import { explain } from './explain.ts'
import type { Texts } from './texts.ts'

/** One receipt as its reader sees it: a sentence, what was attached, and details on demand. */
export function receiptView(entry: ReceiptEntry, texts: Texts, locale: string): HTMLElement {
  const { sentence, facts, notes, details } = explain(entry, texts, locale)
  const view = element('div', {
    part: `receipt ${entry.receipt.why === 'attached' ? 'attached' : 'plain'}`,
  })
  view.append(element('p', { text: sentence, part: 'sentence' }))
  const attached = [...facts, ...notes]
  if (attached.length > 0) {
    const items = attached.map((text) => element('li', { text }))
    view.append(element('ul', { part: 'attached-list' }, ...items))
  }
  const lines = details.map((text) => element('li', { text }))
  view.append(
    element(
      'details',
      { part: 'details' },
      element('summary', { text: texts.details }),
      element('ul', {}, ...lines),
    ),
  )
  return view
}
