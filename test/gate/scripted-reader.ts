import type { GateConfig, Thresholds } from '../../shared/gate/config.ts'
import { createDecider, type DecideOptions } from '../../shared/gate/decide.ts'
import type { GateFact, GateInput } from '../../shared/gate/port.ts'
import type { Reader } from '../../shared/gate/reader.ts'
import { runNow } from '../../shared/gate/steps.ts'
import { balanced } from './models.ts'

/**
 * The rules, apart from any model: a reader whose texts say what it should answer, such as
 * `profile=2 style=-1`, as logits. Facts say `helps=3`.
 */
const columns = [
  'profile',
  '',
  'style',
  'medical',
  'legal',
  'financial',
  'safety',
  'session',
  'history',
  'analytic',
]
const said = (text: string, name: string) =>
  Number(new RegExp(`${name}=(-?[\\d.]+)`).exec(text)?.[1] ?? -9)

const reader: Reader<string, string> = {
  tier: 'lite',
  readRequest: ({ query }) => ({
    heads: columns.map((name) => said(query, name || 'none')),
    vector: query,
  }),
  readFacts: (facts) => facts.map(({ text }) => text),
  comparePair: (query, fact) => [said(query, 'all') > 0 ? 9 : said(fact, 'helps'), 0],
}

const thresholds: Thresholds = {
  profile: 0.5,
  style: 0.5,
  session: 0.5,
  stakes: 0.5,
  fact: 0.4,
  vital: 0.1,
  analytic: 0.5,
  relative: 0.5,
}
const one = (column: number) => ({ default: { columns: [column], weights: [1], bias: 0 } })
const config: GateConfig = {
  version: 'test',
  categories: [],
  clip: {
    request: [46, 48],
    fact: [24, 22],
    sessionQuery: [24, 24],
    message: [16, 16],
    notes: [0, 24],
    disclosure: 126,
  },
  language: { scripts: {}, words: {}, letters: {}, known: ['en'], minimum: 1 },
  tiers: {
    lite: {
      version: 'test',
      calibration: {
        profile: one(0),
        style: one(2),
        medical: one(3),
        legal: one(4),
        financial: one(5),
        safety: one(6),
        session: one(7),
        sessionHistory: one(8),
        analytic: one(9),
        fact: one(0),
      },
      thresholds: {
        cautious: { default: thresholds },
        balanced: { default: thresholds },
        generous: { default: thresholds },
      },
      margin: { profile: 1, fact: 1 },
      half: 0.5,
    },
  },
}
const decider = createDecider(reader, config)
export const decide = (
  query: string,
  facts: GateFact[],
  more: Partial<GateInput & DecideOptions> = {},
) => {
  const { history = [], notes = [], ...options } = more
  return runNow(decider({ query, history, notes, facts }, { ...balanced, ...options })).decision
}
export const fact = (id: string, text: string, more: Partial<GateFact> = {}): GateFact => ({
  id,
  text,
  ...more,
})

/** A vital fact. */
export const vital = (helps: number): GateFact[] => [fact('a', `helps=${helps}`, { vital: true })]

/** Messages of a user, each answered. */
export const turns = (...texts: string[]) =>
  texts.flatMap((content) => [
    { role: 'user', content },
    { role: 'assistant', content: 'ok' },
  ])
