import { startGatePage } from '../../tools/gate-page.ts'
import { hasFull } from '../../tools/load-gate.ts'
import type { GateTimes, TierTimes, Times } from './timing.ts'

/** Times both tiers in Chromium, each beside the cosine baseline with the same encoder in the same run. */
export async function measureGate(plan: { warmup: number; runs: number }): Promise<GateTimes> {
  const site = await startGatePage({
    page: 'bench/gate/in-page.ts',
    'gate-worker': 'bench/gate/in-worker.ts',
  })
  try {
    const page = await site.open()
    return await page.evaluate((given) => window.measureGate(given), { ...plan, full: hasFull() })
  } finally {
    await site.close()
  }
}

const ms = (value: number) => (value < 1 ? value.toFixed(3) : value.toFixed(1))
const times = ({ p50, p95 }: Times) => `p50 ${ms(p50)} p95 ${ms(p95)} ms`
const ratio = ({ gate, cosine }: TierTimes) =>
  `x${(gate.p50 / cosine.p50).toFixed(2)} / x${(gate.p95 / cosine.p95).toFixed(2)} of its encoder with cosine (${times(cosine)})`

/** One line a tier. */
export function describeTimes({ lite, full, why }: GateTimes): string[] {
  return [
    `lite in Chromium: ${times(lite.gate)}, ${ratio(lite)}`,
    ...(full
      ? [`full in Chromium: ${times(full.gate)}, ${ratio(full)}; 12 facts ${times(full.facts)}`]
      : []),
    ...(why === undefined ? [] : [`full could not be timed: ${why}`]),
  ]
}
