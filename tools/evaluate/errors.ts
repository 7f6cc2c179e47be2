import type { Samples } from './collect.ts'
import type { Sample } from './metrics.ts'

const listed = 12

const show = ({ score, kind, id = '' }: Sample) => `  ${score.toFixed(4)}  ${kind}  ${id}`

/** Where the errors lie: the best-scored negatives and the worst-scored positives of a set, by id. */
export function listErrors(samples: Samples, key: string): string {
  const own = (samples.get(key) ?? []).toSorted((a, b) => b.score - a.score)
  const wrong = own.filter(({ kind }) => kind !== 'positive').slice(0, listed)
  const missed = own.filter(({ kind }) => kind === 'positive').slice(-listed)
  return [
    `${key}: scored high`,
    ...wrong.map(show),
    `${key}: scored low`,
    ...missed.map(show),
  ].join('\n')
}
