import type { Consent } from '../types.ts'
import { problemText, type PanelContext, type Section } from './context.ts'
import { element } from './element.ts'
import { fill } from './texts.ts'

const choices: readonly Consent[] = ['memory', 'device', 'edge']

/** The three states of consent, explained; a choice holds at once. */
export function consentSection({ edgewise, texts, announce, refresh }: PanelContext): Section {
  const unanswered = element('p', { text: texts.consent_unanswered, part: 'hint' })
  const down = element('p', { text: texts.consent_down, part: 'hint' })
  down.hidden = true
  const fieldset = element(
    'fieldset',
    { part: 'choices' },
    element('legend', { text: texts.consent, part: 'legend' }),
    unanswered,
  )
  const inputs = choices.map((choice) => {
    const input = element('input', {
      attributes: { type: 'radio', name: 'consent', value: choice },
      on: { change: () => void choose(choice) },
    })
    input.setAttribute('aria-labelledby', `consent-${choice}`)
    input.setAttribute('aria-describedby', `consent-${choice}-help`)
    const help = element('span', {
      text: texts[`consent_${choice}_help`],
      part: 'choice-help',
      attributes: { id: `consent-${choice}-help` },
    })
    const label = element('span', {
      text: texts[`consent_${choice}`],
      part: 'choice-label',
      attributes: { id: `consent-${choice}` },
    })
    fieldset.append(element('label', { part: 'choice' }, input, element('span', {}, label, help)))
    return input
  })
  fieldset.append(down)

  let choosing: Consent | undefined
  async function choose(choice: Consent): Promise<void> {
    const before = edgewise.state.value.consent
    choosing = choice
    const result = await edgewise.consent(choice)
    choosing = undefined
    if (result.ok) {
      down.hidden = !(before === 'edge' && choice !== 'edge')
      announce(fill(texts.said_consent, { choice: texts[`consent_${choice}`] }))
    } else announce(problemText(texts, result.problem))
    refresh()
  }

  function update(): void {
    const { consent, answered } = edgewise.state.value
    unanswered.hidden = answered
    // What was just chosen stays so until it holds.
    for (const input of inputs) input.checked = input.value === (choosing ?? consent)
  }
  function forget(): void {
    down.hidden = true
  }
  return { element: element('section', { part: 'section' }, fieldset), update, forget }
}
