/** From `models/gate.json`: how a text's language is told (models/FORMAT.md, section 8). */
export type LanguageConfig = {
  /** Code point ranges of scripts that stand for one language each. */
  scripts: Record<string, [number, number][]>
  /** Frequent words and their weights. */
  words: Record<string, Record<string, number>>
  /** Letters that hardly any other language uses. */
  letters: Record<string, string>
  /** Languages that the models were trained for, in order of preference. */
  known: string[]
  minimum: number
}

const letter = /\p{L}/u
const wordsOnly = /\p{L}+/gu
const letterWeight = 0.7
const wordsRead = 200

/** Names the language of a text; one that is not in `known` is not understood by the models. */
export function createLanguageDetector(config: LanguageConfig): (text: string) => string {
  const order = [...new Set([...config.known, ...Object.keys(config.words)])]
  const weights = new Map<string, [language: number, weight: number][]>()
  order.forEach((language, index) => {
    for (const [word, weight] of Object.entries(config.words[language] ?? {}))
      weights.set(word, [...(weights.get(word) ?? []), [index, weight]])
  })
  const letters = order.map((language) => new Set(config.letters[language] ?? ''))
  const owners = new Map<string, number[]>()
  letters.forEach((set, index) => {
    for (const character of set) owners.set(character, [...(owners.get(character) ?? []), index])
  })

  const byWords = (text: string): string => {
    const words = text.toLowerCase().match(wordsOnly) ?? []
    const read =
      words.length > 2 * wordsRead
        ? [...words.slice(0, wordsRead), ...words.slice(-wordsRead)]
        : words
    const scores = order.map(() => 0)
    const add = (index: number, weight: number) => (scores[index] = (scores[index] ?? 0) + weight)
    for (const word of read) {
      for (const [index, weight] of weights.get(word) ?? []) add(index, weight)
      const seen = new Set<number>()
      for (const character of word) for (const index of owners.get(character) ?? []) seen.add(index)
      for (const index of seen) add(index, letterWeight)
    }
    const best = Math.max(...scores)
    if (best < config.minimum) return 'en'
    return order[scores.indexOf(best)] ?? 'en'
  }

  return (text) => byScript(text, config.scripts) ?? byWords(text)
}

/** A script that only one language writes decides alone. */
function byScript(text: string, scripts: LanguageConfig['scripts']): string | undefined {
  let letters = 0
  let han = 0
  const counts = new Map<string, number>()
  for (const character of text) {
    const code = character.codePointAt(0) ?? 0
    if (code < 128) {
      if ((code >= 65 && code <= 90) || (code >= 97 && code <= 122)) letters++
      continue
    }
    if (code >= 0x3040 && code <= 0x30ff) return 'ja'
    const isHan = code >= 0x4e00 && code <= 0x9fff
    if (!isHan && !letter.test(character)) continue
    letters++
    if (isHan || (code >= 0x3400 && code < 0x4e00) || (code >= 0x20000 && code <= 0x2fa1f)) {
      han++
      continue
    }
    for (const [language, ranges] of Object.entries(scripts))
      if (ranges.some(([from, to]) => code >= from && code <= to))
        counts.set(language, (counts.get(language) ?? 0) + 1)
  }
  if (han > 0 && han * 3 >= letters) return 'zh'
  for (const [language, count] of counts) if (count * 2 >= letters) return language
  return undefined
}
