import type { ReceiptEntry } from '../types.ts'
import { answersSection } from './answers-section.ts'
import { consentSection } from './consent-section.ts'
import { plural, type Known, type PanelContext } from './context.ts'
import { dataSection } from './data-section.ts'
import { element } from './element.ts'
import { facetsSection } from './facets-section.ts'
import { factsSection } from './facts-section.ts'
import { historySection } from './history-section.ts'
import { learningSection } from './learning-section.ts'
import { createNotices } from './notices.ts'
import { pendingSection } from './pending-section.ts'
import { questionsSection } from './questions-section.ts'
import { rulesSection } from './rules-section.ts'
import { tokensSection } from './tokens-section.ts'

export type PanelView = {
  element: HTMLElement
  /** Draws again; `known` is what the last reading of the facts gave. */
  update(known: Known | undefined): void
  /** The user has left: nothing of theirs is shown any more, while the parts stay. */
  forget(): void
}

type Again = (entry: ReceiptEntry) => (() => void) | undefined

/** The panel's parts in their order: what is known, what was done with it, where it is, how to end it. */
export function createPanelView(context: PanelContext, again: Again): PanelView {
  const { edgewise, texts } = context
  const summary = element('p', { part: 'summary' })
  const use = element('button', {
    part: 'switch',
    attributes: { type: 'button', role: 'switch', 'aria-describedby': 'use-help' },
    on: {
      click() {
        const { paused } = edgewise.state.value
        if (paused) edgewise.resume()
        else edgewise.pause()
        context.announce(paused ? texts.use_on : texts.use_off)
        context.refresh()
      },
    },
  })
  use.append(
    element('span', { text: texts.use, part: 'switch-label' }),
    element('span', { part: 'switch-track', attributes: { 'aria-hidden': 'true' } }),
  )
  const useHelp = element('p', { part: 'hint', attributes: { id: 'use-help' } })
  const notices = createNotices(context)
  const pending = pendingSection(context)
  const facts = factsSection(context)
  const questions = questionsSection(context, () => facts.focus())
  const facets = facetsSection(context)
  const sections = [
    answersSection(context, again),
    tokensSection(context),
    learningSection(context),
    consentSection(context),
    rulesSection(context),
    historySection(context),
    dataSection(context),
  ]
  const [answers, ...rest] = sections
  const view = element(
    'section',
    { part: 'panel', attributes: { 'aria-labelledby': 'title' } },
    element(
      'header',
      { part: 'header' },
      element('h2', { text: texts.title, part: 'title', attributes: { id: 'title' } }),
      summary,
      use,
      useHelp,
    ),
    notices.element,
    pending.element,
    questions.element,
    facts.element,
    facets.element,
    ...(answers ? [answers.element] : []),
    ...rest.map((section) => section.element),
  )

  function update(known: Known | undefined): void {
    const { paused, store } = edgewise.state.value
    use.setAttribute('aria-checked', String(!paused))
    useHelp.textContent = paused ? texts.use_off : texts.use_on
    summary.textContent = known
      ? `${plural(context, 'count', known.facts.length)}, ${texts[`store_${store}`]}`
      : texts.loading
    notices.update(known?.problem)
    pending.update(known?.facts ?? [])
    questions.update(known)
    if (known) facets.update(known)
    facts.update(known?.facts.filter(({ status }) => status !== 'pending'))
    for (const section of sections) section.update()
  }
  function forget(): void {
    facts.forget()
    facets.forget()
    questions.forget()
    for (const section of sections) section.forget?.()
    update(undefined)
  }
  return { element: view, update, forget }
}
