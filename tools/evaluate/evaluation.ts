import { readFileSync } from 'node:fs'
import * as z from 'zod/mini'
import { Mode } from '../../shared/schema/decision.ts'
import { Category } from '../../shared/schema/fact.ts'

/** Seeds, sampling and tie rules, fixed in `evaluation.json`. */
export const Evaluation = z.looseObject({
  mode: Mode,
  maxFacts: z.number(),
  bootstrap: z.looseObject({ seed: z.number(), resamples: z.number(), level: z.number() }),
  prefeval: z.looseObject({ seed: z.number(), others: z.number(), category: Category }),
  ngrams: z.looseObject({
    seed: z.number(),
    buckets: z.number(),
    epochs: z.number(),
    rate: z.number(),
  }),
  speed: z.object({ warmup: z.number(), runs: z.number(), seed: z.number() }),
})
export type Evaluation = z.infer<typeof Evaluation>

export const readEvaluation = (): Evaluation =>
  Evaluation.parse(JSON.parse(readFileSync(new URL('./evaluation.json', import.meta.url), 'utf8')))
