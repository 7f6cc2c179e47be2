import { build } from '../client/page-element.ts'

/** Cells as text; the first column names the row. */
export type Table = {
  caption: string
  head: readonly string[]
  rows: readonly (readonly string[])[]
}

const nothing = ({ length }: readonly string[]): HTMLElement =>
  build(
    'tr',
    {},
    build('td', { text: 'Nothing in this time', attributes: { colspan: String(length) } }),
  )

/** The same numbers as in the plot beside it. A long table scrolls, and can be reached with Tab. */
export function showTable(place: HTMLElement, { caption, head, rows }: Table): void {
  const key = JSON.stringify([caption, head, rows])
  if (place.dataset['shown'] === key) return
  place.dataset['shown'] = key
  const cells = (texts: readonly string[]) =>
    texts.map((text, i) =>
      i === 0 ? build('th', { text, attributes: { scope: 'row' } }) : build('td', { text }),
    )
  const table = build(
    'table',
    {},
    build('caption', { class: 'hidden', text: caption }),
    build(
      'thead',
      {},
      build('tr', {}, ...head.map((text) => build('th', { text, attributes: { scope: 'col' } }))),
    ),
    build(
      'tbody',
      {},
      ...(rows.length > 0 ? rows.map((row) => build('tr', {}, ...cells(row))) : [nothing(head)]),
    ),
  )
  const scrolled = place.querySelector('.scroll')?.scrollTop ?? 0
  const region = build(
    'div',
    { class: 'scroll', attributes: { tabindex: '0', role: 'region', 'aria-label': caption } },
    table,
  )
  const focused = place.contains(document.activeElement)
  place.replaceChildren(region)
  region.scrollTop = scrolled
  if (focused) region.focus()
}
