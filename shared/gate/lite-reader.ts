import { limits } from '../limits.ts'
import { createCache } from './cache.ts'
import type { GateConfig } from './config.ts'
import { contextTokens, tokenIds } from './context-tokens.ts'
import { createEncoder } from './encoder.ts'
import { createLinear, tanh, type Vector } from './layers.ts'
import { overlap, toTokenSet, type TokenSet } from './overlap.ts'
import { createComparison, type Side } from './pair.ts'
import type { GateFact } from './port.ts'
import { head, type Reader, type RequestInput, type RequestReading } from './reader.ts'
import { readWeights, type Weights } from './weights.ts'
import { createTokenizer, type Tokenizer } from './wordpiece.ts'

/** A text as one side of a pair, with its tokens. */
type LiteSide = Side & { tokens: TokenSet }

/** A reader that never makes anyone wait. */
export type LiteReader = Omit<Reader<LiteSide, LiteSide>, 'readRequest' | 'readFacts'> & {
  readRequest: (input: RequestInput) => RequestReading<LiteSide>
  readFacts: (facts: readonly GateFact[]) => readonly LiteSide[]
  tokenize: Tokenizer
  /** Drops the readings of facts. */
  forget: () => void
}

/** The small tier: models/FORMAT.md, section 5. Throws when the weights are not its own. */
export function createLiteReader(buffer: ArrayBuffer, config: GateConfig): LiteReader {
  const weights = readWeights(buffer)
  if (weights.kind !== 'lite')
    throw new Error(`these are weights of kind ${weights.kind}, not lite`)
  const pieces = weights.text('vocab').split('\n')
  const tokenize = createTokenizer(new Map(pieces.map((piece, id) => [piece, id])), 0)
  const { encode, weigh } = createEncoder(weights)
  const categories = new Map(config.categories.map((name, index) => [name, index]))

  const hidden = createLinear(weights, 'hidden')
  const out = createLinear(weights, 'out')
  const toQuery = createLinear(weights, 'query')
  const toFact = createLinear(weights, 'fact')
  const pair = createComparison({
    hidden: weights.tensor('pairHidden'),
    hiddenBias: weights.tensor('pairBias'),
    out: weights.tensor('pairOut'),
    outBias: weights.tensor('pairOutBias'),
    category: weights.tensor('category'),
  })
  const compareSession = createSessionHead(weights)
  const facts = createCache<string, LiteSide>(limits.factReadings)

  const compareSets = (a: LiteSide, b: LiteSide) => overlap(a.tokens, b.tokens, weigh)
  const readFact = ({ text }: GateFact): LiteSide => {
    const known = facts.read(text)
    if (known) return known
    const ids = tokenIds(tokenize, text, config.clip.fact)
    const side = pair.prepareSecond(tanh(toFact(encode(ids))))
    return facts.write(text, { ...side, tokens: toTokenSet(ids, weigh) })
  }

  return {
    tier: 'lite',
    tokenize,
    forget: facts.clear,
    readRequest({ query, history, notes }) {
      const ids = tokenIds(tokenize, query, config.clip.request)
      const z = encode(ids)
      const tokens = toTokenSet(ids, weigh)
      const heads = out(tanh(hidden(z)))
      const context = contextTokens(tokenize, { history, notes }, config.clip).flat()
      if (context.length > 0) {
        const read = { z: encode(context), tokens: toTokenSet(context, weigh) }
        heads[head.sessionHistory] = compareSession({ z, tokens }, read, weigh)
      }
      return { heads, vector: { ...pair.prepareFirst(tanh(toQuery(z))), tokens } }
    },
    readFacts: (given) => given.map(readFact),
    comparePair: (query, fact, category) =>
      pair.compare(query, fact, {
        extra: compareSets(query, fact),
        category: categories.get(category ?? '') ?? config.categories.length,
      }),
  }
}

type Read = { z: Vector; tokens: TokenSet }

/** Whether a message needs what came before it (section 5.4). */
function createSessionHead(weights: Weights) {
  const toQuery = createLinear(weights, 'sessionQuery')
  const toContext = createLinear(weights, 'sessionContext')
  const { prepareFirst, prepareSecond, compare } = createComparison({
    hidden: weights.tensor('sessionHidden'),
    hiddenBias: weights.tensor('sessionBias'),
    out: weights.tensor('sessionOut'),
    outBias: weights.tensor('sessionOutBias'),
  })
  return (query: Read, context: Read, weigh: (id: number) => number): number => {
    const a = prepareFirst(tanh(toQuery(query.z)))
    const b = prepareSecond(tanh(toContext(context.z)))
    const extra = overlap(query.tokens, context.tokens, weigh)
    return compare(a, b, { extra })[0] ?? 0
  }
}
