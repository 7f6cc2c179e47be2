/**
 * Estimated tokens of a text, by class of script: what it costs, more or less. About 4 Latin
 * characters a token in prose, 3 where digits and symbols are many (code), 1 a character for CJK,
 * 2 characters a token for other scripts. Linear in the length; no allocation.
 */
export function estimateTokens(text: string): number {
  let latin = 0
  let symbol = 0
  let cjk = 0
  let other = 0
  for (let i = 0; i < text.length; i++) {
    const c = text.charCodeAt(i)
    // One comparison a letter: setting the sixth bit makes upper case lower.
    if (c < 0x80) {
      const lower = c | 32
      if ((lower >= 97 && lower <= 122) || c === 32) latin++
      else symbol++
    } else if (c < 0x250) latin++
    else if (c >= 0x2e80 && c < 0xd800) cjk++
    else other++
  }
  return Math.ceil(latin / 4 + symbol / 2 + cjk + other / 2)
}

/** What the first lines of a text may cost beyond the classes below: short texts hold rare words. */
const SLACK = 5

/**
 * An upper bound of the tokens of a text, for budgets: by class of character, so that no text of
 * `data/train`, nor code, emoji or CJK, has more in OpenAI's o200k_base (test/shared/tokens.test.ts prints
 * by how much it is too high). 0.9 a word and 0.15 for each further letter, half a token more for letters
 * with accents, one for three digits, one for every symbol, CJK character or UTF-16 unit of an emoji. Not
 * of random characters: of those there are as many tokens as bytes. `counted`: lines that were counted
 * exactly, with their end of line. Linear in the length.
 */
export function boundTokens(text: string, counted?: ReadonlyMap<string, number>): number {
  if (text === '') return 0
  if (!counted) return Math.ceil(unitsOf(text) + SLACK)
  let exact = 0
  let units = 0
  for (const line of text.split('\n')) {
    const tokens = counted.get(line)
    if (tokens === undefined) units += unitsOf(line) + 1
    else exact += tokens
  }
  return units === 0 ? exact : Math.ceil(exact + units + SLACK)
}

const OTHER = 0
const LETTER = 1
const UPPER = 2
const DIGIT = 3

function unitsOf(text: string): number {
  let units = 0
  let before = OTHER
  let digits = 0
  for (let i = 0; i < text.length; i++) {
    const c = text.charCodeAt(i)
    const lower = c | 32
    if (c < 0x80 && lower >= 97 && lower <= 122) {
      const isUpper = c < 97
      // "iPhone" is two words, "IBAN" is one.
      const isWord = before !== UPPER && (before !== LETTER || isUpper)
      units += isWord ? 0.9 : 0.15
      before = isUpper ? UPPER : LETTER
    } else if (c >= 48 && c <= 57) {
      digits = before === DIGIT ? digits + 1 : 0
      if (digits % 3 === 0) units += 1
      before = DIGIT
    } else if (c === 32) {
      // A space goes with the word after it, but not with a number or another space.
      const next = text.charCodeAt(i + 1)
      if (next === 32 || (next >= 48 && next <= 57)) units += 1
      before = OTHER
    } else if (c >= 0x80 && c < 0x590) {
      units += before === LETTER || before === UPPER ? 0.5 : 1.4
      before = LETTER
    } else {
      units += 1
      before = OTHER
    }
  }
  return units
}

/** UTF-8 bytes of a text, without encoding it. */
export function utf8Bytes(text: string): number {
  let bytes = 0
  for (let i = 0; i < text.length; i++) {
    const c = text.charCodeAt(i)
    if (c < 0x80) bytes += 1
    else if (c < 0x800) bytes += 2
    else if (c >= 0xd800 && c < 0xdc00 && i + 1 < text.length) {
      bytes += 4
      i++
    } else bytes += 3
  }
  return bytes
}
