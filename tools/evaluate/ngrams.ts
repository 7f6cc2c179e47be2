import { Labelled, SessionItem } from './formats.ts'
import type { Evaluation } from './evaluation.ts'
import type { Files } from './files.ts'
import { createRandom } from './random.ts'
import type { System } from './system.ts'

type Example = { features: readonly number[]; label: 0 | 1 }
type Options = Evaluation['ngrams']

/** Logistic regression on hashed words and pairs of words, trained on the training data at each run. */
export function ngrams(files: Files, options: Options): System | undefined {
  const prompts = files.readAll('train/real_prompts/labelled.jsonl', Labelled)
  if (prompts.length === 0) return undefined
  const sessions = files.readAll('train/session_need/items.jsonl', SessionItem)
  const hash = (text: string) => hashed(text, options.buckets)
  const fit = (is: (item: Labelled) => boolean) =>
    train(
      prompts.map((item) => ({ features: hash(item.query), label: is(item) ? 1 : 0 })),
      options,
    )
  const profile = fit((item) => item.profile >= 1)
  const style = fit((item) => item.style >= 1)
  const stakes = fit((item) => item.stakes !== 'none')
  const session = train(
    sessions
      .filter((item) => item.session !== 1)
      .map((item) => ({ features: hash(item.query), label: item.session === 2 ? 1 : 0 })),
    options,
  )
  const scores = prompts
    .filter((item) => item.profile === 0)
    .map((item) => profile(hash(item.query)))
  const threshold = scores.toSorted((a, b) => b - a)[Math.floor(0.05 * scores.length)] ?? 1
  return {
    name: 'n-grams',
    read({ query }) {
      const features = hash(query)
      const p = profile(features)
      return {
        profile: p,
        needsProfile: p >= threshold,
        style: style(features),
        stakes: stakes(features),
        ...(sessions.length > 0 ? { session: session(features) } : {}),
      }
    },
  }
}

/** Buckets of the words and the pairs of neighbouring words (FNV-1a), each once. */
function hashed(text: string, buckets: number): number[] {
  const words = text.toLowerCase().match(/[\p{L}\p{N}']+|[^\s\p{L}\p{N}]/gu) ?? []
  const grams = words.flatMap((word, i) => (i > 0 ? [word, `${words[i - 1]} ${word}`] : [word]))
  const found = new Set<number>()
  for (const gram of grams) {
    let hash = 0x811c9dc5
    for (let k = 0; k < gram.length; k++) hash = Math.imul(hash ^ gram.charCodeAt(k), 0x01000193)
    found.add((hash >>> 0) % buckets)
  }
  return [...found]
}

/** Stochastic gradient descent with steps that shrink per weight (AdaGrad); the same for one seed. */
function train(examples: readonly Example[], { seed, buckets, epochs, rate }: Options) {
  const weights = new Float64Array(buckets)
  const seen = new Float64Array(buckets).fill(1)
  let bias = 0
  const predict = (features: readonly number[]) => {
    const scale = 1 / Math.sqrt(Math.max(1, features.length))
    const sum = features.reduce((total, at) => total + (weights[at] ?? 0) * scale, bias)
    return 1 / (1 + Math.exp(-sum))
  }
  const random = createRandom(seed)
  for (let epoch = 0; epoch < epochs; epoch++) {
    for (const { features, label } of shuffle(examples, random)) {
      const error = label - predict(features)
      const scale = 1 / Math.sqrt(Math.max(1, features.length))
      bias += 0.01 * error
      for (const at of features) {
        const step = error * scale
        seen[at] = (seen[at] ?? 1) + step * step
        weights[at] = (weights[at] ?? 0) + (rate * step) / Math.sqrt(seen[at] ?? 1)
      }
    }
  }
  return predict
}

function shuffle<T>(items: readonly T[], random: () => number): T[] {
  return items
    .map((item): [number, T] => [random(), item])
    .toSorted(([a], [b]) => a - b)
    .map(([, item]) => item)
}
