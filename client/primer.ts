import type { NewFact } from '../shared/schema/fact.ts'

/** What an app may know of a new user from their account. What is left out, empty or not among the values says nothing. */
export type Primer = {
  /** What the user works as, in English and as it would stand in a sentence: `a nurse`. */
  role?: string
  /** How well they know an area: `{Python: 'advanced', SQL: 'beginner'}`. */
  expertise?: Readonly<Record<string, 'beginner' | 'intermediate' | 'advanced'>>
  length?: 'brief' | 'thorough'
  level?: 'expert' | 'plain'
  /** In which language they want answers (BCP 47). */
  language?: string
  /** Where they live. */
  location?: string
}

const knowledge: Readonly<Record<string, string>> = {
  beginner: 'is new to',
  intermediate: 'has some experience with',
  advanced: 'is an expert in',
}

/* In the words that style, cohort and the self-model's contradictions are read from. */
const wishes: Readonly<Record<string, string>> = {
  brief: 'The user prefers brief answers.',
  thorough: 'The user prefers thorough answers.',
  expert: 'The user wants answers for an expert, without the basics.',
  plain: 'The user wants answers in plain words, without jargon.',
}

type Statement = Pick<NewFact, 'category' | 'text'>

/** The same answers as facts, in words of our own. */
export function statementsOf(primer: Primer): Statement[] {
  const { role, expertise = {}, length = '', level = '', language, location } = primer
  const statements: Statement[] = []
  const say = (category: Statement['category'], start: string, what: string | undefined) => {
    const said = what?.trim()
    if (said) statements.push({ category, text: `The user ${start} ${said}.` })
  }
  say('role', 'works as', role)
  for (const [area, how] of Object.entries(expertise)) {
    const start = knowledge[how]
    if (start) say('expertise', start, area)
  }
  for (const wish of [length, level]) {
    const text = wishes[wish]
    if (text) statements.push({ category: 'style', text })
  }
  say('style', 'wants answers in', language && languageName(language, 'en'))
  say('location', 'lives in', location)
  return statements
}

/** A language by its name; undefined for what is no tag of a language. */
export function languageName(tag: string, locale: string): string | undefined {
  try {
    return new Intl.DisplayNames(locale, { type: 'language' }).of(tag)
  } catch {
    return undefined
  }
}
