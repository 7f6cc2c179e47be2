import type { GateConfig } from '../../shared/gate/config.ts'
import { createLiteReader } from '../../shared/gate/lite-reader.ts'
import { createLiteGate } from '../../shared/gate/lite.ts'
import { similarity } from '../../tools/evaluate/similarity.ts'
import { facts, nthQuery } from './queries.ts'
import { takeTurns, type GateTimes, type TierTimes } from './timing.ts'

export type Plan = { warmup: number; runs: number; full: boolean }

declare global {
  interface Window {
    measureGate: (plan: Plan) => Promise<GateTimes>
  }
}

const now = () => performance.now()
const options = { mode: 'balanced' as const, maxFacts: 5, blocked: [] }

window.measureGate = async (plan) => {
  const [weights, config] = await Promise.all([
    fetch('/models/lite.bin').then((response) => response.arrayBuffer()),
    fetch('/models/gate.json').then((response): Promise<GateConfig> => response.json()),
  ])
  const lite = await measureLite(weights, config, plan)
  return plan.full ? { lite, ...(await measureFull(config, plan)) } : { lite }
}

async function measureLite(
  weights: ArrayBuffer,
  config: GateConfig,
  plan: Plan,
): Promise<TierTimes> {
  const gate = createLiteGate(weights, config, now)
  const reader = createLiteReader(weights, config)
  gate.prepare(facts)
  const sides = reader.readFacts(facts)
  return await takeTurns(
    {
      gate: (i) => gate.decide({ query: nthQuery(i), history: [], notes: [], facts }, options),
      cosine(i) {
        const { vector } = reader.readRequest({ query: nthQuery(i), history: [], notes: [] })
        return sides.map((side) => side && similarity(vector.vector, side.vector))
      },
    },
    plan,
  )
}

/** In a worker, as in a page. */
function measureFull(config: GateConfig, plan: Plan): Promise<Omit<GateTimes, 'lite'>> {
  const worker = new Worker('/gate-worker.js', { type: 'module' })
  worker.postMessage({ config, plan }, [])
  return new Promise((resolve, reject) => {
    worker.addEventListener('message', ({ data }: MessageEvent<Omit<GateTimes, 'lite'>>) =>
      resolve(data),
    )
    worker.addEventListener('error', () => reject(new Error('the worker failed')))
  })
}
