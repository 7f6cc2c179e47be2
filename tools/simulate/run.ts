import { cachePlan, type Segment } from '../../shared/cache-plan.ts'
import type { Model } from '../../shared/models-table.ts'
import { billedInput, costOf } from '../../shared/prices.ts'
import { estimateTokens } from '../../shared/tokens.ts'
import { breakpointCache, implicitCache, type Input, type PromptCache } from './caches.ts'
import { createTurns, type Turn } from './conversations.ts'
import { createFingerprint, type Fingerprint, type Piece } from './fingerprint.ts'
import {
  isBlock,
  piecesOf,
  policies,
  sentMessage,
  type Marking,
  type Message,
  type Policy,
} from './policies.ts'
import { createRandom, prose } from './random.ts'
import { modelsOf, type Models, type Scenario } from './scenario.ts'

/** Sums over all requests of one policy under one way of caching. */
export type Bill = {
  /** As sent, read from the cache, written to it, in billed-equivalent tokens; millionths of a dollar. */
  input: number
  cached: number
  written: number
  billed: number
  micro: number
  /** Billed-equivalent tokens and requests by turn number. */
  byTurn: { billed: number; requests: number }[]
}
export type Outcome = {
  policy: Policy
  requests: number
  /** Tokens about the user that the model was shown, and requests that carried any. */
  personal: number
  attached: number
  implicit: Bill
  breakpoints: Bill
}

type Progress = (done: number, all: number) => void
type Wanted = { only?: readonly string[]; progress?: Progress }

/** Plays a scenario: every turn of every user, once for each way to personalize. Deterministic. */
export function simulate(scenario: Scenario, { only, progress }: Wanted = {}): Outcome[] {
  const turns = createTurns(scenario)
  const models = modelsOf(scenario)
  const { cache } = models.implicit
  const fingerprint = createFingerprint(cache.way === 'implicit' ? cache.step : 128)
  const players = policies
    .filter(({ name }) => !only || only.includes(name))
    .map((policy) => createPlayer(policy, { scenario, models, fingerprint }))
  for (const [i, turn] of turns.entries()) {
    for (const player of players) player.play(turn)
    if (i % 100 === 0) progress?.(i, turns.length)
  }
  progress?.(turns.length, turns.length)
  return players.map(({ outcome }) => outcome)
}

type Stage = {
  scenario: Scenario
  models: Models
  fingerprint: ReturnType<typeof createFingerprint>
}

function createPlayer(policy: Policy, { scenario, models, fingerprint }: Stage) {
  const implicit = createBiller(models.implicit)
  const breakpoints = createBiller(asMarked(policy.marking, models.breakpoints))
  const texts = createRandom(scenario.seed + 1)
  const shared = prose(texts, scenario.shared)
  const templates = Array.from({ length: scenario.cohorts }, () =>
    prose(texts, scenario.cohortTemplate),
  )
  const { prices } = models.breakpoints
  const breakEven = (prices.written - prices.input) / (prices.input - prices.cached)
  const profileLasts = 1 - scenario.profileChurn > breakEven
  const memory = new Map<number, Message[]>()
  const outcome: Outcome = {
    policy,
    requests: 0,
    personal: 0,
    attached: 0,
    implicit: implicit.bill,
    breakpoints: breakpoints.bill,
  }

  function play(turn: Turn): void {
    const history = memory.get(turn.conversation) ?? []
    const window = models.breakpoints.window
    const sent = policy.send({ turn, shared, history, templates, window, profileLasts })
    const pieces = piecesOf(sent, { shared, templates })
    const prompt = fingerprint(pieces)
    const at = { time: turn.time, found: turn.found, number: turn.number }
    implicit.add(prompt, { ...at, markers: [] })
    const markers = MARKING[policy.marking](segmentsOf(pieces, prompt), models.breakpoints)
    breakpoints.add(prompt, { ...at, markers })
    outcome.requests++
    const personal = personalTokens(pieces, [...(sent.lasting ?? []), ...(sent.passing ?? [])])
    outcome.personal += personal
    outcome.attached += personal > 0 ? 1 : 0
    const message = policy.keeps
      ? sentMessage(sent.body, history.length + 1)
      : { role: 'user', content: turn.words }
    memory.set(turn.conversation, [...history, message, { role: 'assistant', content: turn.reply }])
  }
  return { outcome, play }
}

function personalTokens(pieces: readonly Piece[], texts: readonly string[]): number {
  const personal = pieces.filter(({ text }) => isBlock(text) || texts.includes(text))
  return personal.reduce((sum, { text }) => sum + estimateTokens(text), 0)
}

const segmentsOf = (pieces: readonly Piece[], { ends }: Fingerprint): Segment[] =>
  pieces.map(({ kind }, i) => ({
    kind,
    tokens: (ends[i]?.tokens ?? 0) - (ends[i - 1]?.tokens ?? 0),
  }))

const MARKING: Record<Marking, (segments: readonly Segment[], model: Model) => number[]> = {
  plan: (segments, model) => cachePlan(model, segments).markers,
  newest: (segments) => [segments.length - 1],
  nowhere: () => [],
}

/** Where the provider marks the newest message itself, it also finds the ends of earlier ones. */
function asMarked(marking: Marking, model: Model): Model {
  const { cache } = model
  if (marking !== 'newest' || cache.way !== 'breakpoints') return model
  return { ...model, cache: { ...cache, lookback: Math.max(20, cache.lookback) } }
}

type At = { time: number; found: boolean; number: number; markers: readonly number[] }

function createBiller(model: Model) {
  const bill: Bill = { input: 0, cached: 0, written: 0, billed: 0, micro: 0, byTurn: [] }
  const cache = cacheOf(model)
  function add(prompt: Fingerprint, at: At): void {
    const usage: Input = cache.bill(prompt, at)
    const billed = billedInput(usage, model)
    bill.input += usage.input
    bill.cached += usage.cached ?? 0
    bill.written += usage.written ?? 0
    bill.billed += billed
    bill.micro += costOf({ ...usage, output: 0 }, model)
    const turn = (bill.byTurn[at.number] ??= { billed: 0, requests: 0 })
    turn.billed += billed
    turn.requests++
  }
  return { bill, add }
}

function cacheOf({ cache }: Model): PromptCache {
  if (cache.way === 'implicit') return implicitCache(cache)
  if (cache.way === 'breakpoints') return breakpointCache(cache)
  throw new Error('This model keeps no prompts.')
}
