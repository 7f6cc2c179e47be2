import { limits } from '../limits.ts'
import type { Decision, Mode, Stakes, Tier } from '../schema/decision.ts'
import type { GateConfig, TierConfig } from './config.ts'
import { cutMiddle } from './cut.ts'
import { decline, publicThresholds } from './decline.ts'
import { partsOf } from './fact-parts.ts'
import { createLanguageDetector } from './language.ts'
import type { GateFact, GateInput, GateOptions } from './port.ts'
import {
  createJudge,
  marginOf,
  shareOf,
  stakesKinds,
  type Judge,
  type StakesKind,
} from './probabilities.ts'
import type { Reader } from './reader.ts'
import { explain } from './reason.ts'
import { applyRules, rank, type FactScores, type FactVerdict } from './rules.ts'
import { wait, type Steps } from './steps.ts'
import { earlierMessages } from './walk-back.ts'

/** A decision with all that led to it: one verdict a fact, in the order given, and every kind of stakes. */
export type Examined = {
  decision: Omit<Decision, 'ms'>
  stakes: Record<StakesKind, number>
  verdicts: readonly FactVerdict[]
}

/** `everyFact`: also score facts that stage 1 has ruled out already (for reports; costs time). */
export type DecideOptions = GateOptions & { everyFact?: boolean }

export type Decider = (input: GateInput, options: DecideOptions) => Steps<Examined>

/** One message as the model read it, alone or with the turns before it. */
type Message<Q> = {
  judge: Judge
  heads: ArrayLike<number>
  vector: Q
  profile: number
  session: number
  sessionThreshold: number
}

/** Refers to something outside itself. */
const follows = <Q>({ session, sessionThreshold }: Message<Q>) => session >= sessionThreshold

/** How much a message needs what a fact is about: a fact on style also where only style matters. */
const needOf = <Q>({ category }: GateFact, { profile, judge, heads }: Message<Q>): number =>
  category === 'style' ? Math.max(profile, judge.probability('style', heads)) : profile

const profileMargin = <Q>({ profile, judge }: Message<Q>) =>
  marginOf(profile, judge.thresholds.profile)

