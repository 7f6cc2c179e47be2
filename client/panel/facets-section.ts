import { styleFacets } from '../../shared/style.ts'
import type { KnownFact } from '../types.ts'
import { dayOf, type Known, type PanelContext } from './context.ts'
import { element } from './element.ts'
import { fill, type TextKey } from './texts.ts'

export type FacetsSection = {
  element: HTMLElement
  update(known: Known): void
  forget(): void
}

type Facet = { label: string; value: string; from: string }

/** The fixed phrases of style, by the name of their text. */
const phrases: Readonly<Record<string, TextKey>> = {
  brief: 'facet_brief',
  thorough: 'facet_thorough',
  'expert level, skip basics': 'facet_expert',
  'plain words, no jargon': 'facet_plain',
  formal: 'facet_formal',
  friendly: 'facet_friendly',
  direct: 'facet_direct',
  'bullet points': 'facet_bullets',
  'tables where they fit': 'facet_tables',
  'code first': 'facet_code',
  prose: 'facet_prose',
}

const styles = ['length', 'level', 'tone', 'format'] as const

/** What follows from the facts for answers, and from which; to be read only, hidden where nothing does. */
export function facetsSection(context: PanelContext): FacetsSection {
  const { texts } = context
  const list = element('dl', { part: 'facets' })
  const section = element(
    'section',
    { part: 'section', attributes: { 'aria-labelledby': 'facets' } },
    element('h3', { text: texts.facets, attributes: { id: 'facets' } }),
    list,
    element('p', { text: texts.facets_help, part: 'hint' }),
  )
  section.hidden = true
  let drawn = ''

  function read({ facts, facets }: Known): Facet[] {
    const byId = new Map(facts.map((fact) => [fact.id, fact]))
    const source = (fact: KnownFact | undefined) =>
      fact ? fill(texts.facet_from, { fact: fact.text }) : ''
    const style = styles.flatMap((name): Facet[] => {
      const phrase = facets.style[name]
      if (!phrase) return []
      const key = phrases[phrase]
      const fact = facts.filter((one) => says(one, name, phrase)).toSorted(newestFirst)[0]
      return [
        { label: texts[`facet_${name}`], value: key ? texts[key] : phrase, from: source(fact) },
      ]
    })
    const expertise = facets.expertise.map(({ area, level, fact }) => ({
      label: area,
      value: texts[`knows_${level}`],
      from: source(byId.get(fact)),
    }))
    const goals = facets.goals.flatMap(({ fact: id, due }): Facet[] => {
      const fact = byId.get(id)
      // A goal without an end says no more than its fact.
      if (!fact || due === undefined) return []
      const end = fill(texts.facet_due, { date: dayOf(context, due) })
      const from = `${end} · ${texts[`source_${fact.source}`]}`
      return [{ label: texts.facet_goal, value: fact.text, from }]
    })
    return [...style, ...expertise, ...goals]
  }

  function update(known: Known): void {
    const lines = read(known)
    section.hidden = lines.length === 0
    if (JSON.stringify(lines) === drawn) return
    drawn = JSON.stringify(lines)
    list.replaceChildren(
      ...lines.map(({ label, value, from }) =>
        element(
          'div',
          { part: 'facet' },
          element('dt', { text: label }),
          element('dd', { text: value }),
          ...(from ? [element('dd', { text: from, part: 'facet-source' })] : []),
        ),
      ),
    )
  }
  function forget(): void {
    section.hidden = true
    drawn = ''
    list.replaceChildren()
  }
  return { element: section, update, forget }
}

const says = (
  { category, status, text }: KnownFact,
  name: (typeof styles)[number],
  phrase: string,
) => category === 'style' && status === 'active' && styleFacets(text)[name] === phrase

const newestFirst = (a: KnownFact, b: KnownFact) => b.lastSeen - a.lastSeen
