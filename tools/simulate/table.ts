const pad = (cell: string, width: number, column: number): string =>
  column === 0 ? cell.padEnd(width) : cell.padStart(width)

/** Rows of cells as aligned text, the first column to the left, numbers to the right. */
export function renderTable(rows: readonly (readonly string[])[]): string {
  const widths: number[] = []
  for (const row of rows) {
    for (const [i, cell] of row.entries()) widths[i] = Math.max(widths[i] ?? 0, cell.length)
  }
  const line = (row: readonly string[]) =>
    row
      .map((cell, i) => pad(cell, widths[i] ?? 0, i))
      .join('  ')
      .trimEnd()
  return rows.map(line).join('\n')
}

/** The same as Markdown, padded as the formatter would have it. */
export function renderMarkdown([head = [], ...rows]: readonly (readonly string[])[]): string {
  const widths = head.map((_, i) =>
    Math.max(4, ...[head, ...rows].map((row) => row[i]?.length ?? 0)),
  )
  const rule = widths.map((width, i) => (i === 0 ? '-'.repeat(width) : `${'-'.repeat(width - 1)}:`))
  return [head, rule, ...rows]
    .map((row) => row.map((cell, i) => pad(cell, widths[i] ?? 0, i)).join(' | '))
    .map((line) => `| ${line} |`)
    .join('\n')
}

/** With thin groups of thousands, without decimals. */
export const whole = (value: number): string => Math.round(value).toLocaleString('en-US')

/** Dollars: cents where they matter. */
export const dollars = (value: number): string =>
  `$${value.toLocaleString('en-US', { minimumFractionDigits: value < 100 ? 2 : 0, maximumFractionDigits: value < 100 ? 2 : 0 })}`

/** A large count in powers of a thousand: 1.5M. */
export function short(value: number): string {
  const units = ['', 'k', 'M', 'G', 'T']
  let unit = 0
  let rest = value
  while (rest >= 1000 && unit < units.length - 1) {
    rest /= 1000
    unit++
  }
  const digits = rest >= 100 || unit === 0 ? (rest < 10 && rest % 1 !== 0 ? 1 : 0) : 1
  return `${rest.toFixed(digits)}${units[unit]}`
}
