import { loadTransformer } from '../../client/gate/transformer.ts'
import type { GateConfig } from '../../shared/gate/config.ts'
import { createFullReader, type FullParts } from '../../shared/gate/full-reader.ts'
import { createFullGate } from '../../shared/gate/full.ts'
import { readVocabulary } from '../../shared/gate/vocabulary.ts'
import { similarity } from '../../tools/evaluate/similarity.ts'
import type { Plan } from './in-page.ts'
import { facts, nthFacts, nthQuery } from './queries.ts'
import { takeTurns, toTimes, type GateTimes } from './timing.ts'

const options = { mode: 'balanced' as const, maxFacts: 5, blocked: [] }

addEventListener('message', ({ data }: MessageEvent<{ config: GateConfig; plan: Plan }>) => {
  measure(data).then(
    (full) => postMessage({ full }),
    (cause: unknown) => postMessage({ why: String(cause) }),
  )
})

async function measure({
  config,
  plan,
}: {
  config: GateConfig
  plan: Plan
}): Promise<GateTimes['full']> {
  const [run, tokenizer, pair] = await Promise.all([
    loadTransformer({ models: `${location.origin}/models/`, wasm: `${location.origin}/wasm/` }),
    fetch('/models/full/tokenizer.json').then((response): Promise<unknown> => response.json()),
    fetch('/models/full/pair.bin').then((response) => response.arrayBuffer()),
  ])
  const parts: FullParts = { run, vocabulary: readVocabulary(tokenizer), pair, config }
  const gate = createFullGate(parts, () => performance.now())
  const reader = createFullReader(parts)
  await gate.prepare(facts)
  const sides = await reader.readFacts(facts)
  const requests = await takeTurns(
    {
      gate: (i) => gate.decide({ query: nthQuery(i), history: [], notes: [], facts }, options),
      async cosine(i) {
        const { vector } = await reader.readRequest({ query: nthQuery(i), history: [], notes: [] })
        return sides.map((side) => side && similarity(vector.vector, side.vector))
      },
    },
    plan,
  )
  const batches: number[] = []
  for (let i = 0; i < 20; i++) {
    const start = performance.now()
    await reader.readFacts(nthFacts(i))
    batches.push(performance.now() - start)
  }
  return { ...requests, facts: toTimes(batches) }
}
