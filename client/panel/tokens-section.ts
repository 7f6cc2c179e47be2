import { number, plural, type PanelContext, type Section } from './context.ts'
import { element } from './element.ts'
import { sumTokens } from './explain.ts'

/** Tokens spent on context, against the bare words of the whole profile on every turn. */
export function tokensSection(context: PanelContext): Section {
  const { edgewise, texts } = context
  const spent = element('dd')
  const whole = element('dd')
  const saved = element('dd')
  const note = element('p', { part: 'hint' })
  const section = element(
    'section',
    { part: 'section', attributes: { 'aria-labelledby': 'tokens' } },
    element('h3', { text: texts.tokens, attributes: { id: 'tokens' } }),
    element(
      'dl',
      { part: 'figures' },
      pair(texts.tokens_spent, spent, 'figure'),
      pair(texts.tokens_whole, whole, 'figure'),
      pair(texts.tokens_saved, saved, 'figure strong'),
    ),
    note,
  )
  function update(): void {
    const entries = edgewise.receipts()
    const sums = sumTokens(entries)
    spent.textContent = number(context, sums.spent)
    whole.textContent = number(context, sums.whole)
    saved.textContent = number(context, sums.saved)
    note.textContent = plural(context, 'tokens_note', entries.length)
    section.hidden = entries.length === 0
  }
  return { element: section, update }
}

const pair = (label: string, value: HTMLElement, part: string) =>
  element('div', { part }, element('dt', { text: label }), value)
