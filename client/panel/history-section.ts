import type { KnownChange } from '../types.ts'
import { number, problemText, type PanelContext, type Section } from './context.ts'
import { button, element } from './element.ts'
import { readWhenOpen } from './reading.ts'
import { fill } from './texts.ts'

/** What has changed, when and by whom, here and at the edge; each change can be taken back. */
export function historySection(context: PanelContext): Section {
  const { edgewise, texts, locale, announce, refresh } = context
  const time = new Intl.DateTimeFormat(locale, { dateStyle: 'medium', timeStyle: 'short' })
  const title = element('h3', {
    text: texts.history,
    attributes: { id: 'history', tabindex: '-1' },
  })

  function sentence({ action, before, after, category }: KnownChange): string {
    const gone = fill(texts.history_gone, { category: texts[`category_${category}`] })
    return fill(texts[`change_${action}`], { fact: (after ?? before)?.text ?? gone })
  }

  function item(change: KnownChange): HTMLElement {
    const said = sentence(change)
    const { after, before, where, cause, at } = change
    const source = (after ?? before)?.source
    const parts = [
      time.format(at),
      texts[`cause_${cause}`],
      ...(cause === 'learned' && source ? [texts[`source_${source}`]] : []),
      texts[`where_${where}`],
    ]
    const meta = parts.map((text) => element('span', { text, part: 'meta' }))
    const row = element(
      'li',
      { part: 'change' },
      element('p', { text: said, part: 'fact-text' }),
      element('p', { part: 'fact-meta' }, ...meta),
    )
    if (before || after) {
      const undo = button(texts.undo, () => void take(), 'quiet small')
      undo.setAttribute('aria-label', fill(texts.undo_named, { change: said }))
      row.append(undo)
    }
    async function take(): Promise<void> {
      const result = await edgewise.facts.undo(change.id)
      if (!result.ok) return announce(problemText(texts, result.problem))
      announce(fill(texts.said_undone, { change: said }))
      title.focus()
      log.update()
      refresh()
    }
    return row
  }

  async function read(): Promise<HTMLElement[]> {
    const { changes, problem } = await edgewise.facts.history().catch(() => ({
      changes: [],
      problem: { code: 'internal' as const },
    }))
    const items = changes.map(item)
    if (problem) items.unshift(element('li', { text: texts.notice_partial, part: 'hint' }))
    else if (items.length === 0)
      items.push(element('li', { text: texts.history_none, part: 'hint' }))
    return items
  }

  const log = readWhenOpen(texts.history_show, read)
  const audit = auditLog(context)
  const section = element(
    'section',
    { part: 'section', attributes: { 'aria-labelledby': 'history' } },
    title,
    log.element,
    element('h4', { text: texts.audit }),
    audit.element,
  )
  function forget(): void {
    log.forget()
    audit.forget()
  }
  return { element: section, update: log.update, forget }
}

/** Who read or changed what is kept at the edge. It is no reading of the facts, so it is read on demand only. */
function auditLog({ edgewise, texts, locale }: PanelContext) {
  const time = new Intl.DateTimeFormat(locale, { dateStyle: 'medium', timeStyle: 'short' })

  async function read(): Promise<HTMLElement[]> {
    const result = await edgewise.audit()
    if (!result.ok) {
      return [element('li', { text: problemText(texts, result.problem), part: 'hint' })]
    }
    const lines: { what: string; at: number; count: number }[] = []
    for (const { actor, action, at } of result.value) {
      const what = `${texts[`actor_${actor}`]}: ${actionName(action)}`
      const last = lines.at(-1)
      if (last?.what === what) last.count++
      else lines.push({ what, at, count: 1 })
    }
    if (lines.length === 0) return [element('li', { text: texts.audit_none, part: 'hint' })]
    return lines.map(({ what, at, count }) => {
      const text =
        count === 1 ? what : fill(texts.audit_times, { what, count: number({ locale }, count) })
      return element(
        'li',
        { part: 'change' },
        element('p', { text, part: 'fact-text' }),
        element('p', { text: time.format(at), part: 'fact-meta' }),
      )
    })
  }

  function actionName(action: string): string {
    const known: Readonly<Record<string, string>> = texts
    return known[`act_${action}`] ?? action
  }

  return readWhenOpen(texts.audit_show, read)
}
