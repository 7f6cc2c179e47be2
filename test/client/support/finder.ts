import type { ExtractedFact } from '../../../shared/extract/port.ts'

type Rule = [RegExp, (match: RegExpMatchArray) => Omit<ExtractedFact, 'span'>]

const rules: Rule[] = [
  [
    /I'm no longer (\w+)/gi,
    ([, what]) => ({
      category: 'family',
      text: `The user is no longer ${what}.`,
      supersedes: `the user is ${what}`,
    }),
  ],
  [
    /my sister is (\w+)/gi,
    ([, what]) => ({ category: 'family', text: `The user's sister is ${what}.` }),
  ],
  [/I am (\w+)/gi, ([, what]) => ({ category: 'diet', text: `The user is ${what}.` })],
  [
    /I live in (\w+)/gi,
    ([, where]) => ({ category: 'location', text: `The user lives in ${where}.` }),
  ],
  [/I use (\w+)/gi, ([, what]) => ({ category: 'tool', text: `The user uses ${what}.` })],
  [
    /allergic to (\w+)/gi,
    ([, what]) => ({ category: 'health', text: `The user is allergic to ${what}.` }),
  ],
]

/** A finder whose rules can be read; keeps what it was asked. */
export function createFinder() {
  const asked: string[] = []
  return {
    asked,
    find(message: string): ExtractedFact[] {
      asked.push(message)
      return rules
        .flatMap(([pattern, make]) =>
          Array.from(message.matchAll(pattern), (match) => ({
            at: match.index,
            fact: { ...make(match), span: match[0] },
          })),
        )
        .toSorted((a, b) => a.at - b.at)
        .map(({ fact }) => fact)
    },
  }
}
