import type { PageMeasure } from '../../shared/experiment/results.ts'
import type { ReceiptEntry } from '../types.ts'
import type { PanelContext } from './context.ts'
import { button, element } from './element.ts'

const THUMB: PageMeasure = 'edgewise.thumb'

/**
 * "Was this helpful?", for an answer of an experiment whose user agreed to the edge: elsewhere the number
 * would be of no use. Asked once an answer; what was said stays in place of the question.
 */
export function createRating({ edgewise, texts, announce }: PanelContext) {
  const rated = new Set<string>()

  return function rating({ receipt }: ReceiptEntry): HTMLElement | undefined {
    if (!receipt.experiment || edgewise.state.value.consent !== 'edge') return undefined
    const view = element('p', {
      part: 'rating hint',
      text: texts.rating_thanks,
      attributes: { role: 'group', 'aria-label': texts.rating },
    })
    if (rated.has(receipt.id)) return view
    const say = (value: 0 | 1) => {
      rated.add(receipt.id)
      view.replaceChildren(texts.rating_thanks)
      announce(texts.rating_thanks)
      // A report that fails is tried again where it is sent, and then given up.
      edgewise.outcome(THUMB, value, { receipt: receipt.id }).catch(() => undefined)
    }
    view.replaceChildren(
      texts.rating,
      button(texts.rating_yes, () => say(1), 'small'),
      button(texts.rating_no, () => say(0), 'small'),
    )
    return view
  }
}
