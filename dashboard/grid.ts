import type { Figures, MetricsReport } from '../shared/schema/metrics.ts'

import { isOfDays, time } from './format.ts'
import type { Plot } from './plot.ts'

/** Points of equal distance over the whole time: where nothing happened, the point has no figures. */
export type Grid = { axis: Pick<Plot, 'xs' | 'showX' | 'isTime' | 'isOfDays'>; points: Point[] }
type Point = Figures & { at: number }

export function gridOf({ from, to, step, points: seen }: MetricsReport): Grid {
  const known = new Map(seen.map((point) => [point.at, point]))
  const length = step * 1000
  const first = Math.floor(from / length) * length
  const points: Point[] = []
  for (let at = first; at < to; at += length) {
    points.push(known.get(at) ?? { at, counts: {}, quantiles: {} })
  }
  const showX = (seconds: number) => time(seconds * 1000, step)
  const xs = points.map(({ at }) => at / 1000)
  return { axis: { xs, showX, isTime: true, isOfDays: isOfDays(step) }, points }
}

/** Points at which something happened, the newest first. */
export const happened = ({ points }: Pick<MetricsReport, 'points'>) => points.toReversed()
