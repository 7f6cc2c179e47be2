import type { Erasure } from '../types.ts'
import type { PanelContext } from './context.ts'
import { button, element } from './element.ts'
import { fill } from './texts.ts'

/** The edge's signed proof that everything was deleted, to be copied; kept nowhere else. */
export function createProof({ edgewise, texts, locale, announce }: PanelContext) {
  const place = element('div', { part: 'proof' })
  place.hidden = true

  async function copy(field: HTMLTextAreaElement): Promise<void> {
    try {
      await navigator.clipboard.writeText(field.value)
      announce(texts.said_copied)
    } catch {
      field.select()
      announce(fill(texts.problem, { reason: texts.problem_copy }))
    }
  }

  return {
    element: place,
    show(erasure: Erasure): void {
      const date = new Intl.DateTimeFormat(locale, { dateStyle: 'long', timeStyle: 'medium' })
      const folder = edgewise.endpoint.replace(/\/+$/, '').replace(/\/v1$/, '')
      const keys = new URL(`${folder}/v1/keys`, location.href).href
      const field = element('textarea', {
        part: 'field',
        attributes: { readonly: '', rows: '4', 'aria-labelledby': 'proof' },
      })
      field.value = JSON.stringify(erasure, undefined, 2)
      place.replaceChildren(
        element('h4', { text: texts.proof, attributes: { id: 'proof' } }),
        element('p', {
          text: fill(texts.proof_help, { date: date.format(erasure.at), keys }),
          part: 'hint',
        }),
        field,
        button(texts.proof_copy, () => void copy(field)),
      )
      place.hidden = false
    },
    forget(): void {
      place.hidden = true
      place.replaceChildren()
    },
  }
}
