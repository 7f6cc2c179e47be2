import type { PanelContext, Section } from './context.ts'
import { element } from './element.ts'
import { describeRules } from './rules.ts'

/** Which layer decided what holds for this visit; hidden where all is at its default. */
export function rulesSection({ edgewise, texts, locale }: PanelContext): Section {
  const list = element('ul', { part: 'rules' })
  const section = element(
    'section',
    { part: 'section', attributes: { 'aria-labelledby': 'rules' } },
    element('h3', { text: texts.rules, attributes: { id: 'rules' } }),
    list,
    element('p', { text: texts.rules_help, part: 'hint' }),
  )
  let drawn = ''
  function update(): void {
    const lines = describeRules(edgewise.state.value.rules, texts, locale)
    section.hidden = lines.length === 0
    if (lines.join('\n') === drawn) return
    drawn = lines.join('\n')
    list.replaceChildren(...lines.map((text) => element('li', { text })))
  }
  return { element: section, update }
}
