import { fill, type Texts } from './texts.ts'

/** Who set what, by field, as the edge says it: `{budget: 'user', blocked: 'org+user'}`. */
export type Rules = Readonly<Record<string, string>>

/** The line of a receipt, `budget=user blocked=org+user`, by field. */
export const readRules = (line = ''): Rules =>
  Object.fromEntries(
    line.split(' ').flatMap((rule) => {
      const [field = '', layer = ''] = rule.split('=')
      return layer === '' ? [] : [[field, layer]]
    }),
  )

/** Each field that is not at its default, and who decided it, in words. */
export function describeRules(rules: Rules, texts: Texts, locale: string): string[] {
  const named: Readonly<Record<string, string>> = texts
  const list = new Intl.ListFormat(locale)
  const lines = Object.entries(rules).map(([field, layers]) => {
    // All facets of style are one field to a reader.
    const name = field.split('.')[0] ?? field
    const who = layers.split('+').map((layer) => named[`layer_${layer}`] ?? layer)
    return fill(texts.rule, { what: named[`rule_${name}`] ?? name, who: list.format(who) })
  })
  return [...new Set(lines)]
}
