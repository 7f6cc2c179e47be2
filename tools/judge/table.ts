import { readMarkers, type Markers } from '../../shared/experiment/markers.ts'
import type { Judged } from './run.ts'
import { wilson, type Rate } from './score.ts'

/** The answers in figures, as a table of text. */
export function tableOf(judged: readonly Judged[]): string {
  const of = (kind: Judged['kind']) => judged.filter((line) => line.kind === kind)
  return [
    qualityTable(of('quality')),
    flipTable(of('flip')),
    quoteTable(of('quote')),
    markerTable(judged),
  ]
    .filter((part) => part !== '')
    .join('\n\n')
}

const mean = (values: readonly number[]): number =>
  values.length === 0 ? 0 : values.reduce((a, b) => a + b, 0) / values.length

function qualityTable(lines: readonly Judged[]): string {
  if (lines.length === 0) return ''
  const steps = Map.groupBy(lines, ({ budget }) => budget)
  const rows = [...steps].toSorted(([a], [b]) => a - b)
  let before: { tokens: number; score: number } | undefined
  const cells = rows.map(([budget, of]) => {
    const scores = of.flatMap(({ score }) => (score === undefined ? [] : [score]))
    const [score, tokens] = [mean(scores), mean(of.map((line) => line.tokens))]
    const added = before ? tokens - before.tokens : 0
    const gain = before && added > 0 ? (((score - before.score) / added) * 100).toFixed(3) : '-'
    before = { tokens, score }
    const spread = Math.sqrt(mean(scores.map((one) => (one - score) ** 2)))
    const error = scores.length > 1 ? (1.96 * spread) / Math.sqrt(scores.length - 1) : 0
    return [
      String(budget),
      tokens.toFixed(0),
      mean(of.map(({ input }) => input)).toFixed(0),
      `${score.toFixed(3)} +- ${error.toFixed(3)}`,
      gain,
      String(scores.length),
    ]
  })
  const head = ['budget', 'block tokens', 'prompt tokens', 'quality 0-1', 'gain per 100', 'answers']
  return columns([head, ...cells])
}

function flipTable(lines: readonly Judged[]): string {
  if (lines.length === 0) return ''
  const plain = lines.filter(({ chance }) => chance !== undefined)
  const personal = lines.filter(({ flipped }) => flipped !== undefined)
  const right = (some: readonly Judged[]) => some.filter((line) => line.right !== undefined)
  const row = (name: string, some: readonly Judged[], is: (line: Judged) => boolean) =>
    rateRow(name, wilson(some.filter(is).length, some.length))
  return columns([
    rateHead('claims'),
    row('flipped by the profile', personal, ({ flipped }) => flipped === true),
    row('flipped by chance', plain, ({ chance }) => chance === true),
    row('right without profile', right(plain), (line) => line.right === true),
    row('right with profile', right(personal), (line) => line.right === true),
    row('no choice could be read', lines, ({ choice }) => choice === undefined),
  ])
}

function quoteTable(lines: readonly Judged[]): string {
  if (lines.length === 0) return ''
  const row = (name: string, some: readonly Judged[]) =>
    rateRow(name, wilson(some.filter(({ quoted = [] }) => quoted.length > 0).length, some.length))
  return columns([
    rateHead('profile quoted unasked'),
    row(
      'with profile',
      lines.filter(({ budget }) => budget > 0),
    ),
    row(
      'without profile',
      lines.filter(({ budget }) => budget === 0),
    ),
  ])
}

/** Of all answers: does a profile make the model refuse, or agree first? */
function markerTable(lines: readonly Judged[]): string {
  if (lines.length === 0) return ''
  const row = (name: keyof Markers, personal: boolean) => {
    const some = lines.filter(({ budget }) => budget > 0 === personal)
    const count = some.filter(({ answer }) => readMarkers(answer)[name]).length
    return rateRow(`${name} ${personal ? 'with' : 'without'} profile`, wilson(count, some.length))
  }
  return columns([
    rateHead('words of the answers'),
    row('refusal', true),
    row('refusal', false),
    row('agreement', true),
    row('agreement', false),
  ])
}

const rateHead = (name: string) => [name, 'share', '95% interval', 'answers']
const rateRow = (name: string, { n, share, low, high }: Rate) => [
  name,
  share.toFixed(3),
  `${low.toFixed(3)} to ${high.toFixed(3)}`,
  String(n),
]

/** Columns as wide as their widest cell; the first to the left, the others to the right. */
function columns(rows: readonly (readonly string[])[]): string {
  const widths = (rows[0] ?? []).map((_, i) => Math.max(...rows.map((row) => row[i]?.length ?? 0)))
  return rows
    .map((row) =>
      row
        .map((cell, i) => (i === 0 ? cell.padEnd(widths[i] ?? 0) : cell.padStart(widths[i] ?? 0)))
        .join('  ')
        .trimEnd(),
    )
    .join('\n')
}
