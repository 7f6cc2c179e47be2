import type { ClearScope } from '../types.ts'
import { confirmStep } from './confirm-step.ts'
import { problemText, type PanelContext, type Section } from './context.ts'
import { button, element } from './element.ts'
import { createProof } from './proof.ts'

/** Export, and the three ways to clear. Each asks first, in its own place. */
export function dataSection(context: PanelContext): Section {
  const { edgewise, texts, announce, refresh } = context
  const proof = createProof(context)
  async function clear(scope: ClearScope): Promise<void> {
    const result = await edgewise.clear(scope)
    const done = scope === 'everything' ? texts.said_forgotten : texts.said_cleared
    announce(result.ok ? done : problemText(texts, result.problem))
    if (result.ok && result.value.erasure) proof.show(result.value.erasure)
    refresh()
  }
  const step = (scope: ClearScope) =>
    confirmStep({
      label: texts[`clear_${scope}`],
      question: texts[`clear_${scope}_ask`],
      yes: scope === 'everything' ? texts.clear_everything_yes : texts.clear_yes,
      texts,
      act: () => clear(scope),
    })
  async function save(): Promise<void> {
    try {
      download(JSON.stringify(await edgewise.export(), undefined, 2))
      announce(texts.said_exported)
    } catch {
      // Its code could not be fetched.
      announce(problemText(texts, { code: 'internal' }))
    }
  }
  const section = element(
    'section',
    { part: 'section', attributes: { 'aria-labelledby': 'data' } },
    element('h3', { text: texts.data, attributes: { id: 'data' } }),
    element(
      'div',
      { part: 'stack' },
      button(texts.export, () => void save()),
      step('session'),
      step('device'),
      step('everything'),
    ),
    proof.element,
  )
  return { element: section, update: () => {}, forget: () => proof.forget() }
}

function download(json: string): void {
  const url = URL.createObjectURL(new Blob([json], { type: 'application/json' }))
  const link = element('a', { attributes: { href: url, download: 'what-is-known.json' } })
  link.click()
  // The browser has taken the file over by the next task.
  setTimeout(() => URL.revokeObjectURL(url), 0)
}
