import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import * as z from 'zod/mini'

const Value = z.union([z.number(), z.array(z.union([z.number(), z.null()])), z.null()])
const Figures = z.record(z.string(), Value)
const Part = z.optional(z.looseObject({ crossValidation: z.optional(Figures) }))
const GateJson = z.looseObject({ tiers: z.looseObject({ lite: Part, full: Part }) })

/** The training's own figures (5 folds, grouped by user, source and opening), as a Markdown table. */
export function addCrossValidation(folder: string): string {
  const { tiers } = GateJson.parse(JSON.parse(readFileSync(join(folder, 'gate.json'), 'utf8')))
  const { crossValidation: lite = {} } = tiers.lite ?? {}
  const { crossValidation: full = {} } = tiers.full ?? {}
  const names = [...new Set([...Object.keys(lite), ...Object.keys(full)])]
  if (names.length === 0) return ''
  const body = names.map((name) => `| ${name} | ${show(lite[name])} | ${show(full[name])} |`)
  return [
    '## Cross-validation on train',
    '',
    'Five folds, grouped by user, source and opening; written by the training. Thresholds were chosen here.',
    '',
    '| figure | lite | full |',
    '| --- | --- | --- |',
    ...body,
    '',
  ].join('\n')
}

function show(value: z.infer<typeof Value> | undefined): string {
  if (value === undefined || value === null) return ''
  if (typeof value === 'number') return String(value)
  const [first, ...rest] = value
  return value.length === 3 ? `${first} [${rest.join(' ')}]` : value.join(' / ')
}
