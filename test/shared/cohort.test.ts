import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { checkOrg } from '../../shared/check-org.ts'
import { cohortOf, cohortTemplate, holdCohort, type HeldCohort } from '../../shared/cohort.ts'
import { messages } from '../../shared/dialect/messages.ts'
import { findModel } from '../../shared/models-table.ts'
import { Cohort, cohorts } from '../../shared/schema/cohort.ts'
import type { Fact } from '../../shared/schema/fact.ts'
import { facetsOf } from '../../shared/self-model/facets.ts'
import { findVolatile } from '../../shared/volatile.ts'
import { typed } from './typed-fact.ts'

const DAY = 24 * 3600 * 1000
const of = (...said: [Fact['category'], string][]) =>
  cohortOf(
    facetsOf(
      said.map(([category, text], at) => typed(category, text, at)),
      1000,
    ),
  )

describe('a cohort', () => {
  test('is one of 18', () => {
    expect(new Set(cohorts).size).toBe(18)
  })
  test.each<[string, Cohort, [Fact['category'], string][]]>([
    ['nobody knows anything', 'usual-usual-free', []],
    [
      'wishes are made',
      'expert-brief-structured',
      [
        ['style', 'Skip the basics'],
        ['style', 'Keep answers short'],
        ['style', 'Use bullet points'],
      ],
    ],
    [
      'the newest wish counts',
      'usual-thorough-free',
      [
        ['style', 'Keep answers short'],
        ['style', 'Answer in detail, in prose'],
      ],
    ],
    [
      'knowledge stands in for a wish',
      'expert-usual-free',
      [
        ['expertise', 'The user is an expert in Rust'],
        ['expertise', 'The user is fluent in French'],
        ['expertise', 'The user is new to knitting'],
      ],
    ],
    [
      'a wish stands over knowledge',
      'plain-usual-free',
      [
        ['expertise', 'The user is an expert in Rust'],
        ['style', 'Use plain words'],
      ],
    ],
  ])('where %s: %s', (_, cohort, said) => expect(of(...said)).toBe(cohort))

  test('is left at once from the neutral one, and then at most once a week, whatever is wished', () => {
    expect(holdCohort(undefined, 'usual-usual-free', 5)).toBeUndefined()
    expect(holdCohort(undefined, 'expert-brief-free', 5)).toEqual({
      cohort: 'expert-brief-free',
      since: 5,
    })
    const wish = fc.record({ cohort: fc.constantFrom(...cohorts), wait: fc.nat(3 * DAY) })
    fc.assert(
      fc.property(fc.array(wish, { maxLength: 60 }), (wishes) => {
        let now = 0
        let held: HeldCohort | undefined
        const changes: number[] = []
        for (const { cohort, wait } of wishes) {
          now += wait
          const next = holdCohort(held, cohort, now)
          if (next !== held) changes.push(now)
          held = next
        }
        changes.slice(1).forEach((at, i) => {
          expect(at - (changes[i] ?? 0)).toBeGreaterThanOrEqual(7 * DAY)
        })
      }),
    )
  })
})

describe('a template', () => {
  test('is the org’s own, else fixed words for what the org does not fix for all', () => {
    const own = { on: true, templates: { 'expert-brief-free': 'Assume a specialist.' } } as const
    expect(cohortTemplate({ cohorts: own }, 'expert-brief-free', {})).toBe('Assume a specialist.')
    const on = { cohorts: { on: true } }
    expect(cohortTemplate(on, 'expert-brief-structured', {})).toBe(
      'Form of answers: brief; expert level, skip basics; bullet points',
    )
    const fixed = { level: 'plain' } as const
    const said = (['expert-brief-free', 'usual-thorough-free', 'expert-brief-free'] as const).map(
      (cohort) => cohortTemplate(on, cohort, fixed),
    )
    const [brief, thorough] = ['brief', 'thorough'].map((length) => `Form of answers: ${length}`)
    expect(said).toEqual([brief, thorough, brief])
    expect(cohortTemplate(on, 'usual-usual-free', {})).toBe('')
    expect(cohortTemplate({ cohorts: { on: false } }, 'expert-brief-free', {})).toBe('')
    expect(cohortTemplate({}, 'expert-brief-free', {})).toBe('')
  })

  test.each([
    ['Today is Monday.', 'a date'],
    ['Prices as of 2026-11-26.', 'a date'],
    ['Valid from 3 March 2026', 'a date'],
    ['It is 14:05 now.', 'a time'],
    ['Hello {{name}}, be brief.', 'a placeholder'],
    ['Answer ${user.name} briefly.', 'a placeholder'],
    ['Dear Ada, be brief.', 'a name'],
    ['The user is called Ada.', 'a name'],
    ['Write to ada@example.com.', 'an email address'],
    ['Session 4f9619ff-8b86-d011-b42d-00cf4fc964ff', 'a UUID'],
    ['For user_id: 83', 'an id'],
    ['Ticket #4411 is open.', 'an id'],
    ['Token 8f3b2a1c9d4e5f60a1', 'an id'],
    ['Call from 10.0.0.12', 'an IP address'],
  ])('with "%s" is refused for %s', (text, what) => {
    expect(findVolatile(text)?.what).toBe(what)
    const cohort = { on: true, templates: { 'plain-brief-free': text } }
    const checked = checkOrg(
      { v: 1, id: 'acme', keys: [], cohorts: cohort },
      { development: false },
    )
    expect(checked).toMatchObject({
      problem: { code: 'bad_request', field: 'cohorts.templates.plain-brief-free' },
    })
  })

  test.each([
    'Answer briefly, for a specialist: skip the basics and use bullet points.',
    'Up to 3 sentences. Use at most 200 words, tables where they fit.',
    'Explain every step; may use code in TypeScript 6 or Python 3.13.',
    'Say what you are unsure of. March through the options one by one.',
    'Say what a thing is called before you use it; give times in ms where you can.',
    'No greetings such as "hi there", and never call them the user, whoever they are.',
    'Antworte kurz und ohne Fachwörter; höchstens 5 Punkte.',
  ])('that is the same every day passes: %s', (text) => expect(findVolatile(text)).toBeUndefined())

  test('for a class that there is not is refused', () => {
    const record = {
      v: 1,
      id: 'acme',
      keys: [],
      cohorts: { on: true, templates: { 'loud-brief-free': 'x' } },
    }
    expect(checkOrg(record, { development: false }).ok).toBe(false)
  })
})

test('behind a template the provider keeps a prefix of its own, and before it the one that all share', () => {
  const model = findModel('claude-sonnet-4-5')
  if (!model) throw new Error('no such model')
  const words = 'You advise the customers of a shop for tools. '.repeat(400)
  const raw = JSON.stringify({
    model: 'claude-sonnet-4-5',
    max_tokens: 100,
    system: [{ type: 'text', text: words }],
    messages: [{ role: 'user', content: 'How do I sharpen a saw?' }],
  })
  const read = messages.read(raw)
  if (!read.ok) throw new Error(read.problem.code)
  const cache = { model, key: 'k' }
  const policy = 'Form of answers: brief'
  const sent = messages.assemble(read.value, { policy, isStyled: true, parts: true, cache })
  const marker = { type: 'ephemeral' }
  expect(JSON.parse(sent).system).toEqual([
    { type: 'text', text: words, cache_control: marker },
    { type: 'text', text: policy, cache_control: marker },
  ])
})
