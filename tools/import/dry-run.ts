import { limits } from '../../shared/limits.ts'
import { sameText } from '../../shared/normalise.ts'
import type { ObservedFact } from '../../shared/schema/learning.ts'
import type { Item } from './entry.ts'
import type { Find } from './find-facts.ts'
import type { Progress } from './progress.ts'

type Counted = { fact: ObservedFact; times: number }
type Options = { find: Find; progress: Progress; examples: number }

/** What would be learned, in words; `examples`: facts that are shown of each category. */
export async function describeFacts(
  items: AsyncIterable<Item>,
  { find, progress, examples }: Options,
): Promise<string> {
  const known = new Map<string, Counted>()
  const leftOut: Record<string, number> = {}
  let read = 0
  for await (const item of items) {
    const found = await find(item)
    for (const fact of found.facts) {
      const key = `${fact.category}\n${sameText(fact.text)}`
      known.set(key, { fact, times: (known.get(key)?.times ?? 0) + 1 })
    }
    for (const why of found.leftOut) leftOut[why] = (leftOut[why] ?? 0) + 1
    progress.at(++read, `${known.size} facts`)
  }
  progress.end()
  const groups = Map.groupBy(known.values(), ({ fact }) => fact.category)
  const rows = [...groups].toSorted(([, a], [, b]) => b.length - a.length)
  const lines = rows.flatMap(([category, facts]) => {
    const shown = facts.toSorted((a, b) => b.times - a.times).slice(0, examples)
    const more = facts.length - shown.length
    return [
      `${category.padEnd(12)}${String(facts.length).padStart(6)}`,
      ...shown.map(({ fact, times }) => `    ${fact.text}${times > 1 ? `  (${times} times)` : ''}`),
      ...(more > 0 ? [`    and ${more} more`] : []),
    ]
  })
  const bound =
    known.size > limits.facts
      ? ` A self-model keeps ${limits.facts}: the most valuable stay, the rest leaves.`
      : ''
  return [
    ...lines,
    '',
    `${known.size.toLocaleString('en')} facts in ${read.toLocaleString('en')} texts.${bound}`,
    ...leftOutLine(leftOut),
    'Each would wait in the panel until its user approves it. Nothing was sent.',
    '',
  ].join('\n')
}

/** What was not taken, by reason; no line where there is nothing to tell. */
export function leftOutLine(leftOut: Readonly<Record<string, number>>): string[] {
  const parts = Object.entries(leftOut).map(([why, count]) => `${count} ${why}`)
  return parts.length === 0 ? [] : [`Left out: ${parts.join(', ')}.`]
}
