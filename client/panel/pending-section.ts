import type { KnownFact, Result } from '../types.ts'
import { age, problemText, type PanelContext } from './context.ts'
import { button, element } from './element.ts'
import { fill, type TextKey } from './texts.ts'

export type PendingSection = { element: HTMLElement; update(facts: readonly KnownFact[]): void }

/** Facts that wait for a yes, each with where its words came from; hidden where there are none. */
export function pendingSection(context: PanelContext): PendingSection {
  const { edgewise, texts, announce, refresh } = context
  const title = element('h3', {
    text: texts.confirm,
    attributes: { id: 'confirm', tabindex: '-1' },
  })
  const list = element('ul', { part: 'facts' })
  const rows = new Map<string, HTMLElement>()

  function makeRow(fact: KnownFact): HTMLElement {
    const act = (label: TextKey, press: () => Promise<Result<unknown>>) => {
      const isYes = label !== 'decline'
      const made = button(texts[label], () => void run(), isYes ? '' : 'quiet')
      made.setAttribute('aria-label', `${texts[label]}: ${fact.text}`)
      async function run(): Promise<void> {
        const next = row.nextElementSibling ?? row.previousElementSibling
        made.disabled = true
        const result = await press()
        made.disabled = false
        if (!result.ok) return announce(problemText(texts, result.problem))
        announce(fill(isYes ? texts.said_approved : texts.said_declined, { fact: fact.text }))
        // Focus goes to the next one's yes, or to the heading, never to nowhere.
        const target = next?.isConnected ? next.querySelector('button') : null
        ;(target ?? title).focus()
        refresh()
      }
      return made
    }
    const edit = ({ vital }: { vital: boolean }) =>
      edgewise.facts.edit(fact.id, { status: 'active', vital })
    const meta = [
      texts[`category_${fact.category}`],
      texts[`source_${fact.source}`],
      age(context, fact.lastSeen),
    ]
    const row = element(
      'li',
      { part: 'fact' },
      element('p', { text: fact.text, part: 'fact-text' }),
      element(
        'p',
        { part: 'fact-meta' },
        ...meta.map((text) => element('span', { text, part: 'meta' })),
      ),
      element(
        'div',
        { part: 'row' },
        // What a rule has marked as important is kept so after a yes of its own only.
        ...(fact.vital ? [act('approve_vital', () => edit({ vital: true }))] : []),
        act('approve', () =>
          fact.vital ? edit({ vital: false }) : edgewise.facts.approve(fact.id),
        ),
        act('decline', () => edgewise.facts.decline(fact.id)),
      ),
    )
    return row
  }

  const section = element(
    'section',
    { part: 'section confirm-section', attributes: { 'aria-labelledby': 'confirm' } },
    title,
    element('p', { text: texts.confirm_help, part: 'hint' }),
    list,
  )
  section.hidden = true

  function update(facts: readonly KnownFact[]): void {
    const pending = facts.filter(({ status }) => status === 'pending')
    const keys = new Set(pending.map(keyOf))
    for (const [key, row] of rows) {
      if (keys.has(key)) continue
      rows.delete(key)
      row.remove()
    }
    for (const fact of pending) {
      if (rows.has(keyOf(fact))) continue
      const row = makeRow(fact)
      rows.set(keyOf(fact), row)
      list.append(row)
    }
    section.hidden = pending.length === 0
  }
  return { element: section, update }
}

/** A row that is the same stays where it is, and keeps its focus. */
const keyOf = ({ id, text, vital }: KnownFact) => JSON.stringify([id, text, vital])
