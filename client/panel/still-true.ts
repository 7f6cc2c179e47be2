import type { KnownFact } from '../types.ts'
import { age, type PanelContext } from './context.ts'
import { button, element } from './element.ts'
import { fill } from './texts.ts'

/** How well one knows something changes: after so long without a word on it the panel asks, ms. */
const ASK_AGAIN = 90 * 24 * 3600 * 1000

/** Whether a fact may well have changed since it was last said or confirmed. */
export const mayBeStale = ({ category, status, lastSeen }: KnownFact, now: number): boolean =>
  category === 'expertise' && status === 'active' && lastSeen > 0 && now - lastSeen > ASK_AGAIN

type Answers = { yes: () => void; no: () => void }

/** The question whether a fact still holds. */
export function stillTrue(
  context: PanelContext,
  fact: KnownFact,
  { yes, no }: Answers,
): HTMLElement {
  const { texts } = context
  const answer = (label: string, press: () => void, part: string) => {
    const made = button(label, press, part)
    made.setAttribute('aria-label', `${label}: ${fact.text}`)
    return made
  }
  return element(
    'div',
    { part: 'guess-question' },
    element('p', {
      text: fill(texts.still_true, { age: age(context, fact.lastSeen) }),
      part: 'choice-help guess',
    }),
    element(
      'div',
      { part: 'row' },
      answer(texts.still_yes, yes, 'small'),
      answer(texts.still_no, no, 'quiet small'),
    ),
  )
}
