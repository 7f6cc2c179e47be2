import type { Problem } from '../types.ts'
import type { PanelContext } from './context.ts'
import { element } from './element.ts'

/** What the user should know about the state things are in. Empty when all is well. */
export function createNotices({ edgewise, texts }: PanelContext): {
  element: HTMLElement
  update(partial: Problem | undefined): void
} {
  const list = element('div', { part: 'notices' })
  let drawn = ''
  function update(partial: Problem | undefined): void {
    const { storage, gpc, off, session, consent } = edgewise.state.value
    const lines = [
      storage === 'blocked' ? texts.notice_blocked : '',
      gpc && consent !== 'edge' ? texts.notice_gpc : '',
      off ? texts.notice_org_off : '',
      session.status === 'failed' ? texts.notice_failed : partial ? texts.notice_partial : '',
    ].filter((line) => line !== '')
    if (lines.join('\n') === drawn) return
    drawn = lines.join('\n')
    list.replaceChildren(...lines.map((text) => element('p', { text, part: 'notice' })))
  }
  return { element: list, update }
}
