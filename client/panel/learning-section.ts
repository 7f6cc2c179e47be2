import { Category } from '../../shared/schema/fact.ts'
import { problemText, type PanelContext, type Section } from './context.ts'
import { element } from './element.ts'
import { createSwitch } from './switch.ts'
import { fill } from './texts.ts'

/** Whether anything is learned, and of which kinds; a switch holds at once, here and at the edge. */
export function learningSection({ edgewise, texts, announce, refresh }: PanelContext): Section {
  const help = element('p', { part: 'hint', attributes: { id: 'learn-help' } })
  const main = createSwitch(texts.learn, (on) => void choose(on), 'learn-help')
  const kinds = Category.options.map((category) => ({
    category,
    control: createSwitch(texts[`category_${category}`], (on) => void block(category, !on)),
  }))

  async function choose(on: boolean): Promise<void> {
    const result = await edgewise.learning(on ? 'on' : 'off')
    const said = on ? texts.said_learn_on : texts.said_learn_off
    announce(result.ok ? said : problemText(texts, result.problem))
    refresh()
  }

  async function block(category: Category, isBlocked: boolean): Promise<void> {
    const others = edgewise.state.value.learning.blocked.filter((one) => one !== category)
    const result = await edgewise.learning({ blocked: isBlocked ? [...others, category] : others })
    const said = fill(isBlocked ? texts.said_unwanted : texts.said_wanted, {
      category: texts[`category_${category}`],
    })
    announce(result.ok ? said : problemText(texts, result.problem))
    refresh()
  }

  const section = element(
    'section',
    { part: 'section', attributes: { 'aria-labelledby': 'learning' } },
    element('h3', { text: texts.learning, attributes: { id: 'learning' } }),
    main.element,
    help,
    element(
      'details',
      { part: 'kinds' },
      element('summary', { text: texts.unwanted }),
      element('p', { text: texts.unwanted_help, part: 'hint' }),
      element('div', { part: 'kind-list' }, ...kinds.map(({ control }) => control.element)),
    ),
  )

  function update(): void {
    const { learning, consent } = edgewise.state.value
    main.set(learning.learn)
    help.textContent = !learning.learn
      ? texts.learn_off
      : consent === 'memory'
        ? texts.learn_waits
        : texts.learn_on
    for (const { category, control } of kinds) control.set(!learning.blocked.includes(category))
  }
  return { element: section, update }
}
