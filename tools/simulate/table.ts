/** Rows of cells as aligned text, the first column to the left, numbers to the right. */
export function renderTable(rows: readonly (readonly string[])[]): string {
  const widths: number[] = []
  for (const row of rows) {
    for (const [i, cell] of row.entries()) widths[i] = Math.max(widths[i] ?? 0, cell.length)
  }
  const line = (row: readonly string[]) =>
    row
      .map((cell, i) => (i === 0 ? cell.padEnd(widths[i] ?? 0) : cell.padStart(widths[i] ?? 0)))
      .join('  ')
      .trimEnd()
  return rows.map(line).join('\n')
}

/** The same as Markdown. */
export function renderMarkdown([head = [], ...rows]: readonly (readonly string[])[]): string {
  const rule = head.map((_, i) => (i === 0 ? '---' : '---:'))
  return [head, rule, ...rows].map((cells) => `| ${cells.join(' | ')} |`).join('\n')
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
