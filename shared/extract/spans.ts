import { isChinese } from '../gate/normalise.ts'
import type { SpanThresholds } from './config.ts'
import { labelColumns, type Tagging } from './port.ts'

/** A piece of the message; `label` is an index into the categories, `corrects` a change of state. */
export type Span = { start: number; end: number; score: number; label: number; corrects: boolean }

const firstLabel = 3
const correction = labelColumns - 1

/** The pieces that a model marks in a text: models/FORMAT.md, section 7, steps 2 to 6. */
export function findSpans(text: string, tagging: Tagging, limits: SpanThresholds): Span[] {
  const { begin, inside } = shares(tagging)
  return findRuns(inside, limits)
    .flatMap((run) => cutRun(run, begin, limits.begin))
    .flatMap(([from, to]) => {
      const count = to - from
      const isLong = count >= 2 || isChinese(text.codePointAt(tagging.starts[from] ?? 0) ?? 0)
      const score = inside.slice(from, to).reduce((sum, share) => sum + share, 0) / count
      if (!isLong || score < limits.span) return []
      const range = widen(text, tagging.starts[from] ?? 0, tagging.ends[to - 1] ?? 0)
      return range.start < range.end ? [{ ...range, score, ...labelOf(tagging, from, to) }] : []
    })
}

function shares({ labels, starts }: Tagging): { begin: number[]; inside: number[] } {
  const begin: number[] = []
  const inside: number[] = []
  for (let i = 0; i < starts.length; i++) {
    const [o = 1, b = 0, within = 0] = softmax(labels, i * labelColumns, firstLabel)
    begin.push(b)
    inside.push(Number.isFinite(o) ? b + within : 0)
  }
  return { begin, inside }
}

function softmax(values: ArrayLike<number>, from: number, count: number): number[] {
  let highest = -Infinity
  for (let i = 0; i < count; i++) highest = Math.max(highest, values[from + i] ?? 0)
  const powers = Array.from({ length: count }, (_, i) =>
    Math.exp((values[from + i] ?? 0) - highest),
  )
  const sum = powers.reduce((total, power) => total + power, 0)
  return powers.map((power) => power / sum)
}

type Run = [from: number, to: number]

function findRuns(inside: readonly number[], limits: SpanThresholds): Run[] {
  const runs: Run[] = []
  inside.forEach((share, i) => {
    if (share < limits.inside) return
    const last = runs.at(-1)
    if (last && i - last[1] <= limits.bridge) last[1] = i + 1
    else runs.push([i, i + 1])
  })
  return runs
}

function cutRun([from, to]: Run, begin: readonly number[], threshold: number): Run[] {
  const runs: Run[] = [[from, to]]
  for (let i = from + 1; i < to; i++) {
    if ((begin[i] ?? 0) < threshold) continue
    const last = runs.at(-1)
    if (last) last[1] = i
    runs.push([i, to])
  }
  return runs
}

function labelOf(
  { labels }: Tagging,
  from: number,
  to: number,
): { label: number; corrects: boolean } {
  const sums = Array.from({ length: labelColumns - firstLabel }, () => 0)
  for (let i = from; i < to; i++)
    softmax(labels, i * labelColumns + firstLabel, sums.length).forEach((share, label) => {
      sums[label] = (sums[label] ?? 0) + share
    })
  const categories = sums.slice(0, correction - firstLabel)
  const best = Math.max(...categories)
  return { label: categories.indexOf(best), corrects: (sums.at(-1) ?? 0) > best }
}

const wordCharacter = /[\p{L}\p{N}\p{M}]/u
const trimmed = /[\s,;.]/

/** Widens to whole words, then trims spaces and marks at both ends. Chinese has no spaces: no widening. */
function widen(text: string, from: number, to: number): { start: number; end: number } {
  let [start, end] = [from, to]
  const isWord = (at: number) =>
    wordCharacter.test(text[at] ?? '') && !isChinese(text.charCodeAt(at))
  while (start > 0 && isWord(start - 1) && isWord(start)) start--
  while (end < text.length && isWord(end) && isWord(end - 1)) end++
  while (start < end && trimmed.test(text[start] ?? '')) start++
  while (end > start && trimmed.test(text[end - 1] ?? '')) end--
  return { start, end }
}
