import type { PageMeasure } from '../../shared/experiment/results.ts'
import type { ReceiptEntry } from '../types.ts'
import type { Edgewise } from '../edgewise.ts'
import type { PanelContext } from './context.ts'
import { button, element } from './element.ts'

const THUMB: PageMeasure = 'edgewise.thumb'
/** Receipts that were rated in this page, in whichever panel. */
const ratedIn = new WeakMap<Edgewise, Set<string>>()

/**
 * "Was this helpful?", for an answer of an experiment whose user agreed to the edge and has not paused:
 * elsewhere the number would be of no use. Asked once an answer; what was said stays in place of the question.
 */
export function createRating({ edgewise, texts, announce }: PanelContext) {
  const rated = ratedIn.get(edgewise) ?? new Set<string>()
  ratedIn.set(edgewise, rated)

  return function rating({ receipt }: ReceiptEntry): HTMLElement | undefined {
    const { consent, paused } = edgewise.state.value
    if (!receipt.experiment || consent !== 'edge' || paused) return undefined
    const view = element('p', {
      part: 'rating hint',
      text: texts.rating_thanks,
      attributes: { role: 'group', 'aria-label': texts.rating, tabindex: '-1' },
    })
    if (rated.has(receipt.id)) return view
    const say = (value: 0 | 1) => {
      rated.add(receipt.id)
      view.replaceChildren(texts.rating_thanks)
      view.focus()
      announce(texts.rating_thanks)
      // A report that fails is tried again where it is sent, and then given up.
      edgewise.outcome(THUMB, value, { receipt: receipt.id }).catch(() => undefined)
      if (value === 0) void edgewise.takeBack(receipt.id)
    }
    view.replaceChildren(
      texts.rating,
      button(texts.rating_yes, () => say(1), 'small'),
      button(texts.rating_no, () => say(0), 'small'),
    )
    return view
  }
}
