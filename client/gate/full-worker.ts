import { createFullGate, type FullGate } from '../../shared/gate/full.ts'
import { readVocabulary } from '../../shared/gate/vocabulary.ts'
import type { FromWorker, ToWorker } from './messages.ts'
import { openModelCache } from './model-cache.ts'
import { createQueue } from './queue.ts'
import { loadTransformer } from './transformer.ts'

/** The large gate's worker: the composition root of this realm. */
const say = (message: FromWorker) => postMessage(message)
const queue = createQueue(say)

addEventListener('message', ({ data }: MessageEvent<ToWorker>) => {
  if (data.kind === 'start') start(data).then(queue.open, giveUp)
  else queue.add(data)
})

const giveUp = (cause: unknown) => say({ kind: 'failed', reason: String(cause) })

async function start({
  base,
  config,
  cache,
}: Extract<ToWorker, { kind: 'start' }>): Promise<FullGate> {
  const models = `${base}models/`
  const kept = cache ? await openModelCache(config.tiers.full?.version ?? '') : undefined
  const get = async (file: string) => {
    const response = await fetch(`${models}full/${file}`, { credentials: 'omit' })
    if (!response.ok) throw new Error(`models/full/${file} answered ${response.status}`)
    return response
  }
  const [run, tokenizer, pair] = await Promise.all([
    loadTransformer({
      models,
      wasm: `${base}wasm/`,
      ...(kept ? { cache: kept } : {}),
      onProgress: (progress) => say({ kind: 'progress', ...progress }),
    }),
    get('tokenizer.json').then((response): Promise<unknown> => response.json()),
    get('pair.bin').then((response) => response.arrayBuffer()),
  ])
  const gate = createFullGate({ run, vocabulary: readVocabulary(tokenizer), pair, config }, () =>
    performance.now(),
  )
  // The first run is slow, as memory and code are made ready: nobody should wait for it.
  await gate.decide(
    { query: 'hello', history: [], notes: [], facts: [] },
    { mode: 'balanced', maxFacts: 0, blocked: [] },
  )
  return gate
}
