import type { Figure } from './bootstrap.ts'
import type { RowSpec, Target } from './rows.ts'

/** One row of the report: a figure for each system that has one. */
export type Line = { row: RowSpec; figures: ReadonlyMap<string, Figure> }

/** `met`; `open`: missed, but the interval reaches the target; `missed`: the interval lies wholly beyond. */
export type Verdict = 'met' | 'open' | 'missed'

export function judge(
  { value, low, high }: Figure,
  must: number,
  better: RowSpec['better'],
): Verdict {
  const isMet = better === 'higher' ? value >= must : value <= must
  if (isMet) return 'met'
  return (better === 'higher' ? high < must : low > must) ? 'missed' : 'open'
}

const number = (value: number) => value.toFixed(3).replace(/^(-?)0\./, '$1.')
const withInterval = ({ value, low, high }: Figure) =>
  `${number(value)} [${number(low)} ${number(high)}]`

function cell(
  figure: Figure | undefined,
  target: Target | undefined,
  better: RowSpec['better'],
): string {
  if (!figure) return ''
  const said = withInterval(figure)
  return target?.must === undefined ? said : `${said} ${judge(figure, target.must, better)}`
}

const goal = (target: Target | undefined, better: RowSpec['better']): string => {
  const sign = better === 'higher' ? '>=' : '<='
  const must = target?.must === undefined ? '' : `${sign} ${number(target.must)}`
  return target?.aim === undefined ? must : `${must} (${number(target.aim)})`.trim()
}

const isTier = (name: string): name is 'lite' | 'full' => name === 'lite' || name === 'full'

type Table = { head: string[]; body: string[][] }

function toTable(lines: readonly Line[], systems: readonly string[]): Table {
  return {
    head: ['figure', ...systems, 'lite must', 'full must (aim)'],
    body: lines.map(({ row, figures }) => [
      row.name,
      ...systems.map((name) =>
        cell(figures.get(name), isTier(name) ? row[name] : undefined, row.better),
      ),
      goal(row.lite, row.better),
      goal(row.full, row.better),
    ]),
  }
}

/** For a terminal: columns as wide as they need to be. */
export function toText(lines: readonly Line[], systems: readonly string[]): string {
  const { head, body } = toTable(lines, systems)
  const all = [head, ...body]
  const widths = head.map((_, column) =>
    Math.max(...all.map((cells) => cells[column]?.length ?? 0)),
  )
  return all
    .map((cells) =>
      cells
        .map((text, column) => text.padEnd(widths[column] ?? 0))
        .join('  ')
        .trimEnd(),
    )
    .join('\n')
}

const line = (cells: readonly string[]) => `| ${cells.map((text) => text.trim()).join(' | ')} |`

/** For `models/report.md`. */
export function toMarkdown(lines: readonly Line[], systems: readonly string[]): string {
  const { head, body } = toTable(lines, systems)
  return [line(head), line(head.map(() => '---')), ...body.map(line)].join('\n')
}

/** How many examples each row stands on. */
export function toSizes(lines: readonly Line[], system: string): string {
  return lines
    .flatMap(({ row, figures }) => {
      const figure = figures.get(system)
      return figure ? [`${row.name.trim()}: ${figure.positives} / ${figure.negatives}`] : []
    })
    .join('; ')
}
