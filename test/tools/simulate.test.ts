import { describe, expect, test } from 'vitest'
import { chat as dialect } from '../../shared/dialect/chat.ts'
import { compose } from '../../shared/compose.ts'
import { resolveSettings } from '../../shared/resolve.ts'
import { createTurns } from '../../tools/simulate/conversations.ts'
import { lastLine, outcomeOf, ratio, type Way } from '../../tools/simulate/report.ts'
import { simulate } from '../../tools/simulate/run.ts'
import { readScenario, standardFile, type Scenario } from '../../tools/simulate/scenario.ts'

const standard = readScenario(standardFile)
/** The standard setting with fewer users at the same rate. */
const small: Scenario = { ...standard, users: 40, hours: 0.4 }
const ways: Way[] = ['implicit', 'breakpoints']

const figure = (change: Partial<Scenario>, names: [string, string], way: Way = 'implicit') =>
  ratio(simulate({ ...small, ...change }, { only: names }), names, way)
const edgewise = (change: Partial<Scenario>, way: Way) => figure(change, ['edgewise', 'none'], way)

describe('the standard setting', () => {
  const outcomes = simulate({ ...standard, users: 200, hours: 2 })
  const of = (name: string, way: Way = 'implicit') => ratio(outcomes, [name, 'none'], way)

  test('is 1,800 shared tokens and 14% of turns in need', () => {
    expect(standard.shared).toBe(1800)
    expect(standard.need).toBe(0.14)
    expect(standard.followUps).toBeGreaterThan(0)
    expect(standard.styleInNeed).toBeGreaterThan(0)
  })
  test('costs at most 1.05 times no personalization under both ways of caching', () => {
    for (const way of ways) {
      expect(of('edgewise', way)).toBeLessThanOrEqual(1.05)
      expect(of('edgewise', way)).toBeGreaterThan(1)
    }
  })
  test('is near 9 for the profile first and near 2.5 for retrieval into the system prompt', () => {
    expect(of('naive')).toBeGreaterThan(8)
    expect(of('naive')).toBeLessThan(10)
    expect(of('retrieval')).toBeGreaterThan(2.2)
    expect(of('retrieval')).toBeLessThan(2.9)
  })
  test('gains about 1.8 times by breakpoints alone', () => {
    expect(of('newest', 'breakpoints')).toBeGreaterThan(1.6)
    expect(of('newest', 'breakpoints')).toBeLessThan(2)
  })
  test('shows a fraction of the personal tokens that keeping every block shows', () => {
    const kept = outcomeOf(outcomes, 'kept').personal
    expect(outcomeOf(outcomes, 'edgewise').personal / kept).toBeLessThan(0.4)
  })
  test('ends in the line that scripts read', () => {
    expect(lastLine(outcomes)).toMatch(
      /^edgewise\/none implicit 1\.0\d breakpoints 1\.0\d \| naive\/none \d\.\d\d \| retrieval\/none \d\.\d\d$/,
    )
  })
  test('gives the same figures every time', () => {
    const again = simulate(small, { only: ['edgewise'] })
    expect(simulate(small, { only: ['edgewise'] })).toEqual(again)
  })
})

describe('a worse gate', { timeout: 30_000 }, () => {
  test.each(ways)('costs more the more turns it attaches to (%s)', (way) => {
    const rates = [0, 0.1, 0.3, 1].map((falseRate) => edgewise({ falseRate }, way))
    expect(rates).toEqual(rates.toSorted((a, b) => a - b))
    expect((rates.at(-1) ?? 0) - (rates[0] ?? 0)).toBeGreaterThan(0.1)
  })
  test('with nothing to attach costs exactly what no personalization costs', () => {
    for (const way of ways) expect(edgewise({ need: 0, styleAlone: 0 }, way)).toBe(1)
  })
})

describe('a worse layout', () => {
  const outcomes = simulate(small)
  const of = (name: string, way: Way) => ratio(outcomes, [name, 'none'], way)
  test.each(ways)('costs more the further in front personal text stands (%s)', (way) => {
    expect(of('system', way)).toBeGreaterThan(of('edgewise', way) + 0.03)
    expect(of('full', way)).toBeGreaterThan(of('system', way))
    expect(of('naive', way)).toBeGreaterThan(of('full', way))
  })
  test('without markers, or with one at the newest message, costs more than with the plan', () => {
    expect(of('newest', 'breakpoints')).toBeGreaterThan(1.2)
    expect(of('unmarked', 'breakpoints')).toBeGreaterThan(of('newest', 'breakpoints'))
  })
})

