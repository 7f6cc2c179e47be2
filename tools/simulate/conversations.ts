import type { WireDecision } from '../../shared/schema/context.ts'
import type { Persona } from '../../shared/schema/persona.ts'
import { createPersona, profileBody, readFacts } from './people.ts'
import { createRandom, prose, type Random } from './random.ts'
import type { Scenario } from './scenario.ts'

export type User = { persona: Persona; profile: string; cohort: number }

/** One message to be answered, with all that any of the ways to personalize could send along. */
export type Turn = {
  /** Seconds since the start. */
  time: number
  conversation: number
  /** From 1. */
  number: number
  user: User
  words: string
  reply: string
  decision: WireDecision
  /** The profile's revision: another number, other bytes. */
  revision: number
  retrieved: string
  /** The request reaches a server that holds its prefix. */
  found: boolean
}

/** Seconds that an answer takes. */
const ANSWERING = 6
const START = Date.UTC(2026, 10, 26)

/** All turns of all users in the order in which they are sent. */
export function createTurns(scenario: Scenario): Turn[] {
  const random = createRandom(scenario.seed)
  const pool = readFacts()
  const turns: Turn[] = []
  let conversation = 0
  for (let i = 0; i < scenario.users; i++) {
    const persona = createPersona(random, { ...pool, size: scenario.facts, now: START })
    const profile = profileBody(random, persona, scenario.profile)
    const user = { persona, profile, cohort: random.between(0, scenario.cohorts - 1) }
    for (let j = 0; j < scenario.conversations; j++) {
      turns.push(...converse(random, scenario, { user, conversation: conversation++ }))
    }
  }
  return turns.toSorted((a, b) => a.time - b.time || a.conversation - b.conversation)
}

type Who = Pick<Turn, 'user' | 'conversation'>

function converse(random: Random, scenario: Scenario, who: Who): Turn[] {
  const { turns, turnsSpread, hours, words, reply, think, thinkSigma } = scenario
  const length = Math.max(1, random.between(turns - turnsSpread, turns + turnsSpread))
  const size = (mean: number) => random.between(Math.ceil(mean / 2), Math.floor(mean * 1.5))
  let time = random.next() * hours * 3600
  let revision = random.between(0, 9999)
  let root: Need | undefined
  const made: Turn[] = []
  for (let number = 1; number <= length; number++) {
    const follows = root !== undefined && random.chance(scenario.followUps)
    const need: Need = follows && root ? root : drawNeed(random, scenario, who.user)
    root = need
    made.push({
      ...who,
      ...{ time, number, revision },
      words: prose(random, size(words)),
      reply: prose(random, size(reply)),
      decision: decide(random, scenario, { need, follows, persona: who.user.persona }),
      retrieved: prose(random, scenario.retrieved),
      found: random.chance(scenario.found),
    })
    if (random.chance(scenario.profileChurn)) revision++
    time += ANSWERING + random.logNormal(think, thinkSigma)
  }
  return made
}

/** What would help a turn; a follow-up has its root's. */
type Need = { facts: string[]; style: boolean }

function drawNeed(random: Random, scenario: Scenario, { persona }: User): Need {
  const isNeedy = random.chance(scenario.need)
  const style = random.chance(isNeedy ? scenario.styleInNeed : scenario.styleAlone)
  return { facts: isNeedy ? drawFacts(random, scenario, persona) : [], style }
}

function drawFacts(random: Random, { factsAtMost }: Scenario, persona: Persona): string[] {
  const facts = persona.facts.filter(({ category }) => category !== 'style')
  const wanted = random.between(1, factsAtMost)
  const chosen = Array.from({ length: wanted }, () => random.pick(facts).id)
  return [...new Set(chosen)]
}

type Case = { need: Need; follows: boolean; persona: Persona }

/** The gate's answer: the need as it is, but for what it misses and what it makes up. */
function decide(random: Random, scenario: Scenario, { need, follows, persona }: Case): WireDecision {
  const isNeedy = need.facts.length > 0
  const found = isNeedy && random.chance(scenario.recall)
  const madeUp = !isNeedy && random.chance(scenario.falseRate)
  const facts = found ? need.facts : madeUp ? drawFacts(random, scenario, persona) : []
  return {
    ...{ tier: 'lite', mode: 'balanced', stakes: 'none', language: 'en', ms: 0, reason: '' },
    slices: { style: need.style, session: false, profile: facts.length > 0 },
    facts,
    inherited: follows ? 1 : 0,
  }
}
