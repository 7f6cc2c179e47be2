/**
 * A field's text, and for each of its UTF-16 units who wrote it: `t` typed, `p` pasted or dropped, `f` filled
 * in by the page, its address or the browser.
 */
export type Written = { text: string; marks: string }

export type Origins = ReturnType<typeof createOrigins>

type Field = HTMLTextAreaElement | HTMLInputElement

/** Texts kept of fields that were emptied since: an app may clear its field before it sends the message. */
const KEPT = 4

/** Tells what users have typed from what was pasted or filled in for them. Reads attached fields only. */
export function createOrigins() {
  const reading = new Set<() => Written>()
  const emptied: Written[] = []

  function watch(field: Field, signal: AbortSignal): void {
    if (signal.aborted) return
    let written: Written = { text: '', marks: '' }
    let pasted = false
    function follow(mark: string): void {
      const { value } = field
      if (value === written.text) return
      const next = rewrite(written, { value, caret: field.selectionEnd ?? value.length, mark })
      const isNew = next.marks === mark.repeat(value.length)
      if (isNew && written.text.trim() !== '') emptied.unshift(written)
      emptied.splice(KEPT)
      written = next
    }
    /** Whatever no event has told of was written by a script. */
    const read = () => {
      follow('f')
      return written
    }
    field.addEventListener('beforeinput', read, { signal })
    field.addEventListener(
      'input',
      (event) => {
        const mark = markOf(event, pasted)
        pasted ||= mark === 'p'
        follow(mark)
      },
      { signal },
    )
    reading.add(read)
    signal.addEventListener('abort', () => {
      emptied.unshift(read())
      reading.delete(read)
    })
    read()
  }

  return {
    watch,
    /** The longest text of a field that is part of this message; `undefined` where there is none. */
    of(message: string): Written | undefined {
      return [...Array.from(reading, (read) => read()), ...emptied]
        .filter(({ text }) => text.trim() !== '' && message.includes(text.trim()))
        .toSorted((a, b) => b.text.length - a.text.length)[0]
    },
  }
}

/** Events of scripts, and those without a kind (a browser's filling-in), are no typing. */
function markOf(event: Event, pasted: boolean): string {
  const kind = event instanceof InputEvent && event.isTrusted ? event.inputType : ''
  if (kind === '') return 'f'
  if (/^insertFrom(?!Comp)/.test(kind)) return 'p'
  // Undo and redo may bring back what was pasted.
  return pasted && kind.startsWith('history') ? 'p' : 't'
}

type Edit = { value: string; caret: number; mark: string }

/** The caret stands behind what was put in: all after it was there before. */
function rewrite({ text, marks }: Written, { value, caret, mark }: Edit): Written {
  let after = value.length - caret
  if (!text.endsWith(value.slice(caret))) after = 0
  const most = Math.min(text.length, value.length) - after
  let before = 0
  while (before < most && text[before] === value[before]) before++
  const put = mark.repeat(value.length - before - after)
  return { text: value, marks: marks.slice(0, before) + put + marks.slice(marks.length - after) }
}
