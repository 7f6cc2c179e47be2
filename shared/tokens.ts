/**
 * Estimated tokens of a text, by class of script. Meant as a ceiling for budgets: about 4 Latin
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
