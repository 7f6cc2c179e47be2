import type { WireDecision } from '../../shared/schema/context.ts'
import type { Persona } from '../../shared/schema/persona.ts'
import { createPersona, profileBody, readFacts } from './people.ts'
import { createRandom, createShare, prose, type Random, type Share } from './random.ts'
import type { Scenario } from './scenario.ts'

export type User = { id: number; persona: Persona; profile: string; cohort: number }

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

/** Different people: more users than that share them, each with a profile of their own. */
const PERSONAS = 16
/** Seconds that an answer takes. */
const ANSWERING = 6
const START = Date.UTC(2026, 10, 26)

/** All turns of all users in the order in which they are sent. */
export function createTurns(scenario: Scenario): Turn[] {
  const random = createRandom(scenario.seed)
  const draws = createDraws(random)
  const pool = readFacts()
  const personas = Array.from({ length: Math.min(PERSONAS, scenario.users) }, (_, i) =>
    createPersona(random.fork(100 + i), { ...pool, size: scenario.facts, now: START }),
  )
  const turns: Turn[] = []
  let conversation = 0
  for (let i = 0; i < scenario.users; i++) {
    const own = random.fork(1000 + i)
    const persona = own.pick(personas)
    const profile = profileBody(own, persona, scenario.profile)
    const user = { id: i, persona, profile, cohort: own.between(0, scenario.cohorts - 1) }
    for (let j = 0; j < scenario.conversations; j++) {
      turns.push(...converse(draws, scenario, { user, conversation: conversation++ }))
    }
  }
  return turns.toSorted((a, b) => a.time - b.time || a.conversation - b.conversation)
}

/** A stream for each thing that is drawn: changing one of them leaves the others as they are. */
function createDraws(random: Random) {
  const [shape, texts, facts, luck] = [1, 2, 3, 4].map((stream) => random.fork(stream))
  const share = (stream: number): Share => createShare(random.fork(stream))
  return {
    shape: shape ?? random,
    texts: texts ?? random,
    facts: facts ?? random,
    luck: luck ?? random,
    needs: share(6),
    wantsStyle: share(7),
    wantsStyleAlone: share(8),
    finds: share(9),
    makesUp: share(10),
    changes: share(11),
  }
}
type Draws = ReturnType<typeof createDraws>

type Who = Pick<Turn, 'user' | 'conversation'>

function converse(draws: Draws, scenario: Scenario, who: Who): Turn[] {
  const { turns, turnsSpread, hours, words, reply, think, thinkSigma } = scenario
  const { shape, texts } = draws
  const length = Math.max(1, shape.between(turns - turnsSpread, turns + turnsSpread))
  const size = (mean: number) => shape.between(Math.ceil(mean / 2), Math.floor(mean * 1.5))
  let time = shape.next() * hours * 3600
  let revision = shape.between(0, 9999)
  let root: Need | undefined
  const made: Turn[] = []
  for (let number = 1; number <= length; number++) {
    const follows = root !== undefined && shape.chance(scenario.followUps)
    const need: Need = follows && root ? root : drawNeed(draws, scenario, who.user)
    root = need
    made.push({
      ...who,
      time,
      number,
      revision,
      words: prose(texts, size(words)),
      reply: prose(texts, size(reply)),
      decision: decide(draws, scenario, { need, follows, persona: who.user.persona }),
      retrieved: prose(texts, scenario.retrieved),
      found: draws.luck.chance(scenario.found),
    })
    if (draws.changes(scenario.profileChurn)) revision++
    time += ANSWERING + shape.logNormal(think, thinkSigma)
  }
  return made
}

/** What would help a turn; a follow-up has its root's. */
type Need = { facts: string[]; style: boolean }

function drawNeed(draws: Draws, scenario: Scenario, { persona }: User): Need {
  if (!draws.needs(scenario.need)) {
    return { facts: [], style: draws.wantsStyleAlone(scenario.styleAlone) }
  }
  const facts = drawFacts(draws.facts, scenario, persona)
  return { facts, style: draws.wantsStyle(scenario.styleInNeed) }
}

function drawFacts(random: Random, { factsAtMost }: Scenario, persona: Persona): string[] {
  const facts = persona.facts.filter(({ category }) => category !== 'style')
  const wanted = random.between(1, factsAtMost)
  const chosen = Array.from({ length: wanted }, () => random.pick(facts).id)
  return [...new Set(chosen)]
}

type Case = { need: Need; follows: boolean; persona: Persona }

/** The gate's answer: the need as it is, but for what it misses and what it makes up. */
function decide(draws: Draws, scenario: Scenario, { need, follows, persona }: Case): WireDecision {
  const isNeedy = need.facts.length > 0
  const found = isNeedy && draws.finds(scenario.recall)
  const madeUp = !isNeedy && draws.makesUp(scenario.falseRate)
  const facts = found ? need.facts : madeUp ? drawFacts(draws.facts, scenario, persona) : []
  return {
    tier: 'lite',
    mode: 'balanced',
    stakes: 'none',
    language: 'en',
    ms: 0,
    reason: '',
    slices: { style: need.style, session: false, profile: facts.length > 0 },
    facts,
    inherited: follows ? 1 : 0,
  }
}
