import { element } from './element.ts'

/** A part that reads what it shows when it is opened, and again when something changed while it is open. */
export function readWhenOpen(summary: string, read: () => Promise<readonly HTMLElement[]>) {
  const list = element('ul', { part: 'log' })
  const details = element(
    'details',
    { on: { toggle: () => void update() } },
    element('summary', { text: summary }),
    list,
  )
  let reading = false
  let stale = false

  /** One reading at a time: what changes meanwhile is read once more. */
  async function update(): Promise<void> {
    stale = true
    if (reading || !details.open) return
    reading = true
    while (stale && details.open) {
      stale = false
      const items = await read()
      if (!stale) list.replaceChildren(...items)
    }
    reading = false
  }
  return {
    element: details,
    update: () => void update(),
    /** Closes it and drops what it shows, and what is being read. */
    forget(): void {
      stale = true
      details.open = false
      list.replaceChildren()
    },
  }
}