describe('growth', { timeout: 30_000 }, () => {
  const cost = (change: Partial<Scenario>, name: string) => {
    const [outcome] = simulate({ ...small, ...change }, { only: [name] })
    return outcome ? outcome.implicit.billed / outcome.requests : 0
  }
  test('with the size of what is known: the block does not grow, the profile does', () => {
    const few = { facts: 12, profile: 1000 }
    const many = { facts: 60, profile: 4000 }
    expect(cost(many, 'edgewise') / cost(few, 'edgewise')).toBeLessThan(1.05)
    expect(cost(many, 'naive') / cost(few, 'naive')).toBeGreaterThan(1.5)
  })
  test('with users and turns: the personal part of a request stays what it is', () => {
    const part = (change: Partial<Scenario>) => {
      const [outcome] = simulate({ ...small, ...change }, { only: ['edgewise'] })
      return outcome ? outcome.personal / outcome.attached : 0
    }
    const base = part({})
    expect(part({ users: 120, hours: 0.4 }) / base).toBeCloseTo(1, 1)
    expect(part({ turns: 24, turnsSpread: 0, users: 12 }) / base).toBeCloseTo(1, 1)
  })
})

describe('two users of one org', () => {
  const shared = 'Text of the app and its tools. '.repeat(40)
  const policy = 'Rules of the org. '.repeat(10)
  const settings = resolveSettings({ v: 1, id: 'acme', keys: [] })
  const turns = createTurns({ ...small, need: 1, styleInNeed: 1, users: 2 })
  const bodies = [1, 2].map((_, i) => {
    const turn = turns.filter(({ number }) => number === 1)[i]
    if (!turn) throw new Error('Each user has a first turn.')
    const messages = [
      { role: 'system', content: shared },
      { role: 'user', content: 'What should I cook tonight?' },
    ]
    const chat = dialect.read(JSON.stringify({ model: 'm', messages }))
    if (!chat.ok) throw new Error('The request can be read.')
    const { query, history } = chat.value
    const { decision, user } = turn
    const { block } = compose({
      decision,
      settings,
      query,
      history,
      persona: user.persona,
      deviceFacts: [],
      notes: [],
      room: 100_000,
    })
    return dialect.assemble(chat.value, { policy, block, parts: true })
  })

  test('send bytes that differ only after the last shared segment and the words', () => {
    const [one, two] = bodies.map((body) => Buffer.from(body))
    const differs = one?.findIndex((byte, i) => byte !== two?.[i])
    expect(differs).toBeGreaterThan((one?.indexOf(policy) ?? 0) + policy.length)
    expect(differs).toBeGreaterThan(one?.indexOf('What should I cook tonight?') ?? 0)
    expect(differs).toBeGreaterThan(one?.indexOf('<user_context>') ?? 0)
  })
  test('send prompts that are the same up to the block', () => {
    const [one = [], two = []] = bodies.map((body) => dialect.promptOf(JSON.parse(body)))
    expect(one.slice(0, 3)).toEqual(two.slice(0, 3))
    expect(one[3]).not.toEqual(two[3])
  })
})

describe('a scenario', () => {
  test('can be changed by name, and says what does not fit', () => {
    expect(readScenario(standardFile, ['turns=9']).turns).toBe(9)
    expect(() => readScenario(standardFile, ['truns=9'])).toThrow('truns')
    expect(() => readScenario(standardFile, ['need=2'])).toThrow('need: expected at most 1')
    expect(() => readScenario(standardFile, ['need='])).toThrow('need: expected number')
    expect(() => readScenario(standardFile, ['hours=0'])).toThrow('hours: expected more than 0')
    expect(() => readScenario(standardFile, ['constructor=1'])).toThrow('"constructor"')
    expect(() => simulate({ ...small, implicitModel: 'claude-opus-5' })).toThrow('claude-opus-5')
  })
})
