import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { renderPersona } from '../../../shared/persona.ts'
import type { Category, Fact } from '../../../shared/schema/fact.ts'
import {
  currentFacts,
  emptyModel,
  learnSightings,
  type Sighting,
} from '../../../shared/self-model.ts'

const now = Date.UTC(2026, 5, 10)
const DAY = 86_400_000

/** Facts that were said a day apart, the last one today; the ids are a, b, c. */
function told(...said: (readonly [Category, string, Partial<Sighting>?])[]): Fact[] {
  const sightings = said.map(([category, text, rest], i): Sighting => ({
    category,
    text,
    source: 'typed',
    at: now - (said.length - 1 - i) * DAY,
    ...rest,
  }))
  let next = 0
  const idOf = () => String.fromCharCode(97 + next++)
  return learnSightings(emptyModel(), sightings, { now, idOf }).facts
}
const standing = (facts: readonly Fact[]) =>
  currentFacts(facts, now)
    .filter(({ status }) => status === 'active')
    .map(({ id }) => id)
    .join('')

describe('what contradicts an older statement takes its place', () => {
  test.each<[string, string, ...(readonly [Category, string, Partial<Sighting>?])[]]>([
    [
      'another home',
      'b',
      ['location', 'The user lives in Oslo.'],
      ['location', 'The user lives in Porto.'],
    ],
    [
      'the same home in more words',
      'ab',
      ['location', 'The user lives in Oslo.'],
      ['location', 'The user lives in Oslo, Norway.'],
    ],
    [
      'another job',
      'b',
      ['role', 'The user works as a nurse.'],
      ['role', 'The user works as a pilot.'],
    ],
    ['another diet', 'b', ['diet', 'The user is vegetarian.'], ['diet', 'The user is vegan.']],
    [
      'no longer so',
      'b',
      ['diet', 'The user is a vegetarian.'],
      ['diet', 'The user is no longer a vegetarian.'],
    ],
    [
      'so again',
      'b',
      ['diet', 'The user is no longer a vegetarian.'],
      ['diet', 'The user is a vegetarian.'],
    ],
    [
      'a sister',
      'ab',
      ['diet', 'The user is vegetarian.'],
      ['family', "The user's sister is vegan."],
    ],
    [
      'a sister in the same category',
      'ab',
      ['diet', 'The user is vegetarian.'],
      ['diet', "The user's younger sister is vegan."],
    ],
    [
      'a sister, while the user takes back their own',
      'ac',
      ['diet', "The user's sister is vegetarian."],
      ['diet', 'The user is vegetarian.'],
      ['diet', 'The user is no longer vegetarian.', { supersedes: 'the user is vegetarian' }],
    ],
    [
      'a sister by another way of speaking',
      'ab',
      ['diet', 'The user has a vegetarian sister.'],
      ['diet', 'The user is no longer vegetarian.', { supersedes: 'the user is vegetarian' }],
    ],
    [
      "a sister's own change",
      'b',
      ['location', "The user's sister lives in Oslo."],
      ['location', "The user's sister lives in Porto."],
    ],
    [
      'taken back in words',
      'b',
      ['tool', 'The user uses Slack.'],
      ['tool', 'The user switched to Teams.', { supersedes: 'the user used Slack' }],
    ],
    [
      'taken back, of something else',
      'ab',
      ['tool', 'The user administers Slack for a large school.'],
      ['tool', 'The user switched to Teams.', { supersedes: 'the user used Slack' }],
    ],
    [
      'better by now',
      'b',
      ['expertise', 'The user is a beginner in Rust.'],
      ['expertise', 'The user is proficient in Rust.'],
    ],
    [
      'another area',
      'ab',
      ['expertise', 'The user is a beginner in Rust.'],
      ['expertise', 'The user is proficient in Go.'],
    ],
    [
      'another wish of style',
      'b',
      ['style', 'Prefers short answers'],
      ['style', 'Wants detailed answers'],
    ],
    [
      'another facet of style',
      'ab',
      ['style', 'Prefers short answers'],
      ['style', 'Wants a formal tone'],
    ],
    [
      'of another allergy',
      'ab',
      ['health', 'Allergic to peanuts'],
      ['health', 'Allergic to shellfish'],
    ],
    [
      'pasted words',
      'a',
      ['location', 'Lives in Oslo'],
      ['location', 'Lives in Porto', { source: 'pasted' }],
    ],
  ])('%s', (_, expected, ...said) => {
    expect(standing(told(...said))).toBe(expected)
  })

  test.each<[Category, string, string]>([
    ['location', 'The user lives in Porto.', 'The user lives in a small apartment.'],
    ['location', 'The user lives in Porto.', 'The user lives at home with their parents.'],
    ['location', 'The user lives in Porto.', 'The user lives near a river, in the suburbs.'],
    ['location', 'The user lives in Porto, Portugal.', 'The user lives in Portugal.'],
    ['location', 'The user lives in Porto.', 'The user moved to Portugal in 2010.'],
    ['role', 'The user works at Siemens.', 'The user works at night.'],
    ['role', 'The user works for Siemens.', 'The user works for a large company.'],
    ['role', 'The user works for Siemens.', 'The user works for 6 hours a day.'],
    ['role', 'The user works as a nurse.', 'The user works as part of a team.'],
    ['diet', 'The user is vegetarian.', 'The user likes vegan cheese.'],
    ['diet', 'The user is vegetarian.', 'The user cooks vegan on Mondays.'],
  ])('but not what is no answer to the same question (%s): %s %s', (category, ...said) => {
    expect(standing(told(...said.map((text) => [category, text] as const)))).toBe('ab')
  })

  test.each<[Category, string, string]>([
    ['location', 'The user lives in Porto.', 'The user moved to Oslo last month.'],
    ['role', 'The user works for a bank.', 'The user works for a hospital.'],
    ['location', 'Ich wohne in Berlin', 'Ich wohne jetzt in Hamburg'],
    ['location', 'Vivo en Madrid', 'Vivo en Sevilla'],
    ['location', "J'habite à Paris", "J'habite à Lyon"],
    ['location', 'Moro em Lisboa', 'Agora moro em Faro'],
    ['location', '我住在上海', '我现在住在北京'],
    ['diet', 'Sou vegetariano', 'Já não sou vegetariano'],
    ['diet', '我是素食者', '我不再是素食者'],
    ['diet', 'Vegetarian since 2015', 'The user has been a strict vegan for a year.'],
  ])('and what is (%s): %s %s', (category, ...said) => {
    expect(standing(told(...said.map((text) => [category, text] as const)))).toBe('b')
  })

  test('the older statement is kept and says what stands in its place', () => {
    const facts = told(['location', 'Lives in Oslo'], ['location', 'Lives in Porto'])
    expect(currentFacts(facts, now)).toMatchObject([
      { text: 'Lives in Oslo', status: 'superseded', by: 'b' },
      { text: 'Lives in Porto', status: 'active' },
    ])
    expect(
      renderPersona({ version: 1, epoch: 0, facts }, now).facts.map(({ text }) => text),
    ).toEqual(['Lives in Porto'])
  })
})

