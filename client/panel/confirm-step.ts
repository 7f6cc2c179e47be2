import { button, element } from './element.ts'
import type { Texts } from './texts.ts'

type Step = {
  label: string
  question: string
  yes: string
  texts: Texts
  /** Answers what is said afterwards; an empty text says nothing. */
  act: () => Promise<void>
}

/**
 * A button that asks before it acts, in its own place: focus moves to the question's answers and comes
 * back to the button; Escape is a no.
 */
export function confirmStep({ label, question, yes, texts, act }: Step): HTMLElement {
  const trigger = button(label, ask)
  const place = element('div', { part: 'confirm' }, trigger)

  function ask(): void {
    const confirm = button(yes, () => void accept(), 'danger')
    const group = element(
      'div',
      {
        part: 'question',
        attributes: { role: 'group', 'aria-label': question },
        on: { keydown: (event) => event instanceof KeyboardEvent && onKey(event) },
      },
      element('p', { text: question, part: 'question-text' }),
      element('div', { part: 'row' }, confirm, button(texts.cancel, close, 'quiet')),
    )
    place.replaceChildren(group)
    confirm.focus()

    async function accept(): Promise<void> {
      confirm.disabled = true
      await act()
      close()
    }
  }
  function onKey(event: KeyboardEvent): void {
    if (event.key !== 'Escape') return
    event.stopPropagation()
    close()
  }
  function close(): void {
    place.replaceChildren(trigger)
    trigger.focus()
  }
  return place
}
