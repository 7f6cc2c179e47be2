import { languageName, statementsOf } from '../primer.ts'
import { problemText, type Known, type PanelContext } from './context.ts'
import { button, element } from './element.ts'

export type QuestionsSection = {
  element: HTMLElement
  update(known: Known | undefined): void
  forget(): void
}

/** Offered as the language of answers; the user's own word can name any other. */
const languages = [
  'en',
  'de',
  'fr',
  'es',
  'it',
  'pt',
  'nl',
  'pl',
  'tr',
  'ru',
  'ar',
  'hi',
  'zh',
  'ja',
]
/** Areas that one answer may name. */
const AREAS = 5

/**
 * Three questions, each optional, while nothing is known. Answers become facts in the user's name; `done`
 * is called when the questions go away, and takes the focus.
 */
export function questionsSection(context: PanelContext, done: () => void): QuestionsSection {
  const { edgewise, texts, locale, announce, refresh } = context
  const expertise = element('input', {
    part: 'field',
    attributes: {
      id: 'start-expertise',
      type: 'text',
      placeholder: texts.start_expertise_example,
      autocomplete: 'off',
      maxlength: '160',
    },
  })
  const length = select('start-length', [
    ['', texts.start_no_wish],
    ['brief', texts.start_brief],
    ['thorough', texts.start_thorough],
  ])
  const named = languages.map((tag) => [tag, languageName(tag, locale) ?? tag] as const)
  const language = select('start-language', [['', texts.start_own_language], ...named])
  const fields = [expertise, length, language]
  const error = element('p', { part: 'error', attributes: { role: 'alert' } })
  const save = element('button', {
    text: texts.start_save,
    part: 'button primary',
    attributes: { type: 'submit' },
  })
  let skipped = false

  function answers() {
    const areas = expertise.value.split(/[,;]/).map((area) => area.trim())
    const known = areas.filter((area) => area !== '').slice(0, AREAS)
    const size = length.value
    return statementsOf({
      expertise: Object.fromEntries(known.map((area) => [area, 'advanced' as const])),
      ...(size === 'brief' || size === 'thorough' ? { length: size } : {}),
      language: language.value,
    })
  }

  async function send(event: Event): Promise<void> {
    event.preventDefault()
    const said = answers()
    if (said.length === 0) return skip()
    save.disabled = true
    error.textContent = ''
    for (const statement of said) {
      const result = await edgewise.facts.add({ ...statement, source: 'typed' })
      if (result.ok) continue
      save.disabled = false
      error.textContent = problemText(texts, result.problem)
      return
    }
    save.disabled = false
    form.reset()
    leave(texts.said_start)
  }

  /** Until the panel is opened anew: before the user has agreed to anything, nothing may be written down. */
  function skip(): void {
    skipped = true
    leave(texts.said_skipped)
  }

  function leave(said: string): void {
    section.hidden = true
    announce(said)
    done()
    refresh()
  }

  const form = element(
    'form',
    {
      part: 'start-form',
      attributes: { novalidate: '' },
      on: { submit: (event) => void send(event) },
    },
    question(texts.start_expertise, expertise),
    question(texts.start_length, length),
    question(texts.start_language, language),
    error,
    element('div', { part: 'row' }, save, button(texts.start_skip, skip, 'quiet')),
  )
  const section = element(
    'section',
    {
      part: 'section confirm-section',
      attributes: { 'aria-labelledby': 'start', 'aria-describedby': 'start-help' },
    },
    element('h3', { text: texts.start, attributes: { id: 'start' } }),
    element('p', { text: texts.start_help, part: 'hint', attributes: { id: 'start-help' } }),
    form,
  )
  section.hidden = true

  function update(known: Known | undefined): void {
    if (!known || skipped) return
    const isCold = !known.problem && known.facts.length === 0
    // What the user is in the middle of stays.
    if (isCold || fields.every(({ value }) => value === '')) section.hidden = !isCold
  }
  /** Whoever comes is asked anew. */
  function forget(): void {
    section.hidden = true
    skipped = false
    error.textContent = ''
    form.reset()
  }
  return { element: section, update, forget }
}

const question = (label: string, field: HTMLElement) =>
  element(
    'div',
    { part: 'start-question' },
    element('label', { text: label, attributes: { for: field.id } }),
    field,
  )

const select = (id: string, options: readonly (readonly [value: string, label: string])[]) =>
  element(
    'select',
    { part: 'field', attributes: { id } },
    ...options.map(([value, text]) => element('option', { text, attributes: { value } })),
  )