describe('near-duplicates fold', () => {
  test.each<[string, string, ...(readonly [Category, string, Partial<Sighting>?])[]]>([
    [
      'the same in other words',
      'b',
      ['preference', 'I like Sichuan food'],
      ['preference', 'The user really likes Sichuan food.'],
    ],
    [
      'a number tells them apart',
      'ab',
      ['preference', 'I like dish number 1'],
      ['preference', 'I like dish number 2'],
    ],
    [
      'what protects is told apart by every word',
      'ab',
      ['health', 'Has a bad allergy to roasted peanuts and almonds'],
      ['health', 'Has a bad allergy to roasted peanuts and hazelnuts'],
    ],
    ['another category', 'ab', ['preference', 'Sichuan food'], ['diet', 'Sichuan food']],
    [
      'pending into confirmed',
      'a',
      ['tool', 'Uses Vim'],
      ['tool', 'The user uses Vim', { source: 'pasted' }],
    ],
  ])('%s', (_, expected, ...said) => {
    expect(standing(told(...said))).toBe(expected)
  })

  test('in whatever order facts are stored, the same ones stand', () => {
    const facts = told(
      ['preference', 'I like Sichuan food'],
      ['preference', 'The user likes Sichuan food a lot'],
      ['preference', 'The user really likes Sichuan food'],
      ['location', 'Lives in Oslo'],
      ['location', 'Lives in Porto'],
      ['diet', 'The user is vegan'],
      ['diet', 'The user is no longer vegan'],
    )
    const once = JSON.stringify(currentFacts(facts, now).toSorted(byId))
    fc.assert(
      fc.property(fc.shuffledSubarray(facts, { minLength: facts.length }), (anyhow) => {
        expect(JSON.stringify(currentFacts(anyhow, now).toSorted(byId))).toBe(once)
        expect(renderPersona({ version: 1, epoch: 0, facts: anyhow }, now)).toEqual(
          renderPersona({ version: 1, epoch: 0, facts }, now),
        )
      }),
    )
  })
})

const byId = (a: Fact, b: Fact) => (a.id < b.id ? -1 : 1)
