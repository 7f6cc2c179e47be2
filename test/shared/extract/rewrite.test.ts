import { describe, expect, test } from 'vitest'
import { utf8Bytes } from '../../../shared/tokens.ts'
import type { Category } from '../../../shared/schema/fact.ts'
import { extractMarked } from './marked.ts'

const tell = (piece: string, category: Category = 'preference') =>
  extractMarked(piece, [{ piece, category }])[0]?.text

const change = (piece: string, category: Category, corrects = true) =>
  extractMarked(piece, [{ piece, category, corrects }])[0]?.supersedes

describe('a statement is told in the third person', () => {
  test.each([
    ["I'm a beekeeper in Kent", 'The user is a beekeeper in Kent.'],
    ['i have two jobs and work weekends', 'The user has two jobs and works weekends.'],
    ["I don't eat pork", 'The user does not eat pork.'],
    ["I've been freelancing since May", 'The user has been freelancing since May.'],
    ['I only eat cooked fish', 'The user only eats cooked fish.'],
    ['my knees are bad', "The user's knees are bad."],
    [
      'I live with my aunt, she cooks for me',
      'The user lives with their aunt, she cooks for them.',
    ],
    ['We moved to Lille in June', 'The user moved to Lille in June.'],
    ['I study law but I want to paint', 'The user studies law but they want to paint.'],
    [
      "I can't do stairs because I'm on crutches",
      'The user cannot do stairs because they are on crutches.',
    ],
    ['and I watch birds', 'The user watches birds.'],
    ['I prefer tabs lol', 'The user prefers tabs.'],
    ["I'd rather walk than drive", 'The user would rather walk than drive.'],
    ['I was a diver before I was thirty', 'The user was a diver before they were thirty.'],
    ['I work for the US army', 'The user works for the US army.'],
    ["I'm a type I diabetic", 'The user is a type I diabetic.'],
  ])('%s', (piece, text) => {
    expect(tell(piece)).toBe(text)
  })

  test.each([
    ['allergic to wasps', 'health', 'The user is allergic to wasps.'],
    ['lactose intolerant', 'health', 'The user is lactose intolerant.'],
    ['trying to quit smoking', 'goal', 'The user is trying to quit smoking.'],
    ["can't have gluten", 'diet', 'The user cannot have gluten.'],
    ['in Ghent', 'location', 'The user lives in Ghent.'],
    ['industrial electrician', 'role', 'The user is an industrial electrician.'],
    ['my stammer', 'health', 'The user has a stammer.'],
    ['two whippets', 'family', 'The user has two whippets.'],
    ['skip the summaries', 'style', 'The user wants no summaries.'],
    ["don't use emojis", 'style', 'The user never wants the assistant to use emojis.'],
    ['answer in Dutch from now on', 'style', 'The user wants answers in Dutch.'],
    ['left handed here', 'health', 'The user is left handed here.'],
  ] as const)('a piece without a subject gets one: %s', (piece, category, text) => {
    expect(tell(piece, category)).toBe(text)
  })

  test.each([
    ['Ich esse kein Fleisch und wohne in der Schweiz', 'diet'],
    ['我对花生过敏', 'health'],
    ['Je suis infirmière de nuit à Brest', 'role'],
  ] as const)('other languages keep their words: %s', (piece, category) => {
    expect(tell(piece, category)).toBe(piece)
  })

  test('a fact is one line of at most 256 bytes', () => {
    expect(tell('I collect stamps\nfrom Malta')).toBe('The user collects stamps from Malta.')
    const longest = `I collect ${'stamps and '.repeat(20)}coins`
    expect(tell(longest)).toBe(`The user collects ${longest.slice(10)}.`)
    expect(utf8Bytes(tell(longest) ?? '')).toBeLessThanOrEqual(256)
  })

  test.each([
    `I have eaten meat at ${'weddings and '.repeat(20)}funerals, but I never will again`,
    `I am allergic to ${'pollen, '.repeat(40)}and not to nuts`,
    `我喜欢${'山'.repeat(90)}，但是不喜欢海`,
  ])('what is longer is left out: half of a statement can say the opposite: %s', (piece) => {
    expect(tell(piece, 'health')).toBeUndefined()
  })
})

describe('a change of state says what it takes back', () => {
  test.each([
    ["I'm no longer vegetarian", 'diet', 'the user is vegetarian'],
    ["I don't work at the zoo anymore", 'role', 'the user works at the zoo'],
    ['We moved from Turin to Bari', 'location', 'the user lived in Turin'],
    ['I switched from Slack to Zulip', 'tool', 'the user used Slack'],
    ["turns out I'm not coeliac", 'health', 'the user is coeliac'],
    ['I bought the red one instead of the blue one', 'preference', 'the user liked blue one'],
    ['I stopped eating eggs', 'diet', 'the user was eating eggs'],
    ['I no longer need the tables', 'style', 'the user needs the tables'],
    ['not a student any more', 'role', 'the user worked as student'],
  ] as const)('%s', (piece, category, old) => {
    expect(change(piece, category)).toBe(old)
  })

  test('words that leave no doubt need no word of the model', () => {
    expect(change("I'm no longer vegetarian", 'diet', false)).toBe('the user is vegetarian')
  })

  test('a change without words for the old state names the statement', () => {
    expect(change('we upgraded to version 15', 'tool')).toBe(
      'an earlier statement on: we upgraded to version 15',
    )
  })

  test("others' changes take nothing back, a plain statement neither", () => {
    expect(change('My cousin is no longer vegan', 'diet')).toBeUndefined()
    expect(change('I am vegetarian', 'diet', false)).toBeUndefined()
  })
})