/** The gate's logic over any model: stage 1, walk back, stage 2, rules. Never throws for any text. */
export function createDecider<Q, F>(reader: Reader<Q, F>, config: GateConfig): Decider {
  const numbers = numbersOf(config, reader.tier)
  const languageOf = createLanguageDetector(config.language)
  const known = new Set(config.language.known)

  function* read({ query, history, notes }: GateInput, mode: Mode): Steps<Message<Q>> {
    const { heads, vector } = yield* wait(reader.readRequest({ query, history, notes }))
    const judge = createJudge(numbers, { language: languageOf(query), mode })
    const isAlone = history.length === 0 && notes.length === 0
    const { session, sessionAlone } = judge.thresholds
    return {
      judge,
      heads,
      vector,
      profile: judge.probability('profile', heads),
      session: judge.probability(isAlone ? 'session' : 'sessionHistory', heads),
      sessionThreshold: isAlone ? (sessionAlone ?? session) : session,
    }
  }

  /** What a follow-up is about: the nearest earlier message that stands by itself, and how far back it is. */
  function* walkBack(
    input: GateInput,
    mode: Mode,
  ): Steps<{ message: Message<Q>; steps: number } | undefined> {
    let found: { message: Message<Q>; steps: number } | undefined
    for (const { query: text, history, steps } of earlierMessages(input.history)) {
      const query = shorten(text)
      if (!known.has(languageOf(query))) break
      const message: Message<Q> = yield* read({ ...input, query, history }, mode)
      found = { message, steps }
      if (history.length === 0 || !follows(message)) break
    }
    return found
  }

  /** The best that any of the messages says for any part of each fact. */
  function* scoreFacts(
    facts: readonly GateFact[],
    messages: readonly Message<Q>[],
  ): Steps<FactScores[]> {
    const parts = facts.map(partsOf)
    const all = yield* wait(reader.readFacts(parts.flat()))
    let next = 0
    return facts.flatMap((fact, i) => {
      const from = next
      next += parts[i]?.length ?? 0
      const readings = all.slice(from, next).filter((reading) => reading !== undefined)
      if (readings.length === 0) return []
      let [helps, together] = [0, 0]
      for (const message of messages) {
        const { judge, vector } = message
        const share = shareOf(needOf(fact, message), numbers.half)
        for (const reading of readings) {
          const p = judge.probability('fact', reader.comparePair(vector, reading, fact.category))
          helps = Math.max(helps, p)
          together = Math.max(together, p * share)
        }
      }
      return [{ fact, helps, together }]
    })
  }

  return function* decide(given, options) {
    const { mode } = options
    const input = { ...given, query: shorten(given.query), history: given.history.filter(isSpoken) }
    const language = languageOf(input.query)
    const unread = unreadable(input.query, known.has(language) ? undefined : language)
    if (unread) {
      const { thresholds } = createJudge(numbers, { language, mode })
      return decline(input.facts, { ...unread, tier: reader.tier, mode, thresholds })
    }

    const own = yield* read(input, mode)
    const earlier = follows(own) ? yield* walkBack(input, mode) : undefined
    const messages = earlier ? [own, earlier.message] : [own]
    const decisive = messages.reduce((a, b) => (profileMargin(b) > profileMargin(a) ? b : a))
    const { thresholds } = decisive.judge
    const highest = (name: 'style' | 'analytic' | StakesKind) =>
      Math.max(...messages.map(({ judge, heads }) => judge.probability(name, heads)))

    const needsProfile = decisive.profile >= thresholds.profile
    const isAnalytical = highest('analytic') >= thresholds.analytic
    const isWanted = ({ vital }: GateFact) =>
      options.everyFact === true || needsProfile || vital === true
    const wanted = input.facts.filter(isWanted)
    const scores = wanted.length > 0 ? yield* scoreFacts(wanted, messages) : []
    const verdicts = applyRules(scores, { options, thresholds, needsProfile, isAnalytical })

    const stakes = {
      medical: highest('medical'),
      legal: highest('legal'),
      financial: highest('financial'),
      safety: highest('safety'),
    }
    const worst = stakesKinds.reduce((a, b) => (stakes[b] > stakes[a] ? b : a))
    const style = highest('style')
    const decision: Omit<Decision, 'ms' | 'reason'> = {
      tier: reader.tier,
      mode,
      language,
      inherited: earlier?.steps ?? 0,
      slices: { style: style >= thresholds.style, session: follows(own), profile: needsProfile },
      facts: rank(verdicts).map(({ fact }) => fact.id),
      stakes: stakes[worst] >= thresholds.stakes ? worst : ('none' satisfies Stakes),
      scores: {
        style,
        session: own.session,
        profile: decisive.profile,
        stakes: stakes[worst],
        facts: Object.fromEntries(verdicts.map(({ fact, score }) => [fact.id, score])),
      },
      thresholds: publicThresholds(thresholds, own.sessionThreshold),
    }
    return { decision: { ...decision, reason: explain(decision, verdicts) }, stakes, verdicts }
  }
}

function numbersOf({ tiers }: GateConfig, tier: Tier): TierConfig {
  const numbers = tiers[tier]
  if (!numbers) throw new Error(`gate.json has no numbers for ${tier}`)
  return numbers
}

const shorten = (text: string): string => cutMiddle(text, limits.gateCharacters).text

const isSpoken = ({ role, content }: GateInput['history'][number]) =>
  role !== 'system' && role !== 'developer' && content.trim() !== ''

function unreadable(query: string, foreign: string | undefined) {
  if (query.trim() === '') return { language: 'en', reason: 'there is nothing to read' }
  if (foreign === undefined) return undefined
  return {
    language: 'unknown',
    reason: `the models do not know this language (${foreign}); nothing is attached`,
  }
}
