import { limits } from '../../shared/limits.ts'
import { Category } from '../../shared/schema/fact.ts'
import { utf8Bytes } from '../../shared/tokens.ts'
import { isVital } from '../../shared/vital.ts'
import type { Problem, Result } from '../types.ts'
import { problemText } from './context.ts'
import { button, element } from './element.ts'
import { fill, type Texts } from './texts.ts'

type Draft = { text: string; category: Category; vital: boolean }

type FormOptions = {
  /** Tells the fields of two open forms apart. */
  name: string
  texts: Texts
  draft: Draft
  /** A refusal is shown in the form, which then stays. */
  submit: (draft: Draft) => Promise<Result<unknown>>
  cancel: () => void
}

/** The fields of one fact. Enter saves, Escape cancels; the mark `vital` is set by its own yes only. */
export function factForm({ name, texts, draft, submit, cancel }: FormOptions): HTMLFormElement {
  const id = (part: string) => `${name}-${part}`
  const text = element('textarea', {
    part: 'field',
    attributes: {
      id: id('text'),
      rows: '2',
      placeholder: texts.fact_example,
      'aria-describedby': id('error'),
    },
  })
  text.value = draft.text
  const category = element(
    'select',
    { part: 'field', attributes: { id: id('category') } },
    ...Category.options.map((value) =>
      element('option', { text: texts[`category_${value}`], attributes: { value } }),
    ),
  )
  category.value = draft.category
  const vital = element('input', {
    attributes: {
      type: 'checkbox',
      'aria-labelledby': id('vital'),
      'aria-describedby': id('help'),
    },
  })
  vital.checked = draft.vital
  const help = element('span', {
    part: 'choice-help',
    attributes: { id: id('help'), 'aria-live': 'polite' },
  })
  const error = element('p', { part: 'error', attributes: { id: id('error'), role: 'alert' } })
  const save = element('button', {
    text: texts.save,
    part: 'button primary',
    attributes: { type: 'submit' },
  })

  const selected = (): Category =>
    Category.options.find((c) => c === category.value) ?? 'preference'
  function hint(): void {
    const guess = !vital.checked && isVital(selected(), text.value)
    help.textContent = guess ? texts.fact_vital_guess : texts.fact_vital_help
    help.setAttribute('part', guess ? 'choice-help guess' : 'choice-help')
  }
  function reject(reason: string): void {
    error.textContent = fill(texts.problem, { reason })
    text.setAttribute('aria-invalid', 'true')
    text.focus()
  }
  function show(problem: Problem): void {
    error.textContent = problemText(texts, problem)
    text.focus()
  }
  async function send(event: Event): Promise<void> {
    event.preventDefault()
    const value = text.value.trim().replaceAll(/\s+/g, ' ')
    if (value === '') return reject(texts.problem_empty)
    if (utf8Bytes(value) > limits.factBytes) {
      return reject(fill(texts.problem_too_long, { bytes: limits.factBytes }))
    }
    save.disabled = true
    const result = await submit({ text: value, category: selected(), vital: vital.checked })
    save.disabled = false
    if (!result.ok) show(result.problem)
  }
  function onKey(event: Event): void {
    if (!(event instanceof KeyboardEvent)) return
    if (event.key === 'Escape') {
      event.stopPropagation()
      cancel()
    } else if (event.key === 'Enter' && event.target === text && !event.isComposing) {
      event.preventDefault()
      form.requestSubmit()
    }
  }

  const form = element(
    'form',
    {
      part: 'form',
      attributes: { novalidate: '' },
      on: { submit: (event) => void send(event), keydown: onKey, input: hint, change: hint },
    },
    element('label', { text: texts.fact_text, attributes: { for: id('text') } }),
    text,
    error,
    element('label', { text: texts.fact_category, attributes: { for: id('category') } }),
    category,
    element(
      'label',
      { part: 'choice' },
      vital,
      element(
        'span',
        {},
        element('span', {
          text: texts.fact_vital,
          part: 'choice-label',
          attributes: { id: id('vital') },
        }),
        help,
      ),
    ),
    element('div', { part: 'row' }, save, button(texts.cancel, cancel, 'quiet')),
  )
  hint()
  return form
}
