import { limits } from '../limits.ts'
import { toBatch, type EncoderBatch, type EncoderRow } from './batch.ts'
import { createCache } from './cache.ts'
import type { GateConfig } from './config.ts'
import { contextTokens, tokenIds } from './context-tokens.ts'
import { createComparison, type Side } from './pair.ts'
import type { GateFact } from './port.ts'
import { head, type Reader, type RequestReading } from './reader.ts'
import { readWeights } from './weights.ts'
import { createTokenizer, type Tokenizer } from './wordpiece.ts'

/** The graph's outputs, row major: `heads` [rows, 11], `vector` [rows, 384], `tokens` [rows, width, 20]. */
export type EncoderOutput = { heads: Float32Array; vector: Float32Array; tokens: Float32Array }

/** The transformer itself: onnxruntime in a worker or in Node. */
export type RunEncoder = (batch: EncoderBatch) => Promise<EncoderOutput>

export type FullReader = Reader<Side, Side> & {
  tokenize: Tokenizer
  /** Drops what is kept of facts and requests. */
  forget: () => void
}

export type FullParts = {
  run: RunEncoder
  /** `model.vocab` of `models/full/tokenizer.json`. */
  vocabulary: ReadonlyMap<string, number>
  /** `models/full/pair.bin`. */
  pair: ArrayBuffer
  config: GateConfig
}

const unknown = 100
/** Facts read in one run: enough to use the machine well, few enough to let a request in between. */
const factsAtOnce = 8

/** The large tier: models/FORMAT.md, section 4. A failing `run` rejects; nothing of it is kept. */
export function createFullReader({ run, vocabulary, pair, config }: FullParts): FullReader {
  const tokenize = createTokenizer(vocabulary, unknown)
  const weights = readWeights(pair)
  const { prepareFirst, prepareSecond, compare } = createComparison({
    hidden: weights.tensor('w1'),
    hiddenBias: weights.tensor('b1'),
    out: weights.tensor('w2'),
    outBias: weights.tensor('b2'),
    category: weights.tensor('category'),
  })
  const categories = new Map(config.categories.map((name, index) => [name, index]))
  const requests = createCache<string, RequestReading<Side>>(limits.requestReadings)
  const sessions = createCache<string, number>(limits.requestReadings)
  const facts = createCache<string, Side>(limits.fullFactReadings)

  const readAlone = async (query: string): Promise<RequestReading<Side>> => {
    const known = requests.read(query)
    if (known) return known
    const { heads, vector } = await run(toBatch([[tokenIds(tokenize, query, config.clip.request)]]))
    return requests.write(query, { heads, vector: prepareFirst(Float64Array.from(vector)) })
  }

  const readSession = async (row: EncoderRow): Promise<number> => {
    const key = JSON.stringify(row)
    const known = sessions.read(key)
    if (known !== undefined) return known
    const { heads } = await run(toBatch([row]))
    return sessions.write(key, heads[head.sessionHistory] ?? 0)
  }

  const readTexts = async (texts: readonly string[]): Promise<Side[]> => {
    const rows = texts.map((text) => [tokenIds(tokenize, text, config.clip.fact)])
    const { vector } = await run(toBatch(rows))
    const width = vector.length / texts.length
    return texts.map((text, row) => {
      const own = Float64Array.from(vector.subarray(row * width, (row + 1) * width))
      return facts.write(text, prepareSecond(own))
    })
  }

  return {
    tier: 'full',
    tokenize,
    forget() {
      for (const cache of [requests, sessions, facts]) cache.clear()
    },
    async readRequest({ query, history, notes }) {
      const alone = await readAlone(query)
      const context = contextTokens(tokenize, { history, notes }, config.clip)
      if (context.length === 0) return alone
      const heads = Float64Array.from(alone.heads)
      heads[head.sessionHistory] = await readSession([
        tokenIds(tokenize, query, config.clip.sessionQuery),
        ...context,
      ])
      return { ...alone, heads }
    },
    async readFacts(given: readonly GateFact[]) {
      const sides = new Map<string, Side | undefined>()
      for (const { text } of given) sides.set(text, facts.read(text))
      const missing = [...sides.keys()].filter((text) => !sides.get(text))
      for (let at = 0; at < missing.length; at += factsAtOnce) {
        const some = missing.slice(at, at + factsAtOnce)
        const read = await readTexts(some)
        some.forEach((text, i) => sides.set(text, read[i]))
      }
      return given.map(({ text }) => sides.get(text))
    },
    comparePair: (query, fact, category) =>
      compare(query, fact, {
        extra: [],
        category: categories.get(category ?? '') ?? config.categories.length,
      }),
  }
}
