import { describe, expect, test } from 'vitest'
import { extractMarked } from './marked.ts'
import { plainCategory, plainStatements } from '../../../shared/extract/plain.ts'

const said = (text: string) =>
  plainStatements(text).map(({ start, end, category }) => [category, text.slice(start, end)])

describe('What people say of themselves in so many words', () => {
  test.each([
    ['I live in Porto.', [['location', 'I live in Porto']]],
    ['I am allergic to peanuts. What can I cook?', [['health', 'I am allergic to peanuts']]],
    [
      "I'm a vegetarian and I work as a nurse.",
      [
        ['diet', "I'm a vegetarian"],
        ['role', 'I work as a nurse'],
      ],
    ],
    ["hi. i'm no longer vegan, so what about fish?", [['diet', "i'm no longer vegan"]]],
    ['My sister is vegan.', [['family', 'My sister is vegan']]],
    ['I prefer short answers', [['style', 'I prefer short answers']]],
    ['I live in Beijing.', [['location', 'I live in Beijing']]],
    ['I really enjoy cooking', [['preference', 'I really enjoy cooking']]],
    ['My son is studying medicine', [['family', 'My son is studying medicine']]],
    ['We have two small kids, what can we do?', [['family', 'We have two small kids']]],
  ])('is found: %s', (text, expected) => {
    expect(said(text)).toEqual(expected)
  })

  test.each([
    ['a question', 'Do I live in Porto? Am I allergic to peanuts if I itch?'],
    ['what is supposed', 'If I were a vegetarian, what would I eat?'],
    ['somebody else', 'She said she lives in Porto.'],
    ['a quotation', 'Translate "I live in Porto" into Dutch.'],
    ['a letter', 'Make this sound better:\nI live in Porto.'],
    ['other words', 'I love you, you know that?'],
    ['what it is about right now', 'I use this function to sort, and I want to run this script.'],
    ['a choice', 'I prefer the second option. I prefer option B'],
    ['a moment', 'My son is crying, help. My daughter has a fever of 39'],
    ['a way of speaking', "I live in fear of my boss. I'm based in reality"],
    ["what is a relative's, not about them", "My wife's birthday is tomorrow, any ideas?"],
  ])('is not taken from %s', (_, text) => {
    expect(said(text)).toEqual([])
  })

  test('takes something back only where it says that it has changed', () => {
    const corrects = (text: string) => plainStatements(text).map((found) => found.corrects)
    expect(corrects('I am no longer vegetarian.')).toEqual([true])
    expect(corrects("I don't eat meat anymore.")).toEqual([true])
    expect(corrects('I do not eat fish.')).toEqual([false])
  })

  test.each([
    ["I can't stand long meetings", ["I can't stand"], 'The user cannot stand long meetings.'],
    [
      'I work for the city of Ghent as a planner.',
      ['for the city', 'of Ghent'],
      'The user works for the city of Ghent as a planner.',
    ],
  ])('stands whole where a model marks but parts of it: %s', (text, pieces, fact) => {
    const found = extractMarked(
      text,
      pieces.map((piece) => ({ piece })),
    )
    expect(found.map((one) => one.text)).toEqual([fact])
  })

  test('leaves no doubt about its category, whatever a model makes of it', () => {
    expect(plainCategory("I'm a vegetarian")).toBe('diet')
    expect(plainCategory('I use a cane since my accident')).toBeUndefined()
  })
})
