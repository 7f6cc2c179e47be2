/** Digits of any script, spaces, dashes as they stand in numbers, and the wide forms of addresses. */
const foreign = /[\p{Nd}\p{Zs}\u2010-\u2013\u2212\ufe63\uff0d０-９Ａ-Ｚａ-ｚ＠．＋（）／＿]/gu

/**
 * The text as the patterns know it: digits, spaces and dashes as in ASCII. Unit by unit, so that what is
 * found in it stands at the same place in the text itself.
 */
export const fold = (text: string): string =>
  text.replace(foreign, (character) => {
    if (character.length > 1 || character <= '\u007f') return character
    if (/\p{Zs}/u.test(character)) return ' '
    if (/\p{Nd}/u.test(character)) return String(valueOf(character.charCodeAt(0)))
    return character >= '\uff01' && character <= '\uff5e'
      ? String.fromCharCode(character.charCodeAt(0) - 0xfee0)
      : '-'
  })

/** Ten digits stand in a row, from a code that ends in 0 or in 6. */
const valueOf = (code: number): number => {
  const row = code & ~15
  return code - (/\p{Nd}/u.test(String.fromCharCode(row)) ? row : row + 6)
}
