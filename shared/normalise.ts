/** Visible ASCII with single spaces: most texts, and nothing to do for them. */
const plain = /^[!-~]+(?: [!-~]+)*$/

/** A text on one line: NFKC, without control, format and tag characters, spaces folded. */
export const oneLine = (text: string): string =>
  plain.test(text)
    ? text
    : text
        .normalize('NFKC')
        .replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]+/gu, ' ')
        .replace(/\s+/g, ' ')
        .trim()

/** The form in which two texts count as the same statement. */
export const sameText = (text: string): string =>
  oneLine(text)
    .toLowerCase()
    .replace(/[.!\s]+$/, '')

/** User text as data inside the block: one line, and no character that could open or close markup. */
export const asData = (text: string): string =>
  oneLine(text).replace(/[<>&]/g, (c) => (c === '<' ? '&lt;' : c === '>' ? '&gt;' : '&amp;'))
